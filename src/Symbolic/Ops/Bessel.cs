namespace DeepSym;

/// <content>Bessel functions; the numbers are computed in <see cref="BesselNumbers"/>. No derivative in the order.</content>
public static partial class T
{
    static readonly ScalarFunction BesselJFunction = new("jv", 2, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real2(BesselNumbers.J), Cost = 200,
        Parameters = [0],
        Partials = [(_, _) => null, (x, _) => 0.5 * (BesselJ(x[0] - 1, x[1]) - BesselJ(x[0] + 1, x[1]))],
        Domain = (0.5, 5),
    };

    static readonly ScalarFunction BesselIFunction = new("iv", 2, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real2(BesselNumbers.I), Cost = 200,
        Parameters = [0],
        Partials = [(_, _) => null, (x, _) => 0.5 * (BesselI(x[0] - 1, x[1]) + BesselI(x[0] + 1, x[1]))],
        Domain = (0.5, 5),
    };

    /// <summary>The Bessel function of the first kind of order 0, elementwise, to 1e-14.</summary>
    public static Expr BesselJ0(Expr x) => BesselJ(0, x);

    /// <summary>The Bessel function of the first kind of order 1, elementwise, to 1e-14.</summary>
    public static Expr BesselJ1(Expr x) => BesselJ(1, x);

    /// <summary>The Bessel function of the first kind of a real order, elementwise, to 1e-13; of negative x for whole orders only, else NaN. (Theano: <c>jv</c>.)</summary>
    public static Expr BesselJ(Expr order, Expr x) => BesselJFunction.Lift(order, x);

    /// <summary>The modified Bessel function of the first kind of order 0, elementwise, to 1e-14 of its value.</summary>
    public static Expr BesselI0(Expr x) => BesselI(0, x);

    /// <summary>The modified Bessel function of the first kind of order 1, elementwise, to 1e-14 of its value.</summary>
    public static Expr BesselI1(Expr x) => BesselI(1, x);

    /// <summary>The modified Bessel function of the first kind of a real order, elementwise, to 1e-13 of its value; of negative x for whole orders only, else NaN. (Theano: <c>iv</c>.)</summary>
    public static Expr BesselI(Expr order, Expr x) => BesselIFunction.Lift(order, x);
}
