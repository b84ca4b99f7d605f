using System.Runtime.CompilerServices;

namespace DeepSym;

/// <summary>Values of the regularised incomplete gamma functions: a series below, a continued fraction above, an expansion for large a. Devices compile it too, see <see cref="GammaNumbers"/>.</summary>
static class IncompleteGamma
{
    const int Terms = 20000;
    const double LargeFrom = 1e6;

    public static double Lower(double a, double x)
    {
        if (IsAtEdge(a, x)) return Edge(a, x);
        if (a < LargeFrom) return x < a + 1 ? Series(a, x) : 1 - Fraction(a, x);
        var lower = 1 - Uniform(a, x, isUpper: true);
        return lower < 0.5 ? Uniform(a, x, isUpper: false) : lower;
    }

    public static double Upper(double a, double x) => IsAtEdge(a, x) ? 1 - Edge(a, x) : a >= LargeFrom ? Uniform(a, x, isUpper: true) : x < a + 1 ? 1 - Series(a, x) : Fraction(a, x);

    static bool IsAtEdge(double a, double x) => !(a > 0 && x > 0) || double.IsPositiveInfinity(a) || double.IsPositiveInfinity(x);

    // The lower function there.
    static double Edge(double a, double x) =>
        double.IsNaN(a) || double.IsNaN(x) || a < 0 || x < 0 || (a == 0 && x == 0) ? double.NaN
        : a == 0 ? 1 : double.IsPositiveInfinity(a) ? double.IsPositiveInfinity(x) ? double.NaN : 0
        : x == 0 ? 0 : 1;

    // xᵃ e⁻ˣ / Γ(a): for large a around √(a / 2π) exp(-a (λ - 1 - log λ)) with λ = x/a, where little cancels.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Density(double a, double x)
    {
        if (a < 10) return Math.Exp(a * Math.Log(x) - x - GammaNumbers.LogGamma(a));
        var correction = GammaNumbers.LogGamma(a) - ((a - 0.5) * (Math.Log(a) - 1) + (0.9189385332046727 - 0.5));
        return Math.Sqrt(a / (2 * Math.PI)) * Math.Exp(a * Log1pMinus((x - a) / a) - correction);
    }

    // log(1 + u) - u
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Log1pMinus(double u)
    {
        if (Math.Abs(u) > 0.3) return Math.Log(1 + u) - u;
        var (power, sum) = (u, 0.0);
        for (var k = 2; k < 60; k++)
        {
            power *= -u;
            sum += power / k;
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Series(double a, double x)
    {
        var (term, sum) = (1 / a, 1 / a);
        for (var n = 1; n < Terms && term > 1e-17 * sum; n++)
        {
            term *= x / (a + n);
            sum += term;
        }
        return Math.Min(1, sum * Density(a, x));
    }

    // Lentz's evaluation of 1/(x + 1 - a - 1(1 - a)/(x + 3 - a - 2(2 - a)/(x + 5 - a - ...)))
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Fraction(double a, double x)
    {
        const double Tiny = 1e-300;
        var b = x + 1 - a;
        var c = 1 / Tiny;
        var d = 1 / b;
        var h = d;
        for (var n = 1; n < Terms; n++)
        {
            var numerator = -n * (n - a);
            b += 2;
            d = numerator * d + b;
            c = b + numerator / c;
            d = 1 / (Math.Abs(d) < Tiny ? Tiny : d);
            c = Math.Abs(c) < Tiny ? Tiny : c;
            h *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16) break;
        }
        return h * Density(a, x);
    }

    // erfc(±η √(a/2)) / 2 and the first two corrections, with η² / 2 = λ - 1 - log λ.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Uniform(double a, double x, bool isUpper)
    {
        var mu = (x - a) / a;
        var eta = Math.CopySign(Math.Sqrt(-2 * Log1pMinus(mu)), mu);
        var first = Math.Abs(eta) < 1e-3 ? -1.0 / 3 + eta / 12 - 2 * eta * eta / 135 : 1 / mu - 1 / eta;
        var correction = Math.Exp(-0.5 * a * eta * eta) / Math.Sqrt(2 * Math.PI * a) * (first - 1.0 / 540 / a);
        var half = 0.5 * T.ErfcOf((isUpper ? eta : -eta) * Math.Sqrt(0.5 * a));
        return Math.Max(0, Math.Min(1, isUpper ? half + correction : half - correction));
    }
}
