namespace DeepSym.Layers;

/// <summary>
/// <c>activation(x * W + b)</c> with filters <c>W [filters, channels / groups, depth, height, width]</c>: <c>[n, channels, d, h, w]</c> becomes
/// <c>[n, filters, d', h', w']</c>.
/// </summary>
public sealed class Conv3D(int filters, Size3D size, Activation? activation = null) : ConvLayer(filters, activation)
{
    /// <summary>The size of a filter.</summary>
    public Size3D Size { get; } = size.Positive(nameof(size));

    /// <summary>The steps from one position to the next. Default 1.</summary>
    public Size3D Stride { get; init => field = value.Positive(nameof(Stride)); } = 1;

    /// <summary>The distances between the elements of a filter. Default 1.</summary>
    public Size3D Dilation { get; init => field = value.Positive(nameof(Dilation)); } = 1;

    /// <summary>The number of groups into which channels and filters are divided. Default 1.</summary>
    public int Groups { get; init => field = InputChecks.Positive(value, nameof(Groups)); } = 1;

    private protected override int[] Window => Size.Axes;

    private protected override int[] WeightShape(TensorType images, int channels) => Grouped(channels, Groups);

    private protected override Expr Convolve(Expr images, Expr filters) => T.Conv3D(images, filters, Padding, Stride.Axes, Dilation.Axes, Groups, FlipFilters);
}
