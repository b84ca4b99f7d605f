namespace DeepSym.Layers;

/// <summary>A named function that layers apply to their output. Anyone can make one; those made here are found by name in saved models.</summary>
public sealed record Activation(string Name, Func<Expr, Expr> Function)
{
    /// <summary>The identity.</summary>
    public static Activation Linear { get; } = new("linear", x => x);

    /// <summary><c>max(x, 0)</c>.</summary>
    public static Activation Relu { get; } = new("relu", T.Relu);

    /// <summary><c>1/(1 + e⁻ˣ)</c>.</summary>
    public static Activation Sigmoid { get; } = new("sigmoid", T.Sigmoid);

    /// <summary>The hyperbolic tangent.</summary>
    public static Activation Tanh { get; } = new("tanh", T.Tanh);

    /// <summary>Softmax along the last axis.</summary>
    public static Activation Softmax { get; } = new("softmax", x => T.Softmax(x));

    /// <summary>The logarithm of softmax along the last axis.</summary>
    public static Activation LogSoftmax { get; } = new("log_softmax", x => T.LogSoftmax(x));

    /// <summary><c>log(1 + eˣ)</c>.</summary>
    public static Activation Softplus { get; } = new("softplus", T.Softplus);

    /// <summary><c>x/(1 + |x|)</c>.</summary>
    public static Activation Softsign { get; } = new("softsign", x => x / (1 + T.Abs(x)));

    /// <summary><c>eˣ</c>.</summary>
    public static Activation Exponential { get; } = new("exponential", T.Exp);

    /// <summary><c>x</c> above 0, <c>0.01 x</c> below.</summary>
    public static Activation LeakyRelu { get; } = new("leaky_relu", x => T.Switch(x > 0, x, 0.01 * x));

    /// <summary><c>x</c> above 0, <c>eˣ - 1</c> below.</summary>
    public static Activation Elu { get; } = new("elu", x => T.Switch(x > 0, x, T.Expm1(T.Minimum(x, 0))));

    /// <summary>The self-normalising unit (Klambauer et al. 2017).</summary>
    public static Activation Selu { get; } = new("selu", x => 1.0507009873554805 * T.Switch(x > 0, x, 1.6732632423543772 * T.Expm1(T.Minimum(x, 0))));

    /// <summary>All activations that can be found by name.</summary>
    public static IReadOnlyList<Activation> All { get; } = [Linear, Relu, Sigmoid, Tanh, Softmax, LogSoftmax, Softplus, Softsign, Exponential, LeakyRelu, Elu, Selu];

    /// <summary>The activation of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static Activation Named(string name) => All.FirstOrDefault(a => a.Name == name)
        ?? throw new ArgumentException($"There is no activation '{name}'; there are {string.Join(", ", All.Select(a => a.Name))}.", nameof(name));
}
