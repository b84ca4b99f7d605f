using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// <c>(x - mean) · gamma / √(variance + ε) + beta</c> for each channel (Ioffe, Szegedy 2015). Training uses the batch's mean and variance and lets running ones
/// follow, <c>running · momentum + batch · (1 - momentum)</c>; inference, and a frozen layer, use the running ones.
/// The variance is the mean square, as in Keras. Lasagne averages <c>1 / √(variance + ε)</c> instead; see <see cref="AverageInverseDeviation"/>.
/// </summary>
public sealed class BatchNorm : Layer
{
    /// <summary>The axis of channels. Default 1, as in Lasagne (Keras: -1, the last).</summary>
    public int Axis { get; init; } = 1;

    /// <summary>What stays of a running value at each step. Default 0.9, Lasagne's <c>1 - alpha</c> (Keras: 0.99).</summary>
    public double Momentum
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Momentum), value, "Momentum is between 0 and 1.");
    } = 0.9;

    /// <summary>ε. Default 1e-4, as in Theano and Lasagne (Keras: 1e-3).</summary>
    public double Epsilon
    {
        get;
        init => field = InputChecks.AboveZero(value, nameof(Epsilon));
    } = 1e-4;

    /// <summary>Whether it is <c>1 / √(variance + ε)</c> that is averaged, as in Lasagne, and not the variance, as in Keras. Default false.</summary>
    public bool AverageInverseDeviation { get; init; }

    /// <summary>Whether there is a learned scale. Default true.</summary>
    public bool UseGamma { get; init; } = true;

    /// <summary>Whether there is a learned shift. Default true.</summary>
    public bool UseBeta { get; init; } = true;

    /// <summary>The scale; null before the layer is built, or when there is none.</summary>
    [JsonIgnore]
    public Parameter? Gamma { get; private set; }

    /// <summary>The shift; null before the layer is built, or when there is none.</summary>
    [JsonIgnore]
    public Parameter? Beta { get; private set; }

    /// <summary>The running mean; null before the layer is built.</summary>
    [JsonIgnore]
    public Parameter? Mean { get; private set; }

    /// <summary>The running variance; null before the layer is built, or when its inverse root is averaged.</summary>
    [JsonIgnore]
    public Parameter? Variance { get; private set; }

    /// <summary>The running <c>1 / √(variance + ε)</c>; null before the layer is built, or when the variance is averaged.</summary>
    [JsonIgnore]
    public Parameter? InverseDeviation { get; private set; }

    /// <inheritdoc/>
    protected override void Create(TensorType input, ParameterMaker make)
    {
        input.Batch();
        int[] shape = [input.Known(Axis)];
        if (UseBeta) Beta = make.Make("beta", shape, 0, ParameterTags.Trainable);
        if (UseGamma) Gamma = make.Make("gamma", shape, 1, ParameterTags.Trainable | ParameterTags.Regularizable);
        Mean = make.Make("mean", shape, 0, ParameterTags.Statistic);
        if (AverageInverseDeviation) InverseDeviation = make.Make("inverse_deviation", shape, 1, ParameterTags.Statistic);
        else Variance = make.Make("variance", shape, 1, ParameterTags.Statistic);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        var own = Axis < 0 ? Axis + x.Rank : Axis;
        int[] over = [.. Enumerable.Range(0, x.Rank).Where(axis => axis != own)];
        if (!pass.IsTraining || Frozen) return T.BatchNormalizationTest(x, Gamma?.Variable, Beta?.Variable, Mean!, RunningVariance, over, Epsilon);
        var batch = T.BatchNormalizationTrain(x, Gamma?.Variable, Beta?.Variable, over, Epsilon);
        Follow(pass, Mean!.Variable, batch.Mean);
        if (AverageInverseDeviation) Follow(pass, InverseDeviation!.Variable, batch.InverseDeviation);
        else Follow(pass, Variance!.Variable, batch.Variance);
        return batch.Output;
    }

    // What 1 / √(· + ε) is taken of.
    Expr RunningVariance => AverageInverseDeviation ? 1 / T.Sqr(InverseDeviation!) - Epsilon : Variance!;

    void Follow(Pass pass, SharedVariable running, Expr batch) =>
        pass.Update(running, pass.Current(running) * Momentum + T.Cast(batch, running.DType) * (1 - Momentum));
}
