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

    /// <summary>The integers from <paramref name="start"/> up to, not including, <paramref name="stop"/>, by <paramref name="step"/>, as int64.</summary>
    public static Expr Arange(Expr start, Expr stop, int step = 1)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(stop);
        if (step == 0) throw new ArgumentOutOfRangeException(nameof(step), "The step of a range must not be 0.");
        var span = Dims.Of(stop) - Dims.Of(start);
        var count = Dim.Max(step > 0 ? (span + (step - 1)) / step : (-1 * span + (-step - 1)) / -step, 0);
        var index = new Iota([count], 0).On();
        var scaled = step == 1 ? index : index * step;
        return start is Constant c && c.Value.ToScalar<long>() == 0 ? scaled : scaled + Cast(start, DType.Int64);
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
