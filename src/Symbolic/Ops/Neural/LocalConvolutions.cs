namespace DeepSym;

public static partial class T
{
    /// <summary>
    /// A convolution in two steps: each channel of x [n, channels, h, w] with filters of its own, <paramref name="depthwise"/> [channels · k, 1, h, w], then 1x1 filters
    /// <paramref name="pointwise"/> [filters, channels · k, 1, 1] over the results. The other arguments are those of <see cref="Conv2D"/> for the first step.
    /// </summary>
    /// <exception cref="ShapeException">The channels do not fit, or a filter is larger than the padded image.</exception>
    public static Expr SeparableConv2D(Expr x, Expr depthwise, Expr pointwise, Padding? padding = null, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> dilations = default, bool flip = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 4) throw new ShapeException($"separable_conv2d({x.Describe()}): images have four axes, [n, channels, height, width].");
        return Conv2D(Conv2D(x, depthwise, padding, strides, dilations, x.Shape[1].ToStatic("The number of channels of a separable convolution"), flip), pointwise);
    }

    /// <summary>
    /// As <see cref="Conv2D"/>, but with filters of its own at every position: w [filters, positions, positions, channels, height, width].
    /// (Theano: <c>conv2d(unshared=True)</c>; Keras: <c>LocallyConnected2D</c>.)
    /// </summary>
    /// <exception cref="ShapeException">The axes or channels do not fit, or there is another number of positions.</exception>
    public static Expr LocallyConnected2D(Expr x, Expr w, Padding? padding = null, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> dilations = default, bool flip = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(w);
        if (x.Rank != 4 || w.Rank != 6)
            throw new ShapeException($"locally_connected2d({x.Describe()}, {w.Describe()}): images are [n, channels, height, width] and filters [filters, positions, positions, channels, height, width].");
        var geometry = Geometry("locally_connected2d", 2, padding, strides, dilations, 1, flip);
        var widths = Enumerable.Range(0, 2).Select(axis => geometry.Widths(axis, x.Shape[axis + 2], w.Shape[axis + 4])).ToArray();
        var padded = Pad(x, (0, 0), (0, 0), widths[0], widths[1]);
        var (rows, columns) = (Places(0), Places(1));   // [positions, 1, taps, 1] and [1, positions, 1, taps]
        var patches = padded[.., .., ExpandDims(ExpandDims(rows, 1), 3), ExpandDims(ExpandDims(columns, 1), 0)];
        return Einsum("ncpqij,fpqcij->nfpq", patches, flip ? Flip(w, 4, 5) : w);

        // Where the taps of each position lie along an axis.
        Expr Places(int axis)
        {
            var filter = w.Shape[axis + 4];
            var positions = Arange(Size(geometry.Positions(axis, x.Shape[axis + 2], filter))) * geometry.Strides[axis];
            return ExpandDims(positions, 1) + Arange(Size(filter)) * geometry.Dilations[axis];
        }
    }
}
