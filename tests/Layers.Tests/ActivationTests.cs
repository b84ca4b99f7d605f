using DeepSym.Layers;

namespace DeepSym.Tests.Layers;

/// <summary>Activations by name and by value.</summary>
public sealed class ActivationTests
{
    public static TheoryData<string, double, double> Values => new()
    {
        { "relu", -1, 0 }, { "relu", 2, 2 }, { "leaky_relu", -2, -0.02 }, { "leaky_relu(0.3)", -2, -0.6 }, { "elu", -1, Math.Exp(-1) - 1 }, { "elu", 3, 3 },
        { "selu", 1, 1.0507009873554805 }, { "selu", -1, 1.0507009873554805 * 1.6732632423543772 * (Math.Exp(-1) - 1) }, { "sigmoid", 0.5, 1 / (1 + Math.Exp(-0.5)) },
        { "hard_sigmoid", 1, 1 / 6.0 + 0.5 }, { "hard_sigmoid", 9, 1 }, { "tanh", 0.7, Math.Tanh(0.7) }, { "softplus", 1, Math.Log(1 + Math.E) }, { "softsign", -3, -0.75 },
        { "swish", 2, 2 / (1 + Math.Exp(-2)) }, { "exponential", 2, Math.Exp(2) }, { "linear", 5, 5 },
    };

    [Theory, MemberData(nameof(Values))]
    public void An_activation_has_its_value(string name, double at, double value)
    {
        var x = T.DVector("x");
        Assert.Equal(value, Function.Compile([x], Activation.Parse(name).Apply(x)).Invoke(Tensor.From(new[] { at }))[0].ToArray<double>()[0], 10);
    }

    [Fact]
    public void An_unknown_name_lists_those_there_are() =>
        Assert.Contains("relu", Assert.Throws<FormatException>(() => Activation.Parse("rleu")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_function_of_ones_own_is_an_activation()
    {
        var x = T.DVector("x");
        var cube = Activation.Of("cube", e => e * e * e);
        Assert.Equal([8.0], Function.Compile([x], cube.Apply(x)).Invoke(Tensor.From(new[] { 2.0 }))[0].ToArray<double>());
        Assert.Throws<NotSupportedException>(() => LayerJson.Write(new Dense(2, cube)));
    }
}
