namespace DeepSym.Layers;

/// <summary>
/// In training each element is zeroed with probability <see cref="Rate"/> and the others are scaled by <c>1 / (1 - rate)</c>; in inference nothing happens
/// (Srivastava et al. 2014).
/// </summary>
public sealed class Dropout(double rate = 0.5) : Layer
{
    /// <summary>The probability that an element is dropped. Default 0.5, as in Lasagne.</summary>
    public double Rate { get; } = rate is >= 0 and < 1 ? rate : throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate is at least 0 and below 1.");

    /// <summary>
    /// The axes along which elements are dropped together; with 2 and 3 whole channels of images are (Keras: <c>SpatialDropout2D</c>). Default none.
    /// </summary>
    public IReadOnlyList<int> SharedAxes { get; init; } = [];

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        if (!pass.IsTraining || Rate == 0) return x;
        if (SharedAxes.Count == 0) return T.Dropout(x, Rate, pass.Random);
        if (SharedAxes.FirstOrDefault(axis => axis < 0 || axis >= x.Rank, -1) is >= 0 and var wrong)
            throw new ShapeException($"it drops elements along axis {wrong} together, and the input has {x.Rank} axes.");
        var mask = T.Dropout(T.Ones([.. x.Shape.Select((size, axis) => SharedAxes.Contains(axis) ? Dim.One : size)], x.DType), Rate, pass.Random);
        return x * mask;
    }
}
