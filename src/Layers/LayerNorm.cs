using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// Each sample <c>(x - mean) · gamma / √(variance + ε) + beta</c> with its own mean and variance over the last axes (Ba, Kiros, Hinton 2016): the same in training and
/// inference.
/// </summary>
public sealed class LayerNorm : Layer
{
    /// <summary>The first of the axes that are normalised together; all behind it are too. Default -1, only the last, as in Keras; 1 for all of a sample, as in Lasagne.</summary>
    public int Axis { get; init; } = -1;

    /// <summary>ε. Default 1e-3, as in Keras (Lasagne: 1e-4).</summary>
    public double Epsilon
    {
        get;
        init => field = InputChecks.AboveZero(value, nameof(Epsilon));
    } = 1e-3;

    /// <summary>Whether there is a learned scale. Default true.</summary>
    public bool UseGamma { get; init; } = true;

    /// <summary>Whether there is a learned shift. Default true.</summary>
    public bool UseBeta { get; init; } = true;

    /// <summary>The scale, of the shape of the axes; null before the layer is built, or when there is none.</summary>
    [JsonIgnore]
    public Parameter? Gamma { get; private set; }

    /// <summary>The shift, of the shape of the axes; null before the layer is built, or when there is none.</summary>
    [JsonIgnore]
    public Parameter? Beta { get; private set; }

    /// <inheritdoc/>
    protected override void Create(TensorType input, ParameterMaker make)
    {
        int[] shape = [.. Over(input.Rank).Select(input.Known)];
        if (UseBeta) Beta = make.Make("beta", shape, 0, ParameterTags.Trainable);
        if (UseGamma) Gamma = make.Make("gamma", shape, 1, ParameterTags.Trainable | ParameterTags.Regularizable);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) => T.LayerNormalization(x, Gamma?.Variable, Beta?.Variable, Over(x.Rank), Epsilon);

    int[] Over(int rank) => (Axis < 0 ? Axis + rank : Axis) is >= 1 and var first && first < rank
        ? [.. Enumerable.Range(first, rank - first)]
        : throw new ShapeException($"it normalises from axis {Axis} on, and an input of {rank} axes has none there behind the batch axis.");
}
