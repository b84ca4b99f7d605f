namespace DeepSym.Layers;

/// <summary>
/// A <see cref="Conv2D"/> with filters of its own at every position: <c>W [filters, positions, positions, channels, height, width]</c>. The sizes of images must be
/// known. The bias is one for each filter.
/// </summary>
public sealed class LocallyConnected2D(int filters, Size2D size, Activation? activation = null) : ConvLayer(filters, activation)
{
    /// <summary>The size of a filter.</summary>
    public Size2D Size { get; } = size.Positive(nameof(size));

    /// <summary>The steps from one position to the next. Default 1.</summary>
    public Size2D Stride { get; init => field = value.Positive(nameof(Stride)); } = 1;

    private protected override int[] Window => Size.Axes;

    private protected override int[] WeightShape(TensorType images, int channels)
    {
        var image = T.Variable("image", DType.Float32, 1, channels, images.Known(2), images.Known(3));
        var shared = T.Conv2D(image, T.Variable("filters", DType.Float32, 1, channels, Size.Height, Size.Width), Padding, Stride.Axes);
        return [Filters, shared.Type.Known(2), shared.Type.Known(3), channels, .. Window];
    }

    private protected override Expr Convolve(Expr images, Expr filters) => T.LocallyConnected2D(images, filters, Padding, Stride.Axes, flip: FlipFilters);
}
