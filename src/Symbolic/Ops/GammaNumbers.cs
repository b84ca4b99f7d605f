using System.Runtime.CompilerServices;

namespace DeepSym;

/// <summary>
/// Values of the gamma function, its logarithm and the derivatives of that: polynomials on [1, 2], recurrences, and Stirling's series above. Code that devices compile
/// too: methods do not call themselves, long ones are not put into each other, and series are behind methods for which devices have formulas.
/// </summary>
static class GammaNumbers
{
    const double HalfLogTwoPi = 0.9189385332046727;

    // Γ(t + 3/2) for |t| <= 1/2
    public static readonly Series CentreSeries = new(
    [
        0.0001736585029100638, -0.00026048686591686527, 0.000141093980175924, -0.0002116366966022488, 0.0004734656764602699, -0.0007101710237414608,
        0.0010096053142759128, -0.0015142364392563075, 0.0022833622890860634, -0.0034239612838414227, 0.005131568539695762, -0.007690098921057152,
        0.011522520042662803, -0.01722245008885133, 0.02583760628007813, -0.03800193529134834, 0.05861030382085454, -0.07752305230537157,
        0.14464535904458606, -0.107294804564719, 0.41481345368830125, 0.032338397448884865, 0.886226925452758,
    ], []);

    // log Γ(x) / ((x - 1)(x - 2)) for x = t + 3/2, |t| <= 1/2
    public static readonly Series LogCentreSeries = new(
    [
        1.1820969445467145e-05, -1.8527803997032962e-05, 1.3584275459130943e-05, -2.148770252062576e-05, 4.281642862794779e-05,
        -6.793733027397047e-05, 0.00010541715222185904, -0.0001685717945035172, 0.00027130273545114005, -0.00043803516132580534,
        0.0007115202752051298, -0.001164411377219605, 0.0019229162321227923, -0.0032120742206072908, 0.005446457842219553, -0.009425622444829649,
        0.01679709863121395, -0.03130848750105327, 0.06291140107456485, -0.14595989591430594, 0.4831289505409809,
    ], []);

    // x (log Γ(x) - (x - 1/2) log x + x - log √2π) in 1/x² for x >= 8
    public static readonly Series StirlingSeries = new(
    [
        0.005065905360156132, -0.001890382993887715, 0.0008414700852503147, -0.0005952365845057049, 0.0007936507897524059, -0.002777777777773988,
        0.08333333333333333,
    ], []);

    // x² (log x - 1/(2x) - ψ(x)) in 1/x² for x >= 10
    public static readonly Series DigammaSeries = new(
    [
        0.06980456110893661, -0.02091510643296764, 0.0075745722331386186, -0.004166662567441337, 0.0039682539614681435, -0.008333333333329107,
        0.08333333333333333,
    ], []);

    public static double Centre(double t) => CentreSeries.At(t);

    public static double LogCentre(double t) => LogCentreSeries.At(t);

    public static double Stirling(double x) => StirlingSeries.At(x);

    public static double DigammaTail(double x) => DigammaSeries.At(x);

    // B₂, B₄, ..., B₂₄
    const int BernoulliNumbers = 12;

