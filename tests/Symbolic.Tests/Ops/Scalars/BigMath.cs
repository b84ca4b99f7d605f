namespace DeepSym.Tests.Ops.Scalars;

/// <summary>Elementary functions of <see cref="BigReal"/> by their power series.</summary>
internal static class BigMath
{
    public static readonly BigReal Pi = 4 * (4 * SmallAtan((BigReal)1 / 5) - SmallAtan((BigReal)1 / 239));

    public static readonly BigReal Ln2 = 2 * Atanhed((BigReal)1 / 3);

    /// <summary>Adds terms until they no longer matter.</summary>
    public static BigReal Sum(BigReal first, Func<BigReal, int, BigReal> next)
    {
        var (term, sum) = (first, first);
        for (var n = 1; !term.IsZero && (sum.IsZero || term.Scale > sum.Scale - BigReal.Bits || n < 4); n++)
        {
            term = next(term, n);
            sum += term;
        }
        return sum;
    }

    // x + x³/3 + x⁵/5 + ..., with the sign of the square as given
    static BigReal Odd(BigReal x, BigReal square)
    {
        var (power, sum) = (x, x);
        for (var n = 3; !power.IsZero && power.Scale > sum.Scale - BigReal.Bits; n += 2)
        {
            power *= square;
            sum += power / n;
        }
        return sum;
    }

    static BigReal SmallAtan(BigReal x) => Odd(x, -x * x);

    static BigReal Atanhed(BigReal x) => Odd(x, x * x);

    public static BigReal Exp(BigReal x)
    {
        if (x.IsZero) return 1;
        var n = (int)(x / Ln2).Round();
        var r = (x - Ln2 * n).Times2(-8);
        var e = Sum(1, (term, k) => term * r / k);
        for (var i = 0; i < 8; i++) e *= e;
        return e.Times2(n);
    }

    public static BigReal Expm1(BigReal x) => x.IsZero ? x : BigReal.Abs(x) < 0.1 ? Sum(x, (term, k) => term * x / (k + 1)) : Exp(x) - 1;

    public static BigReal Log(BigReal x)
    {
        var n = x.Scale;
        var m = x.Times2(-n);
        if (m > 1.5) (m, n) = (m.Times2(-1), n + 1);
        return Ln2 * n + 2 * Atanhed((m - 1) / (m + 1));
    }

    public static BigReal Log1p(BigReal x) => BigReal.Abs(x) < 0.25 ? 2 * Atanhed(x / (x + 2)) : Log(1 + x);

    public static BigReal Sin(BigReal x)
    {
        var n = (x / Pi).Round();
        var r = x - Pi * n;
        var square = r * r;
        var s = Sum(r, (term, k) => -term * square / (2 * k * (2 * k + 1)));
        return (n & 1) == 0 ? s : -s;
    }

    public static BigReal Cos(BigReal x) => Sin(Pi.Times2(-1) - x);

    public static BigReal Tan(BigReal x) => Sin(x) / Cos(x);

    public static BigReal Atan(BigReal x)
    {
        if (BigReal.Abs(x) > 1) return (x.IsNegative ? -Pi : Pi).Times2(-1) - Atan(1 / x);
        for (var i = 0; i < 5; i++) x /= 1 + BigReal.Sqrt(1 + x * x);
        return SmallAtan(x).Times2(5);
    }

    public static BigReal Asin(BigReal x) => BigReal.Abs(x).CompareTo(1) == 0 ? (x.IsNegative ? -Pi : Pi).Times2(-1) : Atan(x / BigReal.Sqrt((1 - x) * (1 + x)));

    public static BigReal Acos(BigReal x) => x.CompareTo(-1) == 0 ? Pi : 2 * Atan(BigReal.Sqrt((1 - x) / (1 + x)));

    public static BigReal Sinh(BigReal x) => BigReal.Abs(x) < 1 ? Sum(x, (term, k) => term * x * x / (2 * k * (2 * k + 1))) : (Exp(x) - Exp(-x)).Times2(-1);

    public static BigReal Cosh(BigReal x) => (Exp(x) + Exp(-x)).Times2(-1);

    public static BigReal Tanh(BigReal x) => Sinh(x) / Cosh(x);

