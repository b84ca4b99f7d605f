using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// <c>x</c> above 0, <c>slope·x</c> below, with a learned slope for each index of one axis (He et al. 2015). (Keras: <c>PReLU</c>, whose default is a slope for each
/// element; Lasagne: <c>ParametricRectifierLayer</c>.)
/// </summary>
public sealed class PRelu : Layer
{
    /// <summary>The axis whose indices have slopes of their own. Default 1, that of channels.</summary>
    public int Axis { get; init; } = 1;

    /// <summary>How the slopes begin. Default 0.25, as in Lasagne (Keras: 0).</summary>
    public Initializer SlopeInitializer { get; init; } = 0.25;

    /// <summary>The slopes; null before the layer is built.</summary>
    [JsonIgnore]
    public Parameter? Slope { get; private set; }

    /// <inheritdoc/>
    protected override void Create(TensorType input, ParameterMaker make)
    {
        input.Batch();
        Slope = make.Make("slope", [input.Known(Axis)], SlopeInitializer, ParameterTags.Trainable);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        var own = Axis < 0 ? Axis + x.Rank : Axis;
        return T.LeakyRelu(x, T.Reshape(Slope!, Shape.Of(x.Shape.Select((size, axis) => axis == own ? size : Dim.One))));
    }
}
