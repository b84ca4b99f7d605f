using System.Collections.Immutable;
using System.Numerics;

namespace DeepSym;

/// <summary>Which factor of the form <c>⟨y, x * w⟩</c> a <see cref="Convolution"/> computes from the two others.</summary>
public enum ConvolutionMode
{
    /// <summary>y from images and filters.</summary>
    Forward,

    /// <summary>The gradient of the images from that of y, and the filters.</summary>
    DataGradient,

    /// <summary>The gradient of the filters from the images and the gradient of y.</summary>
    FilterGradient,
}

/// <summary>How filters walk over images.</summary>
/// <param name="Padding">Zeros around the images.</param>
/// <param name="Strides">The step between positions, along each spatial axis.</param>
/// <param name="Dilations">The distance between neighbouring taps of a filter, along each spatial axis.</param>
/// <param name="Groups">Into how many groups channels and filters are divided; filters see the channels of their group.</param>
/// <param name="Flip">Whether filters are read backwards: a convolution as in mathematics; otherwise a cross-correlation.</param>
public sealed record ConvolutionGeometry(Padding Padding, EquatableArray<int> Strides, EquatableArray<int> Dilations, int Groups, bool Flip)
{
    /// <summary>The number of spatial axes.</summary>
    public int Rank => Strides.Count;

    /// <summary>The number of elements that a filter covers along a spatial axis.</summary>
    internal Dim Extent(int axis, Dim filter) => (filter - 1) * Dilations[axis] + 1;

    /// <summary>The zeros before and after a spatial axis of the images.</summary>
    internal (Dim Before, Dim After) Widths(int axis, Dim image, Dim filter) => Padding.Along(axis, image, Extent(axis, filter), Strides[axis]);

    /// <summary>The number of positions of a filter along a spatial axis.</summary>
    internal Dim Positions(int axis, Dim image, Dim filter)
    {
        var (before, after) = Widths(axis, image, filter);
        return (image + before + after - Extent(axis, filter)) / Strides[axis] + 1;
    }

    /// <summary>Only what is not the default.</summary>
    public override string ToString() => string.Join(" ", new[]
    {
        Padding.IsNone ? "" : $"pad {Padding}",
        Strides.All(s => s == 1) ? "" : $"by {Strides}",
        Dilations.All(d => d == 1) ? "" : $"dilated {Dilations}",
        Groups == 1 ? "" : $"groups {Groups}",
        Flip ? "flipped" : "",
    }.Where(text => text.Length > 0));
}

