using DeepSym.Kernels;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// A convolution and its gradients as products whose operands are never laid out: images x, filters w and results y, of which one is computed from the two others.
/// Groups are the batch. Known lengths are part of the code, which divides by them.
/// </summary>
sealed class ConvolutionProduct
{
    const int Image = SymbolicProduct.FirstDigit, Channel = Image + 1, Filter = Channel + 1, FirstPlace = Filter + 1, FirstTap = FirstPlace + 3;

    readonly ProductSizes _sizes = new(areLengthsCode: true);
    readonly Convolution _op;
    readonly LibraryStep _step;
    readonly DType _dtype;
    readonly Shape _x, _w, _y;
    readonly Dim _channels, _filters;     // of a group
    readonly Dim[] _inX, _inW, _inY;      // strides of spatial axes

    public ConvolutionProduct(Convolution op, LibraryStep step)
    {
        (_op, _step, _dtype) = (op, step, step.Output.Buffer.DType);
        (_x, _w, _y) = op.Mode switch
        {
            ConvolutionMode.Forward => (step.Inputs[0].Shape, step.Inputs[1].Shape, step.Output.Shape),
            ConvolutionMode.DataGradient => (step.Output.Shape, step.Inputs[1].Shape, step.Inputs[0].Shape),
            _ => (step.Inputs[0].Shape, step.Output.Shape, step.Inputs[1].Shape),
        };
        (_channels, _filters) = (_w[1], op.Geometry.Groups == 1 ? _w[0] : _w[0] / op.Geometry.Groups);
        (_inX, _inW, _inY) = (Strides(_x), Strides(_w), Strides(_y));
    }

    /// <summary>The product. Its left operand is the second one of the op: filters, or the results that filters are to give.</summary>
    public SymbolicProduct Product => _sizes.Finish(_op.Mode switch
    {
        ConvolutionMode.Forward => Forward(),
        ConvolutionMode.DataGradient => DataGradient(),
        _ => FilterGradient(),
    }, _step.Inputs[1], _step.Inputs[0]);

    // y[n, f, q] = Σ over channels and taps of w[f, (c, r)] x[n, c, q·stride + r·dilation - padding]
    ProductNest Forward() => new(_dtype, Groups(),
        _sizes.Role(SymbolicProduct.Rows, _filters),
        _sizes.Role(SymbolicProduct.Columns, [(Image, _y[0]), .. Places(_y)]),
        _sizes.Role(SymbolicProduct.Sum, [(Channel, _channels), .. Taps()]),
        _sizes.Access((SymbolicProduct.Batch, _filters * _channels * Size(_w)), (SymbolicProduct.Rows, _channels * Size(_w)), (SymbolicProduct.Sum, Dim.One)),
        Images(),
        _sizes.Access([(SymbolicProduct.Batch, _filters * Size(_y)), (SymbolicProduct.Rows, Size(_y)), (Image, _y[1] * Size(_y)), .. Along(FirstPlace, _inY)]),
        Runs.AlongSum, Runs.Across, 0);

    // x[n, c, p] = Σ over filters and taps of w[f, c, r] y[n, f, (p - r·dilation + padding) / stride]
    ProductNest DataGradient() => new(_dtype, Groups(),
        _sizes.Role(SymbolicProduct.Rows, _channels),
        _sizes.Role(SymbolicProduct.Columns, [(Image, _x[0]), .. Places(_x)]),
        _sizes.Role(SymbolicProduct.Sum, [(Filter, _filters), .. Taps()]),
        _sizes.Access([(SymbolicProduct.Batch, _filters * _channels * Size(_w)), (SymbolicProduct.Rows, Size(_w)), (Filter, _channels * Size(_w)), .. Along(FirstTap, _inW)]),
        Results(),
        _sizes.Access([(SymbolicProduct.Batch, _channels * Size(_x)), (SymbolicProduct.Rows, Size(_x)), (Image, _x[1] * Size(_x)), .. Along(FirstPlace, _inX)]),
        Size(_w).IsOne ? Runs.Across : Runs.AlongSum, Runs.Across, 0);

