namespace DeepSym;

/// <content>Logarithms. Vector code is accurate to 1 ulp, log1p, log2 and log10 to 2.</content>
public static partial class T
{
    static readonly ScalarFunction LogFunction = new("log", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Log), Cost = 16,
        Partials = [(x, _) => 1 / x[0]],
        Lowering = x => LogLowering(x[0], Ln2Parts(x[0].DType), 1),
        Domain = (0.1, 10),
    };

    static readonly ScalarFunction Log2Function = new("log2", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Log2), Cost = 17,
        Partials = [(x, _) => 1 / (x[0] * Ln2)],
        Lowering = x => LogLowering(x[0], (1, 0), 1 / Ln2),
        Domain = (0.1, 10),
    };

    static readonly ScalarFunction Log10Function = new("log10", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Log10), Cost = 17,
        Partials = [(x, _) => 1 / (x[0] * 2.302585092994046)],
        Lowering = x => LogLowering(x[0], x[0].DType == DType.Float32 ? (0.30078125, 2.4874566e-4) : (0.30102999560767785, 5.630334806675098e-11), 0.4342944819032518),
        Domain = (0.1, 10),
    };

    static readonly ScalarFunction Log1pFunction = new("log1p", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Log1pOf), Cost = 20,
        Partials = [(x, _) => 1 / (1 + x[0])],
        Lowering = x => Log1pLowering(x[0]),
        Domain = (-0.9, 10),
    };

    static readonly ScalarFunction XLogXFunction = new("xlogx", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => x == 0 ? 0 : x * Math.Log(x)), Cost = 17,
        Partials = [(x, _) => Log(x[0]) + 1],
        Lowering = x => Switch(Eq(x[0], 0), 0, x[0] * Log(x[0])),
        Domain = (0.1, 10),
    };

    static readonly ScalarFunction XLogYFunction = new("xlogy", 2, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real2((x, y) => x == 0 ? 0 : x * Math.Log(y)), Cost = 17,
        Partials = [(x, _) => Log(x[1]), (x, _) => Switch(Eq(x[0], 0), 0, x[0] / x[1])],
        Lowering = x => Switch(Eq(x[0], 0), 0, x[0] * Log(x[1])),
        Domain = (0.1, 10),
    };

    static readonly ScalarFunction LogAddExpFunction = new("logaddexp", 2, ScalarTypes.Floating)
    {
        IsCommutative = true, Cost = 34,
        Value = ScalarFunction.Real2((x, y) => x == y ? x + Ln2 : Math.Max(x, y) + Log1pOf(Math.Exp(-Math.Abs(x - y)))),
        Partials = [(x, _) => Share(x[0], x[1]), (x, _) => Share(x[1], x[0])],
        Lowering = x => Switch(Eq(x[0], x[1]), x[0] + Ln2, Maximum(x[0], x[1]) + Log1p(Exp(-Abs(x[0] - x[1])))),
    };

    static readonly ScalarFunction Log1mExpFunction = new("log1mexp", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => x > -Ln2 ? Math.Log(-Expm1Of(x)) : Log1pOf(-Math.Exp(x))), Cost = 44,
        Partials = [(x, _) => -1 / Expm1(-x[0])],
        Lowering = x => Switch(x[0] > -Ln2, Log(-Expm1(x[0])), Log1p(-Exp(x[0]))),
        Domain = (-9, -0.1),
    };

    /// <summary>The natural logarithm, elementwise: -∞ at 0, NaN below.</summary>
    public static Expr Log(Expr x) => LogFunction.Lift(x);

    /// <summary>The logarithm to base 2, elementwise; exact for powers of 2.</summary>
    public static Expr Log2(Expr x) => Log2Function.Lift(x);

    /// <summary>The logarithm to base 10, elementwise.</summary>
    public static Expr Log10(Expr x) => Log10Function.Lift(x);

    /// <summary><c>log(1 + x)</c>, elementwise, accurate near 0.</summary>
    public static Expr Log1p(Expr x) => Log1pFunction.Lift(x);

    /// <summary><c>x log x</c>, elementwise; 0 at 0.</summary>
    public static Expr XLogX(Expr x) => XLogXFunction.Lift(x);

    /// <summary><c>x log y</c>, elementwise; 0 where x is 0, whatever y is. (Theano: <c>xlogy0</c>.)</summary>
    public static Expr XLogY(Expr x, Expr y) => XLogYFunction.Lift(x, y);

    /// <summary><c>log(eˣ + eʸ)</c>, elementwise; never overflows. Equal arguments share the gradient, infinite ones too.</summary>
    public static Expr LogAddExp(Expr x, Expr y) => LogAddExpFunction.Lift(x, y);

    /// <summary><c>log(1 - eˣ)</c>, elementwise, for x below 0: accurate near 0 and far from it (Mächler 2012).</summary>
    public static Expr Log1mExp(Expr x) => Log1mExpFunction.Lift(x);

    // eˣ / (eˣ + eʸ)
    static Expr Share(Expr x, Expr y) => Switch(Eq(x, y), 0.5, Sigmoid(x - y));

    static double Log1pOf(double x)
    {
        var u = 1 + x;
        return u == 1 || double.IsPositiveInfinity(u) ? x : u == 0 ? double.NegativeInfinity : Math.Log(u) + (x - (u - 1)) / u;
    }

    // x = m 2ᵉ with m between √½ and √2, for positive finite x.
    static (Expr Exponent, Expr Mantissa) Split(Expr x)
    {
        var isSingle = x.DType == DType.Float32;
        var isSubnormal = x < (isSingle ? 1.17549435e-38 : 2.2250738585072014e-308);
        var bits = Bits(Switch(isSubnormal, x * (isSingle ? 33554432.0 : 18014398509481984.0), x));
        var exponent = isSingle
            ? ShiftRight(bits + 0x4AFB0D, 23) - 127
            : ShiftRight(bits + (0x3FF0000000000000L - 0x3FE6A09E667F3BCDL), 52) - 1023;
        var mantissa = FromBits(bits - ShiftLeft(exponent, isSingle ? 23 : 52));
        return (Cast(exponent, x.DType) - Switch(isSubnormal, isSingle ? 25.0 : 54.0, ZerosLike(x)), mantissa);
    }

    // e (high + low) + factor log m: the logarithm to another base when the pair is its logarithm of 2.
    static Expr LogLowering(Expr x, (double High, double Low) ofTwo, double factor)
    {
        var (e, mantissa) = Split(x);
        var f = mantissa - 1;
        var s = f / (f + 2);
        var z = s * s;
        // log(1 + f) = 2 atanh(s) = f - s (f - 2 z (1/3 + z/5 + ...))
        var series = x.DType == DType.Float32
            ? Horner(z, 0.233305819, 0.285508166, 0.400001219, 0.666666666) * z
            : Horner(z, 0.13086767009948175, 0.13268759668560612, 0.15386240205813478, 0.18181795630884753, 0.2222222239180047, 0.2857142857080323, 0.4000000000000088, 0.6666666666666666) * z;
        var correction = s * (f - series);
        var result = factor == 1
            ? FusedMultiplyAdd(e, ofTwo.High, f - (correction - e * ofTwo.Low))
            : FusedMultiplyAdd(e, ofTwo.High, FusedMultiplyAdd(f - correction, factor, e * ofTwo.Low));
        return Switch(x > 0, Switch(Eq(x, double.PositiveInfinity), x, result), Switch(Eq(x, 0), double.NegativeInfinity, Cast(double.NaN, x.DType)));
    }

    static Expr Log1pLowering(Expr x)
    {
        var u = 1 + x;
        return Switch(Eq(u, 1) | Eq(u, double.PositiveInfinity), x, Log(u) + Switch(Eq(u, 0), u, (x - (u - 1)) / u));
    }
}
