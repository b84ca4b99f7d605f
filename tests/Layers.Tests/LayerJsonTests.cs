using System.Text.Json.Nodes;
using DeepSym.Layers;

namespace DeepSym.Tests.Layers;

/// <summary>What is said of data that describes no layer, and of layers that no data can describe.</summary>
public sealed class LayerJsonTests
{
    [Theory]
    [InlineData("""{"type":"no_such_layer"}""", "no_such_layer")]
    [InlineData("""{"Units":3}""", "Layer")]
    [InlineData("""{"type":"dense","Units":0}""", "units must be above 0.")]
    [InlineData("""{"type":"dense","Units":"many"}""", "$.Units")]
    [InlineData("""{"type":"dense","Units":3,"Activation":"rleu"}""", "'rleu' is not the name of an activation")]
    [InlineData("""{"type":"dropout","Rate":1.5}""", "below 1")]
    [InlineData("""{"type":"conv2d","Filters":3,"Size":{"Height":0,"Width":3}}""", "height and width must be above 0.")]
    [InlineData("""{"type":"conv2d","Filters":3,"Size":{"Height":1,"Width":3},"Padding":"wide"}""", "'wide' is no padding")]
    [InlineData("""{"type":"reshape","Shape":[-1,-1]}""", "is no shape of a sample")]
    [InlineData("""{"type":"chain","Layers":[{"type":"tower"}]}""", "tower")]
    [InlineData("[]", "[]")]
    public void What_is_wrong_with_a_description_is_said(string data, string part)
    {
        var error = Assert.Throws<FormatException>(() => LayerJson.Read(JsonNode.Parse(data)!));
        Assert.StartsWith($"This does not describe a layer: {JsonNode.Parse(data)!.ToJsonString()}. ", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_of_ones_own_is_data_too_and_may_be_inside_another()
    {
        var data = LayerJson.Write(new Chain(new Tripled(2) { Name = "mine" }, new Dense(3)));
        Assert.Contains("tripled", Assert.Throws<FormatException>(() => LayerJson.Read(data)).Message, StringComparison.Ordinal);
        var chain = Assert.IsType<Chain>(LayerJson.Read(data, typeof(Tripled)));
        Assert.Equal((2, "mine"), (Assert.IsType<Tripled>(chain.Layers[0]).Plus, chain.Layers[0].Name));
    }

    [Fact]
    public void A_class_whose_constructor_does_not_match_its_properties_is_an_error()
    {
        var data = LayerJson.Write(new Mismatched(2));
        Assert.Contains("must match with a property", Assert.Throws<FormatException>(() => LayerJson.Read(data, typeof(Mismatched))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_of_ones_own_cannot_be_written()
    {
        var error = Assert.Throws<NotSupportedException>(() => LayerJson.Write(new Residual(new Dense(2, Activation.Of("mine", x => x * x)))));
        Assert.Contains("'mine' is a function of your own", error.Message, StringComparison.Ordinal);
    }

    public sealed class Tripled(int plus) : Layer
    {
        public int Plus { get; } = plus;

        protected override Expr Forward(Expr x, Pass pass) => 3 * x + Plus;
    }

    public sealed class Mismatched(int number) : Layer
    {
        protected override Expr Forward(Expr x, Pass pass) => x * number;
    }
}
