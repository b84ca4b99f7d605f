using System.Collections.Immutable;

namespace DeepSym;

public static partial class T
{
    static readonly ScalarFunction ExpFunction = new("exp", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Exp), Cost = 12,
        Partials = [(_, y) => y],
        Lowering = x => ExpLowering(x[0]),
        Domain = (-10, 10),
    };

    static readonly ScalarFunction Expm1Function = new("expm1", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => Math.Abs(x) < 1e-5 ? x + x * x / 2 + x * x * x / 6 : Math.Abs(x) < 0.5 ? Expm1Series(x) : Math.Exp(x) - 1), Cost = 14,
        Partials = [(_, y) => y + 1],
        Lowering = x => Expm1Lowering(x[0]),
    };

    static readonly ScalarFunction LogFunction = new("log", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Log), Cost = 16,
        Partials = [(x, _) => 1 / x[0]],
        Lowering = x => LogLowering(x[0]),
        Domain = (0.1, 10),
    };

    static readonly ScalarFunction Log1pFunction = new("log1p", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Log1pOf), Cost = 20,
        Partials = [(x, _) => 1 / (1 + x[0])],
        Lowering = x => Log1pLowering(x[0]),
        Domain = (-0.9, 10),
    };

    /// <summary><c>eˣ</c>, elementwise.</summary>
    public static Expr Exp(Expr x) => ExpFunction.Lift(x);

    /// <summary><c>eˣ - 1</c>, elementwise, accurate near 0.</summary>
    public static Expr Expm1(Expr x) => Expm1Function.Lift(x);

    /// <summary>The natural logarithm, elementwise: -∞ at 0, NaN below.</summary>
    public static Expr Log(Expr x) => LogFunction.Lift(x);

    /// <summary><c>log(1 + x)</c>, elementwise, accurate near 0.</summary>
    public static Expr Log1p(Expr x) => Log1pFunction.Lift(x);

    static double Expm1Series(double x)
    {
        var (term, sum) = (x, x);
        for (var k = 2; Math.Abs(term) > 1e-18 * Math.Abs(sum); k++)
        {
            term *= x / k;
            sum += term;
        }
        return sum;
    }

    static double Log1pOf(double x)
    {
        var u = 1 + x;
        return u == 1 || double.IsPositiveInfinity(u) ? x : u == 0 ? double.NegativeInfinity : Math.Log(u) + (x - (u - 1)) / u;
    }

    // x = n log 2 + r with |r| <= log 2 / 2: exact to the last bit by two fused steps (Cody and Waite).
    static (Expr N, Expr R) Reduced(Expr x)
    {
        var isSingle = x.DType == DType.Float32;
        var n = RoundEven(x * 1.4426950408889634);
        var (high, low) = isSingle ? (0.693359375, -2.12194440e-4) : (0.6931471803691238, 1.9082149292705877e-10);
        return (n, FusedMultiplyAdd(n, -low, FusedMultiplyAdd(n, -high, x)));
    }

    // 2ⁿ for an integral n, in two factors so that subnormal and overflowing results come out right.
    static (Expr, Expr) PowersOfTwo(Expr n)
    {
        var half = Floor(n * 0.5);
        return (Power(half), Power(n - half));

        static Expr Power(Expr k) => k.DType == DType.Float32
            ? FromBits(ShiftLeft(Cast(k, DType.Int32) + 127, 23))
            : FromBits(ShiftLeft(Cast(k, DType.Int64) + 1023, 52));
    }

    static Expr Horner(Expr x, params ReadOnlySpan<double> fromHighest)
    {
        Expr sum = Cast(fromHighest[0], x.DType);
        foreach (var coefficient in fromHighest[1..]) sum = FusedMultiplyAdd(sum, x, coefficient);
        return sum;
    }

    // (exp(r) - 1 - r) / r² on |r| <= 0.35, by the series.
    static Expr ExpTail(Expr r) => r.DType == DType.Float32
        ? Horner(r, 1 / 5040.0, 1 / 720.0, 1 / 120.0, 1 / 24.0, 1 / 6.0, 0.5)
        : Horner(r, 1 / 6227020800.0, 1 / 479001600.0, 1 / 39916800.0, 1 / 3628800.0, 1 / 362880.0, 1 / 40320.0, 1 / 5040.0, 1 / 720.0, 1 / 120.0, 1 / 24.0, 1 / 6.0, 0.5);

    static Expr ExpLowering(Expr x)
    {
        var (low, high) = x.DType == DType.Float32 ? (-104.0, 89.0) : (-746.0, 710.0);
        var (n, r) = Reduced(Minimum(Maximum(x, low), high));
        var (first, second) = PowersOfTwo(n);
        return FusedMultiplyAdd(r * r, ExpTail(r), r + 1) * first * second;
    }

    static Expr Expm1Lowering(Expr x)
    {
        var (low, high) = x.DType == DType.Float32 ? (-20.0, 89.0) : (-40.0, 710.0);
        var (n, r) = Reduced(Minimum(Maximum(x, low), high));
        var (first, second) = PowersOfTwo(n);
        var p = FusedMultiplyAdd(r * r, ExpTail(r), r);
        return Switch(Eq(n, 0), p, Switch(n > 1, (p + 1) * first * second - 1, FusedMultiplyAdd(p, first * second, first * second - 1)));
    }

    static Expr LogLowering(Expr x)
    {
        var isSingle = x.DType == DType.Float32;
        var tiny = isSingle ? 1.17549435e-38 : 2.2250738585072014e-308;
        var isSubnormal = x < tiny;
        var normal = Switch(isSubnormal, x * (isSingle ? 33554432.0 : 18014398509481984.0), x);
        var bits = Bits(normal);
        // The exponent of the power of two that leaves a mantissa between √½ and √2.
        var exponent = isSingle
            ? ShiftRight(bits + 0x4AFB0D, 23) - 127
            : ShiftRight(bits + (0x3FF0000000000000L - 0x3FE6A09E667F3BCDL), 52) - 1023;
        var mantissa = FromBits(bits - ShiftLeft(exponent, isSingle ? 23 : 52));
        var e = Cast(exponent, x.DType) - Switch(isSubnormal, isSingle ? 25.0 : 54.0, ZerosLike(x));
        var f = mantissa - 1;
        var s = f / (f + 2);
        var z = s * s;
        // log(1 + f) = 2 atanh(s) = f - s (f - 2 z (1/3 + z/5 + ...))
        var series = isSingle
            ? Horner(z, 2 / 11.0, 2 / 9.0, 2 / 7.0, 2 / 5.0, 2 / 3.0) * z
            : Horner(z, 2 / 25.0, 2 / 23.0, 2 / 21.0, 2 / 19.0, 2 / 17.0, 2 / 15.0, 2 / 13.0, 2 / 11.0, 2 / 9.0, 2 / 7.0, 2 / 5.0, 2 / 3.0) * z;
        var (high, low) = isSingle ? (0.693359375, -2.12194440e-4) : (0.6931471803691238, 1.9082149292705877e-10);
        var result = FusedMultiplyAdd(e, high, f - (s * (f - series) - e * low));
        return Switch(x > 0, Switch(Eq(x, double.PositiveInfinity), x, result), Switch(Eq(x, 0), double.NegativeInfinity, Cast(double.NaN, x.DType)));
    }

    static Expr Log1pLowering(Expr x)
    {
        var u = 1 + x;
        return Switch(Eq(u, 1) | Eq(u, double.PositiveInfinity), x, Log(u) + Switch(Eq(u, 0), u, (x - (u - 1)) / u));
    }
}