    // w[f, c, r] = Σ over images and positions of y[n, f, q] x[n, c, q·stride + r·dilation - padding]
    ProductNest FilterGradient() => new(_dtype, Groups(),
        _sizes.Role(SymbolicProduct.Rows, _filters),
        _sizes.Role(SymbolicProduct.Columns, [(Channel, _channels), .. Taps()]),
        _sizes.Role(SymbolicProduct.Sum, [(Image, _y[0]), .. Places(_y)]),
        _sizes.Access([(SymbolicProduct.Batch, _filters * Size(_y)), (SymbolicProduct.Rows, Size(_y)), (Image, _y[1] * Size(_y)), .. Along(FirstPlace, _inY)]),
        Images(),
        _sizes.Access((SymbolicProduct.Batch, _filters * _channels * Size(_w)), (SymbolicProduct.Rows, _channels * Size(_w)), (SymbolicProduct.Columns, Dim.One)),
        Runs.AlongSum, Runs.AlongSum, 0);

    ConvolutionGeometry Geometry => _op.Geometry;

    ProductRole Groups() => _sizes.Role(SymbolicProduct.Batch, Geometry.Groups);

    IEnumerable<(int, Dim)> Places(Shape shape) => Enumerable.Range(0, Geometry.Rank).Select(d => (FirstPlace + d, shape[d + 2]));

    IEnumerable<(int, Dim)> Taps() => Enumerable.Range(0, Geometry.Rank).Select(d => (FirstTap + d, _w[d + 2]));

    static IEnumerable<(int, Dim)> Along(int first, Dim[] strides) => strides.Select((stride, d) => (first + d, stride));

    // The element of the images that a tap reads at a position; what lies in the padding counts as zero.
    Access Images()
    {
        var access = _sizes.Access((SymbolicProduct.Batch, _channels * Size(_x)), (Image, _x[1] * Size(_x)), (Channel, Size(_x)));
        return access with
        {
            Guards = Enumerable.Range(0, Geometry.Rank).Select(d =>
            {
                var (before, dilation) = (Before(d), Geometry.Dilations[d]);
                return new AccessGuard(_sizes.Of(Geometry.Flip ? (_w[d + 2] - 1) * dilation - before : -1 * before),
                    _sizes.Terms([(FirstPlace + d, Geometry.Strides[d]), (FirstTap + d, Geometry.Flip ? -dilation : dilation)]), 1, _sizes.Of(_x[d + 2]), _sizes.Of(_inX[d]));
            }).ToEquatable(),
        };
    }

    // The result that a tap sends to an element of the images, if there is one.
    Access Results()
    {
        var access = _sizes.Access((SymbolicProduct.Batch, _filters * Size(_y)), (Image, _y[1] * Size(_y)), (Filter, Size(_y)));
        return access with
        {
            Guards = Enumerable.Range(0, Geometry.Rank).Select(d =>
            {
                var (before, dilation) = (Before(d), Geometry.Dilations[d]);
                return new AccessGuard(_sizes.Of(Geometry.Flip ? before - (_w[d + 2] - 1) * dilation : before),
                    _sizes.Terms([(FirstPlace + d, Dim.One), (FirstTap + d, Geometry.Flip ? dilation : -dilation)]), Geometry.Strides[d], _sizes.Of(_y[d + 2]), _sizes.Of(_inY[d]));
            }).ToEquatable(),
        };
    }

    Dim Before(int axis) => Geometry.Widths(axis, _x[axis + 2], _w[axis + 2]).Before;

    static Dim Size(Shape shape) => shape.Skip(2).Aggregate(Dim.One, (product, dim) => product * dim);

    static Dim[] Strides(Shape shape) => SymbolicAccess.StridesOf(shape, dim => dim)[2..];
}
