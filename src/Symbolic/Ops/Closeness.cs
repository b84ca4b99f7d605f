namespace DeepSym;

/// <content>Comparisons with a tolerance, and with an interval.</content>
public static partial class T
{
    /// <summary>
    /// Whether <c>|x - y| ≤ absolute + relative·|y|</c>, elementwise; equal infinities are close, NaN is close to nothing unless <paramref name="equalNaN"/>.
    /// Defaults: 1e-5, 1e-8, false.
    /// </summary>
    public static Expr IsClose(Expr x, Expr y, double relative = 1e-5, double absolute = 1e-8, bool equalNaN = false)
    {
        var isClose = Eq(x, y) | (~IsInf(y) & (Abs(x - y) <= absolute + relative * Abs(y)));
        return equalNaN ? isClose | (IsNaN(x) & IsNaN(y)) : isClose;
    }

    /// <summary>Whether all elements are close in the sense of <see cref="IsClose"/>: a scalar.</summary>
    public static Expr AllClose(Expr x, Expr y, double relative = 1e-5, double absolute = 1e-8, bool equalNaN = false) =>
        All(IsClose(x, y, relative, absolute, equalNaN));

    /// <summary>Whether <c>low &lt; x &lt; high</c>, elementwise. (Theano: <c>inopenrange</c>.)</summary>
    public static Expr IsBetween(Expr x, Expr low, Expr high) => Gt(x, low) & Lt(x, high);

    /// <summary>Whether <c>low ≤ x ≤ high</c>, elementwise. (Theano: <c>inclosedrange</c>.)</summary>
    public static Expr IsWithin(Expr x, Expr low, Expr high) => Ge(x, low) & Le(x, high);
}
