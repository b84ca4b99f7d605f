namespace DeepSym;

/// <summary>
/// A batch normalised by its own statistics. These have the shape of what is not normalised, or the rank of x with sizes of 1 where gamma or beta has.
/// </summary>
/// <param name="Output"><c>(x - mean) · gamma / √(variance + ε) + beta</c>.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Variance">The mean square of the differences from the mean.</param>
/// <param name="InverseDeviation"><c>1 / √(variance + ε)</c>.</param>
/// <param name="Count">The number of elements that each statistic is over, an int64 scalar.</param>
public sealed record NormalizedBatch(Expr Output, Expr Mean, Expr Variance, Expr InverseDeviation, Expr Count)
{
    /// <summary>
    /// Averages that follow those of the batches: <c>old + factor · (batch - old)</c>, the variance being that of a sample, <c>n / (n - 1)</c> times the batch's.
    /// This is Theano's rule; Lasagne averages <see cref="InverseDeviation"/>, Keras <see cref="Variance"/> as it is.
    /// </summary>
    public (Expr Mean, Expr Variance) Running(Expr mean, Expr variance, double factor = 0.1)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(variance);
        var n = T.Cast(Count, Variance.DType);
        return (mean * (1 - factor) + Mean * factor, variance * (1 - factor) + n / (n - 1) * Variance * factor);
    }
}

public static partial class T
{
    /// <summary>
    /// x normalised over a batch: over <paramref name="axes"/>, by default all but axis 1, that of channels (Theano: 'spatial', and of a matrix 'per-activation').
    /// gamma and beta have the shape of the other axes, or the rank of x with sizes of 1; null stands for 1 and 0.
    /// <paramref name="epsilon"/> is 1e-4 by default, as in Theano and Lasagne; Keras has 1e-3.
    /// </summary>
    /// <exception cref="ShapeException">gamma or beta does not fit.</exception>
    public static NormalizedBatch BatchNormalizationTrain(Expr x, Expr? gamma = null, Expr? beta = null, int[]? axes = null, double epsilon = 1e-4)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = Cast(x, Promotion.ToFloating(x.DType));
        var over = BatchAxes(x, axes);
        var mean = Mean(x, over, keepDims: true);
        var variance = Mean(Sqr(x - mean), over, keepDims: true);
        var inverse = 1 / Sqrt(variance + epsilon);
        var output = Scaled("batch_normalization", x, over, mean, inverse, gamma, beta);
        var keepsRank = (gamma ?? beta)?.Rank == x.Rank;
        return new NormalizedBatch(output, Like(mean), Like(variance), Like(inverse), CountOf(x, over));

        Expr Like(Expr statistic) => keepsRank ? statistic : Squeeze(statistic, over);
    }

    /// <summary>
    /// x normalised by given statistics: <c>(x - mean) · gamma / √(variance + ε) + beta</c>; see <see cref="BatchNormalizationTrain"/> for shapes and defaults.
    /// </summary>
    /// <exception cref="ShapeException">A statistic or parameter does not fit.</exception>
    public static Expr BatchNormalizationTest(Expr x, Expr? gamma, Expr? beta, Expr mean, Expr variance, int[]? axes = null, double epsilon = 1e-4)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(variance);
        var over = BatchAxes(x, axes);
        var inverse = 1 / Sqrt(Beside("batch_normalization", variance, x, over) + epsilon);
        return Scaled("batch_normalization", x, over, Beside("batch_normalization", mean, x, over), inverse, gamma, beta);
    }

    /// <summary>
    /// Each sample normalised by its own mean and variance over <paramref name="axes"/> (the last by default), then scaled by gamma and moved by beta, which
    /// have the shape of those axes; null stands for 1 and 0. <paramref name="epsilon"/> is 1e-3 by default, as in Keras; Lasagne has 1e-4.
    /// </summary>
    /// <exception cref="ShapeException">gamma or beta does not fit.</exception>
    public static Expr LayerNormalization(Expr x, Expr? gamma = null, Expr? beta = null, int[]? axes = null, double epsilon = 1e-3)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = Cast(x, Promotion.ToFloating(x.DType));
        int[] over = [.. x.Axes(axes ?? [-1], "layer_normalization")];
        int[] others = [.. Enumerable.Range(0, x.Rank).Except(over)];
        var mean = Mean(x, over, keepDims: true);
        var inverse = 1 / Sqrt(Mean(Sqr(x - mean), over, keepDims: true) + epsilon);
        return Scaled("layer_normalization", x, others, mean, inverse, gamma, beta);
    }

    static int[] BatchAxes(Expr x, int[]? axes)
    {
        if (axes is not null) return [.. x.Axes(axes, "batch_normalization")];
        if (x.Rank < 2) throw new ShapeException($"batch_normalization({x.Describe()}): a batch has at least two axes, [n, channels, ...]. Name the axes to normalise over.");
        return [.. Enumerable.Range(0, x.Rank).Where(a => a != 1)];
    }

    // Scale and shift have sizes of 1, or no axes, where x is repeated.
    static Expr Scaled(string what, Expr x, int[] repeated, Expr mean, Expr inverse, Expr? gamma, Expr? beta)
    {
        var scale = gamma is null ? inverse : Beside(what, gamma, x, repeated) * inverse;
        var y = (x - mean) * scale;
        return beta is null ? y : y + Beside(what, beta, x, repeated);
    }

    // A parameter in the rank of x: size 1 along the axes that it is repeated along.
    static Expr Beside(string what, Expr parameter, Expr x, int[] repeated)
    {
        var full = x.Shape.Select((dim, axis) => repeated.Contains(axis) ? Dim.One : dim).ToArray();
        int[] kept = [.. Enumerable.Range(0, x.Rank).Where(axis => parameter.Rank == x.Rank || !repeated.Contains(axis))];
        if (parameter.Rank != kept.Length || kept.Index().Any(k => (parameter.Shape[k.Index] - full[k.Item]) is { IsStatic: true, Constant: not 0 }))
            throw new ShapeException($"{what}({x.Describe()}): {parameter.Describe()} must have shape {Shape.Of(x.Shape.Where((_, axis) => !repeated.Contains(axis)))}{(repeated.Length == 0 ? "" : $" or {Shape.Create(full)}")}.");
        foreach (var (own, axis) in kept.Index())
            if (!repeated.Contains(axis)) full[axis] = parameter.Shape[own];
        return Reshape(parameter, full);
    }
}
