namespace DeepSym.Layers;

/// <summary>
/// The transpose of a <see cref="Conv2D"/>, which enlarges images: <c>[n, channels, h, w]</c> becomes <c>[n, filters, stride·(h - 1) + height, ...]</c>, less what
/// <see cref="ConvLayer.Padding"/> cuts off on all sides. Filters are <c>W [channels, filters, height, width]</c>: each element of x puts its filter, times itself, into the
/// output. (Keras: <c>Conv2DTranspose</c>; Lasagne: <c>TransposedConv2DLayer</c>, which puts them turned by 180° unless its <c>flip_filters</c> is set.)
/// </summary>
public sealed class TransposedConv2D(int filters, Size2D size, Activation? activation = null) : ConvLayer(filters, activation)
{
    /// <summary>The size of a filter.</summary>
    public Size2D Size { get; } = size.Positive(nameof(size));

    /// <summary>How far the filters of neighbouring elements are apart in the output. Default 1.</summary>
    public Size2D Stride { get; init => field = value.Positive(nameof(Stride)); } = 1;

    private protected override int[] Window => Size.Axes;

    private protected override int[] WeightShape(TensorType images, int channels) => [channels, Filters, .. Window];

    private protected override Expr Convolve(Expr images, Expr filters) => T.Conv2DTransposed(images, filters, padding: Padding, strides: Stride.Axes, flip: FlipFilters);
}
