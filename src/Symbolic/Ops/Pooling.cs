namespace DeepSym;

/// <summary>What pooling makes of the elements in a window.</summary>
public enum PoolMode
{
    /// <summary>The largest; padding does not count. Every tied element receives the whole gradient.</summary>
    Max,

    /// <summary>The sum; padding counts as zero.</summary>
    Sum,

    /// <summary>The mean, in which padding counts as zeros. (Theano: <c>average_inc_pad</c>.)</summary>
    AverageIncludingPadding,

    /// <summary>The mean of the elements that are not padding. (Theano: <c>average_exc_pad</c>; Keras.)</summary>
    AverageExcludingPadding,
}

public static partial class T
{
    /// <summary>Pooling over windows of the last axis; see <see cref="Pool2D"/>.</summary>
    /// <exception cref="ShapeException">A window is larger than the padded axis, or not larger than the padding.</exception>
    public static Expr Pool1D(Expr x, int size, int? stride = null, Padding? padding = null, bool ignoreBorder = true, PoolMode mode = PoolMode.Max) =>
        Pool("pool1d", 1, x, [size], stride is { } s ? [s] : [], padding, ignoreBorder, mode);

    /// <summary>
    /// Pooling over windows of the last two axes. A single size is for both axes; strides are the sizes by default (windows side by side), and there is no
    /// padding. With <paramref name="ignoreBorder"/>, the default, a last window that does not fit is left out; otherwise it is cut at the border, which allows no padding.
    /// (Theano's default is false, that of Lasagne true; Keras's 'same' is <see cref="Padding.Same"/>.)
    /// </summary>
    /// <exception cref="ShapeException">A window is larger than the padded axis, or not larger than the padding.</exception>
    public static Expr Pool2D(Expr x, ReadOnlySpan<int> size, ReadOnlySpan<int> strides = default, Padding? padding = null, bool ignoreBorder = true, PoolMode mode = PoolMode.Max) =>
        Pool("pool2d", 2, x, size, strides, padding, ignoreBorder, mode);

    /// <summary>Pooling over windows of the last three axes; see <see cref="Pool2D"/>.</summary>
    /// <exception cref="ShapeException">A window is larger than the padded axis, or not larger than the padding.</exception>
    public static Expr Pool3D(Expr x, ReadOnlySpan<int> size, ReadOnlySpan<int> strides = default, Padding? padding = null, bool ignoreBorder = true, PoolMode mode = PoolMode.Max) =>
        Pool("pool3d", 3, x, size, strides, padding, ignoreBorder, mode);

    /// <summary>The largest of each window of the last two axes; see <see cref="Pool2D"/>.</summary>
    /// <exception cref="ShapeException">A window is larger than the padded axis, or not larger than the padding.</exception>
    public static Expr MaxPool2D(Expr x, ReadOnlySpan<int> size, ReadOnlySpan<int> strides = default, Padding? padding = null, bool ignoreBorder = true) =>
        Pool2D(x, size, strides, padding, ignoreBorder, PoolMode.Max);

    /// <summary>The mean of each window of the last two axes, padding not counted; see <see cref="Pool2D"/>.</summary>
    /// <exception cref="ShapeException">A window is larger than the padded axis, or not larger than the padding.</exception>
    public static Expr AveragePool2D(Expr x, ReadOnlySpan<int> size, ReadOnlySpan<int> strides = default, Padding? padding = null, bool ignoreBorder = true) =>
        Pool2D(x, size, strides, padding, ignoreBorder, PoolMode.AverageExcludingPadding);

    /// <summary>x where it is the largest of its patch, 0 elsewhere; patches do not overlap, what they do not cover is 0. (Theano: <c>max_pool_2d_same_size</c>.)</summary>
    /// <exception cref="ShapeException">x has not four axes, or a patch is larger than the image.</exception>
    public static Expr MaxPool2DSameSize(Expr x, ReadOnlySpan<int> size)
    {
        var pooled = MaxPool2D(x, size);
        return Vjp([pooled], [x], [pooled])[0];   // each maximum goes back to where it came from
    }

