namespace DeepSym;

public static partial class T
{
    /// <summary>
    /// Each channel of each sample, x [n, channels, ...], normalised by its own mean and variance; gamma and beta have one number for each channel, null stands for
    /// 1 and 0. <paramref name="epsilon"/> is 1e-5 by default.
    /// </summary>
    /// <exception cref="ShapeException">x has fewer than three axes, or gamma or beta does not fit.</exception>
    public static Expr InstanceNormalization(Expr x, Expr? gamma = null, Expr? beta = null, double epsilon = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 3) throw new ShapeException($"instance_normalization({x.Describe()}): at least three axes are needed, [n, channels, ...].");
        x = Cast(x, Promotion.ToFloating(x.DType));
        return ForChannels("instance_normalization", Standardized(x, [.. Enumerable.Range(2, x.Rank - 2)], epsilon), gamma, beta);
    }

    /// <summary>
    /// The channels of x [n, channels, ...] in groups of neighbours, each normalised, for each sample, by its own mean and variance; then scaled by gamma and moved by
    /// beta, which have one number for each channel; null stands for 1 and 0. <paramref name="epsilon"/> is 1e-5 by default; Keras has 1e-3.
    /// </summary>
    /// <exception cref="ShapeException">The number of channels is known to be no multiple of the groups, or gamma or beta does not fit.</exception>
    public static Expr GroupNormalization(Expr x, int groups, Expr? gamma = null, Expr? beta = null, double epsilon = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        if (x.Rank < 2 || x.Shape[1] is { IsStatic: true } channels && channels.Constant % groups != 0)
            throw new ShapeException($"group_normalization({x.Describe()}, {groups}): axis 1 must have a multiple of {groups} channels.");
        x = Cast(x, Promotion.ToFloating(x.DType));
        var apart = Reshape(x, Shape.Of([x.Shape[0], groups, x.Shape[1] / groups, .. x.Shape.Skip(2)]));
        var normalized = Reshape(Standardized(apart, [.. Enumerable.Range(2, apart.Rank - 2)], epsilon), x.Shape);
        return ForChannels("group_normalization", normalized, gamma, beta);
    }

    /// <summary>
    /// x [n, channels, ...] divided by <c>(k + alpha · Σ x²)^beta</c>, the sum over <paramref name="size"/> neighbouring channels around each, an odd number.
    /// The defaults are Lasagne's. (Krizhevsky, Sutskever &amp; Hinton 2012.)
    /// </summary>
    /// <exception cref="ArgumentException">The size is even or not positive.</exception>
    /// <exception cref="ShapeException">x has fewer than two axes.</exception>
    public static Expr LocalResponseNormalization(Expr x, int size = 5, double k = 2, double alpha = 1e-4, double beta = 0.75)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (size < 1 || size % 2 == 0) throw new ArgumentException($"The number of neighbouring channels must be odd, and is {size}.", nameof(size));
        if (x.Rank < 2) throw new ShapeException($"local_response_normalization({x.Describe()}): at least two axes are needed, [n, channels, ...].");
        x = Cast(x, Promotion.ToFloating(x.DType));
        var widths = x.Shape.Select((_, axis) => axis == 1 ? ((Dim)(size / 2), (Dim)(size / 2)) : (Dim.Zero, Dim.Zero)).ToArray();
        var neighbours = new Windows([1], [size], [1], [1]).On(Pad(Sqr(x), widths));
        return x / Pow(k + alpha * Sum(neighbours, -1), beta);
    }

    // Mean 0 and variance 1 over axes.
    static Expr Standardized(Expr x, int[] axes, double epsilon)
    {
        var centred = x - Mean(x, axes, keepDims: true);
        return centred / Sqrt(Mean(Sqr(centred), axes, keepDims: true) + epsilon);
    }

    static Expr ForChannels(string what, Expr x, Expr? gamma, Expr? beta)
    {
        int[] others = [.. Enumerable.Range(0, x.Rank).Where(axis => axis != 1)];
        if (gamma is not null) x *= Beside(what, gamma, x, others);
        return beta is null ? x : x + Beside(what, beta, x, others);
    }
}
