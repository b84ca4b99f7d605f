namespace DeepSym;

public static partial class T
{
    /// <summary>A value repeated to a shape; float32 unless the value or <paramref name="dtype"/> says otherwise. (Theano: <c>alloc</c>.)</summary>
    public static Expr Full(Expr value, ReadOnlySpan<Dim> shape, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        var cast = Cast(value, dtype ?? (value.IsWeak && value.DType.IsFloating() ? DType.Float32 : value.DType));
        return Broadcasting.To(cast, Shape.Create(shape));
    }

    /// <summary>Zeros; float32 by default.</summary>
    public static Expr Zeros(ReadOnlySpan<Dim> shape, DType dtype = DType.Float32) => Full(0, shape, dtype);

    /// <summary>Ones; float32 by default.</summary>
    public static Expr Ones(ReadOnlySpan<Dim> shape, DType dtype = DType.Float32) => Full(1, shape, dtype);

    /// <summary>Zeros of the shape and dtype of x.</summary>
    public static Expr ZerosLike(Expr x) => Like(x, 0);

    /// <summary>Ones of the shape and dtype of x.</summary>
    public static Expr OnesLike(Expr x) => Like(x, 1);

    /// <summary>The integers from 0 up to, not including, <paramref name="stop"/>, as int64.</summary>
    public static Expr Arange(Expr stop) => Arange(0, stop);

    /// <summary>
    /// The numbers from <paramref name="start"/> up to, not including, <paramref name="stop"/>, by <paramref name="step"/> (1 by default, may be negative):
    /// int64 of integers; of floats their dtype, float32 of literals, <c>⌈(stop - start)/step⌉</c> of them. Bounds that are computed give a length that only
    /// a call can know.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is 0.</exception>
    public static Expr Arange(Expr start, Expr stop, Expr? step = null, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(stop);
        step ??= 1;
        if (ValueOf(step) is 0) throw new ArgumentOutOfRangeException(nameof(step), "The step of a range must not be 0.");
        var common = Promotion.Common(start, stop, step);
        if (!common.IsFloating())
        {
            var index = new Iota([CountOf(Dims.Of(stop) - Dims.Of(start), Dims.Of(step))], 0).On();
            var scaled = ValueOf(step) is 1 ? index : index * Cast(step, DType.Int64);
            return Cast(ValueOf(start) is 0 ? scaled : scaled + Cast(start, DType.Int64), dtype ?? DType.Int64);
        }
        var length = ValueOf(start) is { } a && ValueOf(stop) is { } b && ValueOf(step) is { } s
            ? (Dim)(long)Math.Ceiling((b - a) / s)
            : Dims.Of(Cast(Ceil((Cast(stop, DType.Float64) - Cast(start, DType.Float64)) / Cast(step, DType.Float64)), DType.Int64));
        var type = dtype ?? (start.IsWeak && stop.IsWeak && step.IsWeak ? DType.Float32 : common);
        return Cast(start, type) + Cast(new Iota([Dim.Max(length, 0)], 0).On(), type) * Cast(step, type);
    }

    /// <summary>The triangular window of Bartlett: from 0 up to 1 in the middle and back to 0, <c>1 - |2 i / (n - 1) - 1|</c>; a single element is 1.</summary>
    public static Expr Bartlett(Dim count, DType dtype = DType.Float32)
    {
        var (index, last) = (Cast(Arange(Size(count)), dtype), Cast(Size(count - 1), dtype));
        return 1 - Switch(last > 0, Abs(2 * index / Maximum(last, 1) - 1), 0);
    }

    // How many steps lead from one end of a span to before the other.
    static Dim CountOf(Dim span, Dim step) => Dim.Max(step switch
    {
        { IsStatic: true, Constant: > 0 } => (span + (step - 1)) / step,
        { IsStatic: true } => (-1 * span + (-1 * step - 1)) / (-1 * step),
        _ => -1 * (-1 * span / step),
    }, 0);

    static double? ValueOf(Expr expr) => expr is Constant { Rank: 0 } constant ? constant.Value.ToScalar<double>() : null;

    /// <summary>
    /// <paramref name="count"/> numbers from <paramref name="start"/> to <paramref name="stop"/> in equal steps, the stop included unless
    /// <paramref name="endpoint"/> says otherwise; the dtype of the bounds, float32 of literals.
    /// </summary>
    public static Expr Linspace(Expr start, Expr stop, Dim count, bool endpoint = true, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(stop);
        ArgumentNullException.ThrowIfNull(count);
        var type = dtype ?? (start.IsWeak && stop.IsWeak ? DType.Float32 : Promotion.ToFloating(Promotion.Common(start, stop)));
        var (first, last) = (Cast(start, type), Cast(stop, type));
        var index = new Iota([count], 0).On();
        var step = (last - first) / Cast(Size(Dim.Max(endpoint ? count - 1 : count, 1)), type);
        var values = first + Cast(index, type) * step;
        return endpoint ? Switch(Eq(index, Size(Dim.Max(count - 1, 1))), last, values) : values;
    }

    /// <summary>A matrix with ones on diagonal <paramref name="k"/> and zeros elsewhere; float32 by default.</summary>
    public static Expr Eye(Dim rows, Dim? columns = null, int k = 0, DType dtype = DType.Float32)
    {
        var shape = Shape.Create([rows, columns ?? rows]);
        return Cast(Eq(new Iota(shape, 0).On() + k, new Iota(shape, 1).On()), dtype);
    }

    /// <summary>Labels as rows with a one at the label's place: shape <c>labels.shape + [classes]</c>; float32 by default.</summary>
    public static Expr OneHot(Expr labels, Dim classes, DType dtype = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return Cast(Eq(ExpandDims(Cast(labels, DType.Int64), -1), new Iota([classes], 0).On()), dtype);
    }

    static Expr Like(Expr x, int value)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Broadcasting.To(Cast(value, x.DType), x.Shape);
    }
}
