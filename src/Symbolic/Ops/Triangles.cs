namespace DeepSym;

public static partial class T
{
    /// <summary>A matrix with ones on and below diagonal <paramref name="k"/> and zeros above; float32 by default.</summary>
    public static Expr Tri(Dim rows, Dim? columns = null, int k = 0, DType dtype = DType.Float32) => Cast(IsBelow(Shape.Create([rows, columns ?? rows]), k), dtype);

    /// <summary>The matrices of the last two axes with zeros above diagonal <paramref name="k"/>.</summary>
    /// <exception cref="ShapeException">x has fewer than two axes.</exception>
    public static Expr Tril(Expr x, int k = 0)
    {
        var all = LastTwo("tril", x);
        return Switch(IsBelow(all.Shape, k), all, 0);
    }

    /// <summary>The matrices of the last two axes with zeros below diagonal <paramref name="k"/>.</summary>
    /// <exception cref="ShapeException">x has fewer than two axes.</exception>
    public static Expr Triu(Expr x, int k = 0)
    {
        var all = LastTwo("triu", x);
        return Switch(IsBelow(all.Shape, k - 1), 0, all);
    }

    /// <summary>The matrices of the last two axes with <paramref name="value"/>, a scalar, on diagonal <paramref name="offset"/>.</summary>
    /// <exception cref="ShapeException">x has fewer than two axes, or the value has one.</exception>
    public static Expr FillDiagonal(Expr x, Expr value, int offset = 0)
    {
        var all = LastTwo("fill_diagonal", x);
        ArgumentNullException.ThrowIfNull(value);
        if (value.Rank > 0) throw new ShapeException($"fill_diagonal({x.Describe()}, {value.Describe()}): the value must be a scalar.");
        return Switch(Eq(RowIn(all.Shape) + offset, ColumnIn(all.Shape)), Cast(value, x.DType), all);
    }

    static Expr LastTwo(string what, Expr x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Rank >= 2 ? x : throw new ShapeException($"{what}({x.Describe()}): at least two axes are needed.");
    }

    static Expr IsBelow(Shape shape, int k) => ColumnIn(shape) <= RowIn(shape) + k;

    static Expr RowIn(Shape shape) => new Iota(shape, shape.Rank - 2).On();

    static Expr ColumnIn(Shape shape) => new Iota(shape, shape.Rank - 1).On();
}
