namespace DeepSym;

public static partial class T
{
    /// <summary>
    /// Images x [n, channels, length] with filters w [filters, channels / groups, length]: y [n, filters, positions]; see <see cref="Conv2D"/>.
    /// </summary>
    /// <exception cref="ShapeException">The channels do not fit, or a filter is larger than the padded image.</exception>
    public static Expr Conv1D(Expr x, Expr w, Padding? padding = null, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> dilations = default, int groups = 1, bool flip = false) =>
        Convolve(x, w, Geometry("conv1d", 1, padding, strides, dilations, groups, flip));

    /// <summary>
    /// Images x [n, channels, height, width] with filters w [filters, channels / groups, height, width]: y [n, filters, positions, positions].
    /// No padding by default; a stride, or dilation, is 1 by default, and a single one is for all axes.
    /// <paramref name="flip"/> reads the filters backwards: false, the default, is what Keras calls convolution (a cross-correlation);
    /// Theano's <c>conv2d</c> and Lasagne's <c>Conv2DLayer</c> have true by default (<c>filter_flip</c>, <c>flip_filters</c>).
    /// </summary>
    /// <exception cref="ShapeException">The channels do not fit, or a filter is larger than the padded image.</exception>
    public static Expr Conv2D(Expr x, Expr w, Padding? padding = null, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> dilations = default, int groups = 1, bool flip = false) =>
        Convolve(x, w, Geometry("conv2d", 2, padding, strides, dilations, groups, flip));

    /// <summary>
    /// Images x [n, channels, depth, height, width] with filters w [filters, channels / groups, depth, height, width]; see <see cref="Conv2D"/>.
    /// </summary>
    /// <exception cref="ShapeException">The channels do not fit, or a filter is larger than the padded image.</exception>
    public static Expr Conv3D(Expr x, Expr w, Padding? padding = null, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> dilations = default, int groups = 1, bool flip = false) =>
        Convolve(x, w, Geometry("conv3d", 3, padding, strides, dilations, groups, flip));

    /// <summary>The transpose of <see cref="Conv1D"/>; see <see cref="Conv2DTransposed"/>.</summary>
    /// <exception cref="ShapeException">The channels or sizes do not fit.</exception>
    public static Expr Conv1DTransposed(Expr y, Expr w, ReadOnlySpan<Dim> sizes = default, Padding? padding = null, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> dilations = default, int groups = 1, bool flip = false) =>
        ConvolveBack(y, w, sizes.ToArray(), Geometry("conv1d_transposed", 1, padding, strides, dilations, groups, flip));

    /// <summary>
    /// The transpose of <see cref="Conv2D"/>: what comes from y [n, filters, height, width] back to images [n, channels, sizes...] through the filters w
    /// [filters, channels / groups, height, width] of that convolution. Its other arguments are those of the convolution that it transposes; the smallest images that
    /// fit are the default of <paramref name="sizes"/> (with <see cref="Padding.Same"/>, the stride times those of y).
    /// (Theano: <c>conv2d_grad_wrt_inputs</c>, <c>conv2d_transpose</c>; Keras: <c>Conv2DTranspose</c>.)
    /// </summary>
    /// <exception cref="ShapeException">The channels or sizes do not fit.</exception>
    public static Expr Conv2DTransposed(Expr y, Expr w, ReadOnlySpan<Dim> sizes = default, Padding? padding = null, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> dilations = default, int groups = 1, bool flip = false) =>
        ConvolveBack(y, w, sizes.ToArray(), Geometry("conv2d_transposed", 2, padding, strides, dilations, groups, flip));

    /// <summary>The transpose of <see cref="Conv3D"/>; see <see cref="Conv2DTransposed"/>.</summary>
    /// <exception cref="ShapeException">The channels or sizes do not fit.</exception>
    public static Expr Conv3DTransposed(Expr y, Expr w, ReadOnlySpan<Dim> sizes = default, Padding? padding = null, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> dilations = default, int groups = 1, bool flip = false) =>
        ConvolveBack(y, w, sizes.ToArray(), Geometry("conv3d_transposed", 3, padding, strides, dilations, groups, flip));

    /// <summary>
    /// The gradient of <see cref="Conv2D"/> in its filters, of spatial <paramref name="sizes"/>, when y has the gradient <paramref name="y"/>.
    /// (Theano: <c>conv2d_grad_wrt_weights</c>.)
    /// </summary>
    /// <exception cref="ShapeException">The sizes do not fit.</exception>
    public static Expr Conv2DGradWeights(Expr x, Expr y, ReadOnlySpan<Dim> sizes, Padding? padding = null, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> dilations = default, int groups = 1, bool flip = false)
    {
        var geometry = Geometry("conv2d_grad_weights", 2, padding, strides, dilations, groups, flip);
        return OnFloats(new Convolution(ConvolutionMode.FilterGradient, geometry, Spatial(sizes.ToArray(), geometry)), x, y);
    }

    static Expr Convolve(Expr x, Expr w, ConvolutionGeometry geometry) => OnFloats(new Convolution(ConvolutionMode.Forward, geometry, []), x, w);

    static Expr ConvolveBack(Expr y, Expr w, Dim[] sizes, ConvolutionGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(w);
        if (sizes.Length == 0 && y.Rank == geometry.Rank + 2 && w.Rank == y.Rank)
            sizes = [.. Enumerable.Range(0, geometry.Rank).Select(axis =>
            {
                var (positions, extent, stride) = (y.Shape[axis + 2], geometry.Extent(axis, w.Shape[axis + 2]), geometry.Strides[axis]);
                if (geometry.Padding == Padding.Same) return positions * stride;
                var (before, after) = geometry.Padding.Along(axis, positions, extent, stride);
                return (positions - 1) * stride + extent - before - after;
            })];
        return OnFloats(new Convolution(ConvolutionMode.DataGradient, geometry, Spatial(sizes, geometry)), y, w);
    }

    static Expr OnFloats(Convolution op, Expr first, Expr second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var dtype = Promotion.ToFloating(Promotion.Common(first, second));
        return op.On(Cast(first, dtype), Cast(second, dtype));
    }

    static EquatableArray<Dim> Spatial(Dim[] sizes, ConvolutionGeometry geometry) => sizes.Length == geometry.Rank
        ? sizes.ToEquatable()
        : throw new ShapeException($"A convolution of {geometry.Rank} spatial axes needs {geometry.Rank} sizes, and got {sizes.Length}.");

    static ConvolutionGeometry Geometry(string what, int rank, Padding? padding, ReadOnlySpan<int> strides, ReadOnlySpan<int> dilations, int groups, bool flip)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        return new ConvolutionGeometry((padding ?? Padding.Valid).For(rank, what), PerAxis(what, "stride", rank, strides), PerAxis(what, "dilation", rank, dilations), groups, flip);
    }

    // One positive integer for each axis: given so, or one for all, or none for ones.
    static EquatableArray<int> PerAxis(string what, string name, int rank, ReadOnlySpan<int> given)
    {
        if (given.Length > 1 && given.Length != rank) throw new ShapeException($"{what} has {rank} spatial axes, and {given.Length} {name}s are given: give {rank}, or one for all.");
        foreach (var value in given) ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        var first = given.Length == 0 ? 1 : given[0];
        return given.Length == rank ? EquatableArray.Create(given) : Enumerable.Repeat(first, rank).ToEquatable();
    }
}