/// <summary>
/// Images x [n, channels, sizes...] and filters w [filters, channels / groups, sizes...] of one to three spatial axes give y [n, filters, positions...],
/// <c>y[q] = Σ x[q·stride + r·dilation - padding] w[r]</c>. The form <c>⟨y, x * w⟩</c> is linear in all three; each mode computes one factor's
/// gradient from the others, and so each is the transpose of the others.
/// </summary>
/// <param name="Mode">Which factor it computes.</param>
/// <param name="Geometry">How the filters walk.</param>
/// <param name="Sizes">The spatial sizes of what a gradient is for, which strides and padding leave open; none in <see cref="ConvolutionMode.Forward"/>.</param>
public sealed record Convolution(ConvolutionMode Mode, ConvolutionGeometry Geometry, EquatableArray<Dim> Sizes) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => Mode switch
    {
        ConvolutionMode.Forward => $"conv{Geometry.Rank}d",
        ConvolutionMode.DataGradient => $"conv{Geometry.Rank}d_data_gradient",
        _ => $"conv{Geometry.Rank}d_filter_gradient",
    };

    /// <inheritdoc/>
    public override Linearity Linearity => Linearity.Multilinear;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var (first, second) = (inputs[0], inputs[1]);
        if (first.DType != second.DType || !first.DType.IsFloating()) throw new DTypeException($"{Call()}: the dtypes must be floating and agree.");
        foreach (var input in inputs)
            if (input.Rank != Geometry.Rank + 2)
                throw new ShapeException($"{Call()}: {input.Describe()} has {input.Rank} axes and needs {Geometry.Rank + 2}: images [n, channels, sizes...], filters [filters, channels per group, sizes...].");
        var (a, b) = (first.Shape, second.Shape);
        return first.Type with
        {
            Shape = Mode switch
            {
                ConvolutionMode.Forward => Outputs(a, b),
                ConvolutionMode.DataGradient => Images(a, b),
                _ => Filters(a, b),
            },
        };

        Shape Outputs(Shape x, Shape w)
        {
            CheckGroups(w[0], "filters");
            guards.Equal(x[1], w[1] * Geometry.Groups, () => $"{Call()}: the images have {x[1]} channels; the filters are for {w[1]}{InGroups()}.");
            var positions = Enumerable.Range(0, Geometry.Rank).Select(axis =>
            {
                var (before, after) = Geometry.Widths(axis, x[axis + 2], w[axis + 2]);
                var extent = Geometry.Extent(axis, w[axis + 2]);
                guards.AtLeast(x[axis + 2] + before + after, extent, () => $"{Call()}: along axis {axis + 2} the filter covers {extent} elements, more than the {x[axis + 2] + before + after} that there are with padding. Pad the images, or make the filter smaller.");
                return Geometry.Positions(axis, x[axis + 2], w[axis + 2]);
            });
            return Shape.Of([x[0], w[0], .. positions]);
        }

        Shape Images(Shape y, Shape w)
        {
            CheckGroups(w[0], "filters");
            guards.Equal(y[1], w[0], () => $"{Call()}: {y[1]} channels cannot come from {w[0]} filters.");
            CheckPositions(y, Sizes, w.Dims.Skip(2));
            return Shape.Of([y[0], w[1] * Geometry.Groups, .. Sizes]);
        }

        Shape Filters(Shape x, Shape y)
        {
            CheckGroups(x[1], "channels");
            CheckGroups(y[1], "filters");
            guards.Equal(x[0], y[0], () => $"{Call()}: {x[0]} images cannot give {y[0]} results.");
            CheckPositions(y, x.Dims.Skip(2), Sizes);
            return Shape.Of([y[1], x[1] / Geometry.Groups, .. Sizes]);
        }

        void CheckPositions(Shape y, IEnumerable<Dim> images, IEnumerable<Dim> filters)
        {
            foreach (var (axis, (image, filter)) in images.Zip(filters).Index())
            {
                var positions = Geometry.Positions(axis, image, filter);
                guards.Equal(y[axis + 2], positions, () => $"{Call()}: along axis {axis + 2} images of {image} and filters of {filter} give {positions} positions, not {y[axis + 2]}.");
            }
        }

        void CheckGroups(Dim count, string what) =>
            guards.Equal(count / Geometry.Groups * Geometry.Groups, count, () => $"{Call()}: {count} {what} cannot be divided into {Geometry.Groups} groups.");

        string Call() => $"{Name}({first.Describe()}, {second.Describe()})";
        string InGroups() => Geometry.Groups == 1 ? "" : $" in each of {Geometry.Groups} groups";
    }

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted)
    {
        var (a, b) = (inputs[0], inputs[1]);
        return Mode switch
        {
            ConvolutionMode.Forward => [wanted[0] ? ForImages(cotangent, b, a) : null, wanted[1] ? ForFilters(a, cotangent, b) : null],
            ConvolutionMode.DataGradient => [wanted[0] ? Forward(cotangent, b) : null, wanted[1] ? ForFilters(cotangent, a, b) : null],
            _ => [wanted[0] ? ForImages(b, cotangent, a) : null, wanted[1] ? Forward(a, cotangent) : null],
        };

        Expr Forward(Expr x, Expr w) => new Convolution(ConvolutionMode.Forward, Geometry, []).On(x, w);
        Expr ForImages(Expr y, Expr w, Expr like) => new Convolution(ConvolutionMode.DataGradient, Geometry, SpatialSizes(like)).On(y, w);
        Expr ForFilters(Expr x, Expr y, Expr like) => new Convolution(ConvolutionMode.FilterGradient, Geometry, SpatialSizes(like)).On(x, y);
    }

    internal static EquatableArray<Dim> SpatialSizes(Expr expr) => expr.Shape.Skip(2).ToEquatable();

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        if (output.DType == DType.Float32) Sum<float>(inputs[0], inputs[1], output);
        else Sum<double>(inputs[0], inputs[1], output);
    }

    void Sum<TElement>(Tensor first, Tensor second, Tensor output) where TElement : unmanaged, IFloatingPoint<TElement>
    {
        var (x, w, y) = Mode switch
        {
            ConvolutionMode.Forward => (first, second, output),
            ConvolutionMode.DataGradient => (output, second, first),
            _ => (first, output, second),
        };
        var a = first.AsRaw<TElement>();
        var b = second.AsRaw<TElement>();
        var sums = new double[output.Length];
        var taps = Taps(x.Shape[2..], w.Shape[2..], y.Shape[2..]);
        var (imageSize, filterSize, outputSize) = (Length(x.Shape[2..]), Length(w.Shape[2..]), Length(y.Shape[2..]));
        var (filters, channels) = (w.Shape[0], w.Shape[1]);
        var filtersOfGroup = filters / Geometry.Groups;
        for (var n = 0; n < y.Shape[0]; n++)
            for (var filter = 0; filter < filters; filter++)
                for (var channel = 0; channel < channels; channel++)
                {
                    var image = (n * x.Shape[1] + filter / filtersOfGroup * channels + channel) * imageSize;
                    var weight = (filter * channels + channel) * filterSize;
                    var result = (n * filters + filter) * outputSize;
                    switch (Mode)
                    {
                        case ConvolutionMode.Forward:
                            foreach (var (q, r, p) in taps) sums[result + q] += Product(a[image + p], b[weight + r]);
                            break;
                        case ConvolutionMode.DataGradient:
                            foreach (var (q, r, p) in taps) sums[image + p] += Product(a[result + q], b[weight + r]);
                            break;
                        default:
                            foreach (var (q, r, p) in taps) sums[weight + r] += Product(a[image + p], b[result + q]);
                            break;
                    }
                }
        var c = output.AsRaw<TElement>();
        for (var i = 0; i < c.Length; i++) c[i] = TElement.CreateTruncating(sums[i]);

        static double Product(TElement p, TElement q) => double.CreateTruncating(p) * double.CreateTruncating(q);
    }

    // For every position and every tap of a filter that meets an element of the image there: the three flat indices.
    List<(int Position, int Tap, int Element)> Taps(ReadOnlySpan<int> image, ReadOnlySpan<int> filter, ReadOnlySpan<int> positions)
    {
        List<(int Position, int Tap, int Element)> found = [(0, 0, 0)];
        for (var axis = 0; axis < Geometry.Rank; axis++)
        {
            var before = Geometry.Widths(axis, image[axis], filter[axis]).Before.Constant;
            var next = new List<(int, int, int)>();
            foreach (var (position, tap, element) in found)
                for (var q = 0; q < positions[axis]; q++)
                    for (var r = 0; r < filter[axis]; r++)
                    {
                        var p = (int)((long)q * Geometry.Strides[axis] + (long)r * Geometry.Dilations[axis] - before);
                        if (p < 0 || p >= image[axis]) continue;
                        next.Add((position * positions[axis] + q, tap * filter[axis] + (Geometry.Flip ? filter[axis] - 1 - r : r), element * image[axis] + p));
                    }
            found = next;
        }
        return found;
    }

    static int Length(ReadOnlySpan<int> sizes)
    {
        var length = 1;
        foreach (var size in sizes) length = checked(length * size);
        return length;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 2, 5, 4]).Zip(Sample.Of([3, 2, 2, 3])).Zip(Sample.Of([2, 4, 6]), Sample.Of([2, 2, 3])).SelectMany(s =>
    {
        var ((x, w), line, few) = s;
        var plain = new Convolution(ConvolutionMode.Forward, new ConvolutionGeometry(Padding.Valid, [1, 1], [1, 1], 1, false), []);
        var skewed = plain with { Geometry = new ConvolutionGeometry(Padding.Of((1, 0), (2, 1)), [2, 1], [2, 1], 1, true) };
        var grouped = plain with { Geometry = new ConvolutionGeometry(Padding.Half, [2], [1], 2, false) };
        return Modes(plain, x, w).Concat(Modes(skewed, x, w)).Concat(Modes(grouped, line, few));
    });

    static Expr[] Modes(Convolution op, Expr x, Expr w)
    {
        var y = op.On(x, w);
        var like = new Variable("y", y.DType, [.. y.Shape]);
        return [y, .. op.Transpose(y, [x, w], like, [true, true]).OfType<Expr>()];
    }

    /// <inheritdoc/>
    protected override string Text => Geometry.ToString() is { Length: > 0 } how ? $"{Name}[{how}]" : Name;
}
