namespace DeepSym;

/// <summary>Parts of (stacks of) matrices, as expressions: triangles, and what is mirrored from one.</summary>
static class Triangle
{
    /// <summary>x with zeros above diagonal k.</summary>
    public static Expr Lower(Expr x, int k = 0) => T.Switch(T.Ge(Row(x) + k, Column(x)), x, 0);

    /// <summary>x with zeros below diagonal k.</summary>
    public static Expr Upper(Expr x, int k = 0) => T.Switch(T.Le(Row(x) + k, Column(x)), x, 0);

    /// <summary>The symmetric matrix that has the lower triangle of x.</summary>
    public static Expr Symmetric(Expr x) => Lower(x) + T.MatrixTranspose(Lower(x, -1));

    /// <summary>The lower triangle with half of the diagonal: the sum of it and its transpose is x, when x is symmetric.</summary>
    public static Expr HalfLower(Expr x) => (Lower(x) + Lower(x, -1)) * 0.5;

    /// <summary>A stack of identity matrices with as many rows as x has at its last axis but one, to be broadcast.</summary>
    public static Expr Identity(Expr x) => T.Eye(x.Shape[x.Rank - 2], dtype: x.DType);

    /// <summary>x with 4, 8, 12, ... added on the diagonal: for samples, whose singular values and eigenvalues are then well apart.</summary>
    public static Expr Separated(Expr x) => x + T.Cast(T.Switch(T.Eq(Row(x), Column(x)), 4 * (Row(x) + 1), 0), x.DType);

    static Expr Row(Expr x) => new Iota(Core(x), 0).On();

    static Expr Column(Expr x) => new Iota(Core(x), 1).On();

    static Shape Core(Expr x) => Shape.Of(x.Shape.Skip(x.Rank - 2));
}
