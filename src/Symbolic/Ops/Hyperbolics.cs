namespace DeepSym;

/// <content>Hyperbolic functions and their inverses. Vector code is accurate to 3 ulp.</content>
public static partial class T
{
    static readonly ScalarFunction SinhFunction = new("sinh", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Sinh), Cost = 24,
        Partials = [(x, _) => Cosh(x[0])],
        Lowering = x => SinhLowering(x[0]),
    };

    static readonly ScalarFunction CoshFunction = new("cosh", 1, ScalarTypes.Floating)
    {
        IsNeverNegative = true,
        Value = ScalarFunction.Real(Math.Cosh), Cost = 20,
        Partials = [(x, _) => Sinh(x[0])],
        Lowering = x => CoshLowering(x[0]),
    };

    static readonly ScalarFunction TanhFunction = new("tanh", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Tanh), Cost = 20,
        Partials = [(_, y) => 1 - y * y],
        Lowering = x => TanhLowering(x[0]),
    };

    static readonly ScalarFunction AsinhFunction = new("asinh", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Asinh), Cost = 30,
        Partials = [(x, _) => 1 / Sqrt(x[0] * x[0] + 1)],
        Lowering = x => AsinhLowering(x[0]),
    };

    static readonly ScalarFunction AcoshFunction = new("acosh", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Acosh), Cost = 30,
        Partials = [(x, _) => 1 / Sqrt((x[0] - 1) * (x[0] + 1))],
        Lowering = x => AcoshLowering(x[0]),
        Domain = (1.1, 9),
    };

    static readonly ScalarFunction AtanhFunction = new("atanh", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Atanh), Cost = 30,
        Partials = [(x, _) => 1 / ((1 - x[0]) * (1 + x[0]))],
        Lowering = x => AtanhLowering(x[0]),
        Domain = (-0.9, 0.9),
    };

    /// <summary>The hyperbolic sine <c>(eˣ - e⁻ˣ) / 2</c>, elementwise.</summary>
    public static Expr Sinh(Expr x) => SinhFunction.Lift(x);

    /// <summary>The hyperbolic cosine <c>(eˣ + e⁻ˣ) / 2</c>, elementwise.</summary>
    public static Expr Cosh(Expr x) => CoshFunction.Lift(x);

    /// <summary>The hyperbolic tangent, elementwise.</summary>
    public static Expr Tanh(Expr x) => TanhFunction.Lift(x);

    /// <summary>The inverse hyperbolic sine <c>log(x + √(x² + 1))</c>, elementwise. (Theano: <c>arcsinh</c>.)</summary>
    public static Expr Asinh(Expr x) => AsinhFunction.Lift(x);

    /// <summary>The inverse hyperbolic cosine <c>log(x + √(x² - 1))</c>, elementwise; NaN below 1. (Theano: <c>arccosh</c>.)</summary>
    public static Expr Acosh(Expr x) => AcoshFunction.Lift(x);

    /// <summary>The inverse hyperbolic tangent <c>log((1 + x) / (1 - x)) / 2</c>, elementwise; ±∞ at ±1, NaN beyond. (Theano: <c>arctanh</c>.)</summary>
    public static Expr Atanh(Expr x) => AtanhFunction.Lift(x);

    // e^|x|, or from where it could overflow e^(|x| / 2), to be squared at the end.
    static (Expr IsLarge, Expr Exponent) Tamed(Expr x)
    {
        var magnitude = Abs(x);
        var isLarge = magnitude > (x.DType == DType.Float32 ? 88.0 : 709.0);
        return (isLarge, Switch(isLarge, magnitude * 0.5, magnitude));
    }

    static Expr SinhLowering(Expr x)
    {
        var (isLarge, exponent) = Tamed(x);
        var e = Expm1(exponent);
        return WithSign(Switch(isLarge, e * 0.5 * e, 0.5 * (e + e / (e + 1))), x);
    }

    static Expr CoshLowering(Expr x)
    {
        var (isLarge, exponent) = Tamed(x);
        var e = Exp(exponent);
        return Switch(isLarge, e * 0.5 * e, 0.5 * e + 0.5 / e);
    }

    // m / (m + 2) with m = exp(2|x|) - 1 and the sign of x; from |x| = 10 (float64: 20) on, the quotient is 1.
    static Expr TanhLowering(Expr x)
    {
        var (biased, _, r) = Reduced(Minimum(Abs(x) * 2, x.DType == DType.Float32 ? 20.0 : 40.0));
        var power = PowerOf(biased);
        var m = FusedMultiplyAdd(SmallExpm1(r), power, power - 1);
        return WithSign(m / (m + 2), x);
    }

    static double HugeFor(DType dtype) => dtype == DType.Float32 ? 1e9 : 1e17;   // from here log1p(x) = log(x), and x² has long not overflowed

    static Expr AsinhLowering(Expr x)
    {
        var magnitude = Abs(x);
        var isHuge = magnitude > HugeFor(x.DType);
        var square = magnitude * magnitude;
        var argument = Switch(isHuge, magnitude, magnitude + square / (1 + Sqrt(square + 1)));
        return WithSign(Log1p(argument) + Switch(isHuge, Ln2, ZerosLike(x)), x);
    }

    static Expr AcoshLowering(Expr x)
    {
        var t = x - 1;
        var isHuge = x > HugeFor(x.DType);
        var argument = Switch(isHuge, x, t + Sqrt(t * (t + 2)));
        return Switch(x < 1, double.NaN, Log1p(argument) + Switch(isHuge, Ln2, ZerosLike(x)));
    }

    static Expr AtanhLowering(Expr x)
    {
        var magnitude = Abs(x);
        return WithSign(0.5 * Log1p(2 * magnitude / (1 - magnitude)), x);
    }
}