    public static BigReal Asinh(BigReal x) => x.IsNegative ? -Asinh(-x) : Log1p(x + x * x / (1 + BigReal.Sqrt(x * x + 1)));

    public static BigReal Acosh(BigReal x) => Log1p(x - 1 + BigReal.Sqrt((x - 1) * (x + 1)));

    public static BigReal Atanh(BigReal x) => Log1p(2 * x / (1 - x)).Times2(-1);

    // Positive terms only, so that nothing cancels.
    public static BigReal Erf(BigReal x) => 2 * Exp(-x * x) / BigReal.Sqrt(Pi) * Sum(x, (term, n) => term * 2 * x * x / (2 * n + 1));

    // By 1 - erf where that leaves enough digits, else by the continued fraction 1/(x + 1/2/(x + 1/(x + 3/2/(x + ...)))).
    public static BigReal Erfc(BigReal x) => x < 9 ? 1 - Erf(x) : Exp(-x * x) * ErfcxFraction(x);

    public static BigReal Erfcx(BigReal x) => x < 9 ? Exp(x * x) * Erfc(x) : ErfcxFraction(x);

    static BigReal ErfcxFraction(BigReal x)
    {
        var fraction = x;
        for (var n = 200; n > 0; n--) fraction = x + ((BigReal)n).Times2(-1) / fraction;
        return 1 / (fraction * BigReal.Sqrt(Pi));
    }

    // Newton's method on log erfc from the value of the function under test, far beyond its digits.
    public static Func<BigReal, BigReal> InverseErfc(Func<double, double> start) => c =>
    {
        BigReal y = start(c.ToDouble());
        for (var i = 0; i < 4; i++)
        {
            var complement = Erfc(y);
            y += complement * (Log(complement) - Log(c)) * Exp(y * y) * BigReal.Sqrt(Pi).Times2(-1);
        }
        return y;
    };

    const int GammaEnd = 230;   // e⁻²³⁰ is below the last bit

    /// <summary>The gamma function of a positive number: ∫ from 0 to 230 by its series of positive terms, above 0 by the recurrence.</summary>
    public static BigReal Gamma(BigReal x)
    {
        if (x.IsNegative) return Gamma(x + 1) / x;
        return x > 20 ? (x - 1) * Gamma(x - 1) : LowerGamma(x, GammaEnd);
    }

    // xᵃ e⁻ˣ Σ xᵏ / (a (a + 1) ... (a + k))
    public static BigReal LowerGamma(BigReal a, BigReal x) => Exp(a * Log(x) - x) * PositiveSum(1 / a, (term, k) => term * x / (a + k), (int)x.Round());

    public static BigReal LogGamma(BigReal x) => Log(BigReal.Abs(Gamma(x)));

    public static BigReal Digamma(BigReal x) => (LogGamma(x + Step) - LogGamma(x - Step)) / (2 * Step);

    public static BigReal Trigamma(BigReal x) => (LogGamma(x + Step) + LogGamma(x - Step) - 2 * LogGamma(x)) / (Step * Step);

    static readonly BigReal Step = ((BigReal)1).Times2(-75);

    /// <summary>The Bessel function of order ν of the first kind, or with sign 1 the modified one: <c>(x/2)^ν Σ (±x²/4)ᵏ / (k! Γ(k + ν + 1))</c>.</summary>
    public static BigReal Bessel(BigReal order, BigReal x, int sign)
    {
        var half = x.Times2(-1);
        var power = order.IsZero ? 1 : x.IsNegative ? -Exp(order * Log(-half)) : Exp(order * Log(half));   // negative x: odd orders only
        return power / Gamma(order + 1) * PositiveSum(1, (term, k) => term * half * half * sign / (k * (order + k)), (int)BigReal.Abs(x).Round());
    }

    // At least so many terms: the first ones may grow.
    static BigReal PositiveSum(BigReal first, Func<BigReal, int, BigReal> next, int least)
    {
        var (term, sum) = (first, first);
        for (var n = 1; n < least || term.Scale > sum.Scale - BigReal.Bits; n++)
        {
            term = next(term, n);
            sum += term;
            if (term.IsZero) break;
        }
        return sum;
    }
}