    static double Bernoulli(int k) => k switch
    {
        1 => 1.0 / 6, 2 => -1.0 / 30, 3 => 1.0 / 42, 4 => -1.0 / 30, 5 => 5.0 / 66, 6 => -691.0 / 2730, 7 => 7.0 / 6, 8 => -3617.0 / 510, 9 => 43867.0 / 798,
        10 => -174611.0 / 330, 11 => 854513.0 / 138, _ => -236364091.0 / 2730,
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Gamma(double x)
    {
        if (x == 0) return Math.CopySign(double.PositiveInfinity, x);
        if (x < 0.5) return x == Math.Floor(x) || double.IsNegativeInfinity(x) ? double.NaN : x < -200 ? NegativeZeroOrZero(x) : Reflected(x);
        return OfPositive(x);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double OfPositive(double x)
    {
        if (x > 172) return double.PositiveInfinity;
        if (x >= 20)
        {
            var half = Math.Pow(x, 0.5 * x - 0.25);
            return half * (Math.Exp(-x) * half) * Math.Exp(StirlingTail(x) + HalfLogTwoPi);
        }
        var (product, divisor) = (1.0, 1.0);
        for (; x > 2; product *= x) x--;
        for (; x < 1; x++) divisor *= x;
        return product * Centre(x - 1.5) / divisor;
    }

    // Γ(x) Γ(1 - x) = π / sin πx; the reciprocal may be subnormal where Γ(1 - x) overflows.
    static double Reflected(double x)
    {
        var sine = SinPi(x);
        return x > -170 ? Math.PI / (sine * OfPositive(1 - x)) : Math.PI / sine / OfPositive(-x) / -x;
    }

    static double NegativeZeroOrZero(double x) => Math.CopySign(0, SinPi(x));

    // sin πx, exactly 0 at whole numbers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double SinPi(double x)
    {
        var n = Math.Round(x);
        var sine = Math.Sin(Math.PI * (x - n));
        return IsEven(n) ? sine : -sine;
    }

    /// <summary>Whether a whole number is even.</summary>
    public static bool IsEven(double whole) => 2 * Math.Floor(0.5 * whole) == whole;

    static double StirlingTail(double x) => Stirling(1 / (x * x)) / x;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double LogGamma(double x)
    {
        if (double.IsInfinity(x) || (x <= 0 && x == Math.Floor(x))) return double.PositiveInfinity;
        return x < 0 ? Math.Log(Math.PI / Math.Abs(SinPi(x))) - LogOfPositive(1 - x) : x < 1 ? LogOfPositive(x + 1) - Math.Log(x) : LogOfPositive(x);
    }

    // From 1 on.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double LogOfPositive(double x)
    {
        if (x >= 8) return (x - 0.5) * (Math.Log(x) - 1) + (HalfLogTwoPi - 0.5 + StirlingTail(x));
        var product = 1.0;
        for (; x > 2; product *= x) x--;
        var centre = (x - 1) * (x - 2) * LogCentre(x - 1.5);
        return product == 1 ? centre : centre + Math.Log(product);
    }

    public static double Digamma(double x)
    {
        if (x == 0) return -Math.CopySign(double.PositiveInfinity, x);
        if (x < 0) return x == Math.Floor(x) ? double.NaN : DigammaOfPositive(1 - x) - Math.PI / Math.Tan(Math.PI * (x - Math.Round(x)));
        return DigammaOfPositive(x);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double DigammaOfPositive(double x)
    {
        var sum = 0.0;
        for (; x < 10; x++) sum += 1 / x;
        return Math.Log(x) - 0.5 / x - DigammaTail(1 / (x * x)) / (x * x) - sum;
    }

    /// <summary>The derivative of the given order of the digamma function.</summary>
    public static double Polygamma(double order, double x)
    {
        if (order == 0) return Digamma(x);
        if (!(order > 0) || order != Math.Floor(order) || order > 150 || double.IsNaN(x) || (x <= 0 && order > 1)) return double.NaN;
        if (x <= 0)
        {
            if (x == Math.Floor(x)) return double.PositiveInfinity;
            var sine = SinPi(x);
            return Math.PI / sine * (Math.PI / sine) - PolygammaOfPositive(1, 1 - x);
        }
        return double.IsPositiveInfinity(x) ? 0 : PolygammaOfPositive((int)order, x);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double PolygammaOfPositive(int n, double x)
    {
        // (-1)ⁿ⁺¹ n! Σ (x + k)⁻ⁿ⁻¹, the tail by Euler and Maclaurin
        var sum = 0.0;
        for (; x < 15 + n; x++) sum += Math.Pow(x, -n - 1);
        var term = Math.Pow(x, -n - 1);                     // (2k + n - 1)! / (n! (2k)!) x^(-2k-n) without the Bernoulli number, from k = 1
        sum += Math.Pow(x, -n) / n + 0.5 * term;
        var scale = 0.5 * (n + 1) * term / x;
        for (var k = 1; k <= BernoulliNumbers; k++)
        {
            sum += Bernoulli(k) * scale;
            scale *= (2 * k + n) * (2 * k + n + 1.0) / ((2 * k + 1) * (2 * k + 2.0)) / (x * x);
        }
        return (n % 2 == 0 ? -1 : 1) * OfPositive(n + 1) * sum;
    }
}
