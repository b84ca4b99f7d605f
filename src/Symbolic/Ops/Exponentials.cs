namespace DeepSym;

/// <content>Powers of e and 2. Vector code is accurate to 1 ulp, expm1 to 2.</content>
public static partial class T
{
    static readonly ScalarFunction ExpFunction = new("exp", 1, ScalarTypes.Floating)
    {
        IsNeverNegative = true,
        Value = ScalarFunction.Real(Math.Exp), Cost = 12,
        Partials = [(_, y) => y],
        Lowering = x => ExpLowering(x[0]),
        Domain = (-10, 10),
    };

    static readonly ScalarFunction Exp2Function = new("exp2", 1, ScalarTypes.Floating)
    {
        IsNeverNegative = true,
        Value = ScalarFunction.Real(x => Math.Pow(2, x)), Cost = 12,
        Partials = [(_, y) => y * Ln2],
        Lowering = x => Exp2Lowering(x[0]),
        Domain = (-10, 10),
    };

    static readonly ScalarFunction Expm1Function = new("expm1", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Expm1Of), Cost = 14,
        Partials = [(_, y) => y + 1],
        Lowering = x => Expm1Lowering(x[0]),
    };

    const double Ln2 = 0.6931471805599453;

    /// <summary><c>eˣ</c>, elementwise.</summary>
    public static Expr Exp(Expr x) => ExpFunction.Lift(x);

    /// <summary><c>2ˣ</c>, elementwise; exact for whole x.</summary>
    public static Expr Exp2(Expr x) => Exp2Function.Lift(x);

    /// <summary><c>eˣ - 1</c>, elementwise, accurate near 0.</summary>
    public static Expr Expm1(Expr x) => Expm1Function.Lift(x);

    static double Expm1Of(double x)
    {
        if (x == 0 || Math.Abs(x) >= 0.5 || double.IsNaN(x)) return x == 0 ? x : Math.Exp(x) - 1;
        var (term, sum) = (x, 0.0);
        for (var k = 2; Math.Abs(term) > 1e-20 * Math.Abs(x); k++)
        {
            term *= x / k;
            sum += term;
        }
        return x + sum;
    }

    // x = n log 2 + r with |r| <= log 2 / 2: exact to the last bit by two fused steps (Cody and Waite). Biased is n with that many biases of exponents.
    static (Expr Biased, Expr N, Expr R) Reduced(Expr x, int biases = 1)
    {
        var (biased, n) = Multiple(x, biases);
        var (high, low) = Ln2Parts(x.DType);
        return (biased, n, FusedMultiplyAdd(n, -low, FusedMultiplyAdd(n, -high, x)));
    }

    // How many times log 2.
    static (Expr Biased, Expr N) Multiple(Expr x, int biases)
    {
        var biased = FusedMultiplyAdd(x, 1.4426950408889634, Bias(x.DType, biases));
        return (biased, biased - Bias(x.DType, biases));
    }

    // log 2 as a number with so many trailing zeros that its product with an exponent is exact, and the rest.
    static (double High, double Low) Ln2Parts(DType dtype) =>
        dtype == DType.Float32 ? (0.693359375, -2.12194440e-4) : (0.6931471803691238, 1.9082149292705877e-10);

    // A number so large that what is added to it is rounded to an integral n, the lowest bits of which are those of n plus the bias of exponents, or twice the bias.
    static double Bias(DType dtype, int biases = 1) => dtype == DType.Float32 ? 12582912.0 + biases * 127 : 6755399441055744.0 + biases * 1023;

    // 2ⁿ from n plus the number above: its lowest bits are put in the place of the exponent, all others leave the word.
    static Expr PowerOf(Expr biased) => Scale(Bits(biased), biased.DType);

    // 2ⁿ in two factors, so that subnormal and overflowing results come out right: with two biases n is positive, and each half of it is an exponent.
    static (Expr, Expr) PowersOf(Expr twiceBiased)
    {
        var exponent = Bits(twiceBiased);
        var half = ShiftRight(exponent, 1);
        return (Scale(half, twiceBiased.DType), Scale(exponent - half, twiceBiased.DType));
    }

    static Expr Scale(Expr exponent, DType dtype) => FromBits(ShiftLeft(exponent, dtype == DType.Float32 ? 23 : 52));

    static Expr Horner(Expr x, params ReadOnlySpan<double> fromHighest)
    {
        Expr sum = Cast(fromHighest[0], x.DType);
        foreach (var coefficient in fromHighest[1..]) sum = FusedMultiplyAdd(sum, x, coefficient);
        return sum;
    }

    // The same for an even number of coefficients in pairs (Estrin): as many steps, but half of them do not wait for each other.
    static Expr Estrin(Expr x, Expr square, params ReadOnlySpan<double> fromHighest)
    {
        Expr? sum = null;
        for (var i = 0; i < fromHighest.Length; i += 2)
        {
            var pair = FusedMultiplyAdd(Cast(fromHighest[i], x.DType), x, fromHighest[i + 1]);
            sum = sum is null ? pair : FusedMultiplyAdd(sum, square, pair);
        }
        return sum!;
    }

    // exp(r + rest) - 1 on |r| <= 0.35 as r + r² p(r), and a rest that is much smaller than r.
    static Expr SmallExpm1(Expr r, Expr? rest = null)
    {
        var p = r.DType == DType.Float32
            ? Estrin(r, r * r, 0.000198909908, 0.001393365, 0.00833331093, 0.0416664649, 0.166666667, 0.500000001)
            : Horner(r, 2.0914686968086876e-09, 2.5105217004720745e-08, 2.75572736431103e-07, 2.7557255400206422e-06, 2.4801587325547743e-05, 0.00019841269874820627, 0.0013888888888883748, 0.008333333333326136, 0.04166666666666667, 0.1666666666666667, 0.5);
        return rest is null ? FusedMultiplyAdd(r * r, p, r) : r + FusedMultiplyAdd(r * r, p, rest);
    }

    // exp of n log 2 + r, and a rest that is much smaller than r
    static Expr ScaledExp(Expr twiceBiased, Expr r, Expr? rest = null)
    {
        var (first, second) = PowersOf(twiceBiased);
        return FusedMultiplyAdd(SmallExpm1(r, rest), first, first) * second;
    }

    static (double Low, double High) ExpRange(DType dtype) => dtype == DType.Float32 ? (-104.0, 89.0) : (-746.0, 710.0);

    static Expr ExpLowering(Expr x)
    {
        var (low, high) = ExpRange(x.DType);
        var (biased, _, r) = Reduced(Minimum(Maximum(x, low), high), biases: 2);
        return ScaledExp(biased, r);
    }

    static Expr Exp2Lowering(Expr x)
    {
        var (low, high) = x.DType == DType.Float32 ? (-151.0, 129.0) : (-1077.0, 1025.0);
        var clamped = Minimum(Maximum(x, low), high);
        var n = RoundEven(clamped);
        return ScaledExp(n + Bias(x.DType, biases: 2), (clamped - n) * Ln2);
    }

    static Expr Expm1Lowering(Expr x)
    {
        var (low, high) = x.DType == DType.Float32 ? (-20.0, 89.0) : (-40.0, 710.0);
        var (biased, n, r) = Reduced(Minimum(Maximum(x, low), high), biases: 2);
        var (first, second) = PowersOf(biased);
        var p = SmallExpm1(r);
        var large = Switch(n > 1, FusedMultiplyAdd(p, first, first) * second - 1, FusedMultiplyAdd(p, first * second, first * second - 1));
        return Switch(Eq(n, 0), Switch(Eq(x, 0), x, p), large);
    }
}