    /// <summary>One number for each channel of each image: all axes after the second are pooled; with <paramref name="keepDims"/> they stay with size 1.</summary>
    /// <exception cref="ShapeException">There are fewer than three axes.</exception>
    public static Expr GlobalPool(Expr x, PoolMode mode, bool keepDims = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 3) throw new ShapeException($"global_pool({x.Describe()}): images [n, channels, sizes...] have at least three axes.");
        int[] axes = [.. Enumerable.Range(2, x.Rank - 2)];
        return mode switch
        {
            PoolMode.Max => Max(x, axes, keepDims),
            PoolMode.Sum => Sum(x, axes, keepDims),
            _ => Mean(x, axes, keepDims),
        };
    }

    static Expr Pool(string what, int rank, Expr x, ReadOnlySpan<int> size, ReadOnlySpan<int> strides, Padding? padding, bool ignoreBorder, PoolMode mode)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < rank) throw new ShapeException($"{what}({x.Describe()}) needs at least {rank} axes.");
        if (size.Length == 0) throw new ShapeException($"{what} needs the size of its windows.");
        if (!ignoreBorder && padding is { IsNone: false })
            throw new ShapeException($"{what}({x.Describe()}): padding needs ignoreBorder: true; without it the last windows are cut at the border instead.");
        x = mode is PoolMode.Max or PoolMode.Sum ? AsInteger(x) : Cast(x, Promotion.ToFloating(x.DType));
        var sizes = PerAxis(what, "size", rank, size);
        var steps = strides.Length == 0 ? sizes : PerAxis(what, "stride", rank, strides);
        var own = (padding ?? Padding.Valid).For(rank, what);
        var axes = Enumerable.Range(0, rank).Select(i => PooledAxis.Of(what, x, x.Rank - rank + i, i, sizes[i], steps[i], own, ignoreBorder)).ToArray();

        var windows = new Windows(axes.Select(a => a.Axis).ToEquatable(), sizes, steps, sizes.Select(_ => 1).ToEquatable()).On(Surround(x, axes, mode));
        var inside = Enumerable.Range(x.Rank, rank).ToEquatable();
        return mode switch
        {
            PoolMode.Max => new Reduce(Monoid.Max, inside).On(windows),
            PoolMode.Sum => new Reduce(Monoid.Sum, inside).On(windows),
            _ => new Reduce(Monoid.Sum, inside).On(windows) / CountInWindows(x, axes, mode),
        };
    }

    // x with its padding: zeros, or for a maximum the lowest number, which is told apart from x by position, so that NaN and infinities of x stay.
    static Expr Surround(Expr x, PooledAxis[] axes, PoolMode mode)
    {
        var widths = new (Dim, Dim)[x.Rank];
        Array.Fill(widths, (Dim.Zero, Dim.Zero));
        foreach (var a in axes) widths[a.Axis] = (a.Before, a.After);
        var padded = Pad(x, widths);
        if (mode != PoolMode.Max || ReferenceEquals(padded, x)) return padded;
        Expr? isInside = null;
        foreach (var a in axes.Where(a => a.IsPadded))
        {
            var index = new Iota([a.Before + a.Size + a.After], 0).On();
            var here = Beside(index >= Size(a.Before) & index < Size(a.Before + a.Size), a.Axis, x.Rank);
            isInside = isInside is null ? here : isInside & here;
        }
        return Switch(isInside!, padded, Lowest(x.DType));
    }

    // How many elements the mean of each window is over: a constant where no window is cut.
    static Expr CountInWindows(Expr x, PooledAxis[] axes, PoolMode mode)
    {
        Expr count = Constant(Tensor.Scalar(1.0).To(x.DType));
        foreach (var a in axes)
        {
            var isCut = mode == PoolMode.AverageExcludingPadding ? a.IsPadded : a.IsCutAtBorder;
            count *= isCut ? Cast(Beside(a.Count(mode), a.Axis, x.Rank), x.DType) : Cast(a.Window, x.DType);
        }
        return count;
    }

    // A vector as the only axis of several that is not of size 1.
    static Expr Beside(Expr vector, int axis, int rank) => Reshape(vector, Shape.Of(Enumerable.Range(0, rank).Select(a => a == axis ? vector.Shape[0] : Dim.One)));

    static Constant Lowest(DType dtype) => dtype switch
    {
        DType.Int32 => Constant(Tensor.Scalar(int.MinValue)),
        DType.Int64 => Constant(Tensor.Scalar(long.MinValue)),
        _ => Constant(Tensor.Scalar(double.NegativeInfinity).To(dtype)),
    };
}

/// <summary>One axis that windows of <paramref name="Window"/> elements walk over by <paramref name="Stride"/>, with what is put around it.</summary>
/// <param name="Axis">Which axis.</param>
/// <param name="Size">The number of its elements.</param>
/// <param name="Window">The number of elements in a window.</param>
/// <param name="Stride">The step between windows.</param>
/// <param name="Before">The padding before.</param>
/// <param name="Border">The padding after.</param>
/// <param name="Beyond">What the last window reaches beyond that.</param>
sealed record PooledAxis(int Axis, Dim Size, int Window, int Stride, Dim Before, Dim Border, Dim Beyond)
{
    public Dim After => Border + Beyond;

    public bool IsCutAtBorder => Beyond != Dim.Zero;

    public bool IsPadded => Before != Dim.Zero || After != Dim.Zero;

    public static PooledAxis Of(string what, Expr x, int axis, int ownAxis, int window, int stride, Padding padding, bool ignoreBorder)
    {
        var size = x.Shape[axis];
        if (ignoreBorder)
        {
            var (before, after) = padding.Along(ownAxis, size, window, stride);
            if ((Dim.Max(before, after) - window) is { IsStatic: true, Constant: >= 0 })
                throw new ShapeException($"{what}({x.Describe()}): a padding of {Dim.Max(before, after)} along axis {axis} must be smaller than the window of {window}.");
            return new PooledAxis(axis, size, window, stride, before, after, Dim.Zero);
        }
        // Theano's rule: windows start inside, and one that another contains is left out.
        var positions = stride >= window ? (size - 1) / stride + 1 : Dim.Max((size - 1 - window + stride) / stride, 0) + 1;
        return new PooledAxis(axis, size, window, stride, Dim.Zero, Dim.Zero, Dim.Max((positions - 1) * stride + window - size, 0));
    }

    /// <summary>The number of elements of each window that count in a mean, as an int64 vector.</summary>
    public Expr Count(PoolMode mode)
    {
        var positions = (Before + Size + After - Window) / Stride + 1;
        var start = new Iota([positions], 0).On() * Stride;
        var (low, high) = mode == PoolMode.AverageExcludingPadding ? (Before, Before + Size) : (Dim.Zero, Before + Size + Border);
        return T.Minimum(start + Window, T.Size(high)) - T.Maximum(start, T.Size(low));
    }
}
