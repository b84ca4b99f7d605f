using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// <c>activation(x W + b)</c> along the last axis: <c>[n, ..., inputs]</c> becomes <c>[n, ..., units]</c>, as Keras's <c>Dense</c>. Lasagne's <c>DenseLayer</c>
/// flattens what follows the batch axis first (put <see cref="Flatten"/> before) and rectifies by default; its <c>NINLayer</c> is a <c>Dense</c> along axis 1.
/// </summary>
public sealed class Dense(int units, Activation? activation = null) : Layer
{
    /// <summary>The number of outputs.</summary>
    public int Units { get; } = InputChecks.Positive(units, nameof(units));

    /// <summary>The function of the output. Default linear, as in Keras (Lasagne: rectify).</summary>
    public Activation Activation { get; } = activation ?? Activation.Linear;

    /// <summary>The axis of inputs and units. Default -1, the last; with 1 each pixel of images <c>[n, channels, ...]</c> goes through the same layer.</summary>
    public int Axis { get; init; } = -1;

    /// <summary>Whether there is a bias. Default true.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>How the weights begin. Default <see cref="Initializer.GlorotUniform"/>.</summary>
    public Initializer WeightInitializer { get; init; } = Initializer.GlorotUniform;

    /// <summary>How the bias begins. Default 0.</summary>
    public Initializer BiasInitializer { get; init; } = 0;

    /// <summary>The penalty on the weights. Default none.</summary>
    public Regularizer? WeightRegularizer { get; init; }

    /// <summary>The weights <c>W [inputs, units]</c>; null before the layer is built.</summary>
    [JsonIgnore]
    public Parameter? Weight { get; private set; }

    /// <summary>The bias <c>b [units]</c>; null before the layer is built, or when there is none.</summary>
    [JsonIgnore]
    public Parameter? Bias { get; private set; }

    /// <inheritdoc/>
    protected override void Create(TensorType input, ParameterMaker make)
    {
        input.Batch();
        Weight = make.Weight("W", [input.Known(Axis), Units], WeightInitializer, WeightRegularizer);
        Bias = make.Bias(UseBias, Units, BiasInitializer);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        var own = Axis < 0 ? Axis + x.Rank : Axis;
        int[] others = [.. Enumerable.Range(0, x.Rank).Where(axis => axis != own)];
        var y = T.Dot(own == x.Rank - 1 ? x : x.Transpose([.. others, own]), Weight!);
        if (Bias is not null) y += Bias;
        return Activation.Apply(own == x.Rank - 1 ? y : y.Transpose([.. Enumerable.Range(0, own), x.Rank - 1, .. Enumerable.Range(own, x.Rank - 1 - own)]));
    }
}
