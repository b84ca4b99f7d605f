using System.Runtime.CompilerServices;

namespace DeepSym;

/// <summary>Values of Bessel functions: power series, Miller's backward recurrence, and Hankel's asymptotic series. Devices compile it too, see <see cref="GammaNumbers"/>.</summary>
static class BesselNumbers
{
    const double MostOrder = 1e5;   // beyond, the recurrences would run for ever

    const double LogOfTen = 2.302585092994046;

    const double Far = 1000;        // from where Miller's recurrence takes more steps than one upwards from small orders

    public static double J(double order, double x)
    {
        if (double.IsNaN(order) || double.IsNaN(x) || Math.Abs(order) > MostOrder) return double.NaN;
        var isWhole = order == Math.Floor(order);
        if (x < 0 && !isWhole) return double.NaN;
        var isNegative = isWhole && !GammaNumbers.IsEven(order) && x < 0 != order < 0;
        if (isWhole) order = Math.Abs(order);
        x = Math.Abs(x);
        if (double.IsPositiveInfinity(x)) return 0;
        if (x == 0) return order == 0 ? 1 : order > 0 ? 0 : double.PositiveInfinity;
        var y = IsDirect(order, x) ? OfPositive(order, x) : Downwards(order, x);
        return isNegative ? -y : y;
    }

    static bool IsDirect(double order, double x) => IsSmall(order, x) || x > 25 + 0.5 * order * order || order >= 0;

    static bool IsSmall(double order, double x) => x * x < 4 * Math.Abs(order + 1) * 0.25 || x < 0.5;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double OfPositive(double order, double x)
    {
        if (IsSmall(order, x)) return PowerSeries(order, x, -1);
        if (x > 25 + 0.5 * order * order) return Hankel(order, x);
        return x > Far && order < x ? Upwards(order, x) : Miller(order, x);
    }

    // From the orders between 0 and 2.
    static double Downwards(double order, double x)
    {
        var down = Math.Ceiling(-order);
        var (above, here) = (OfPositive(order + down + 1, x), OfPositive(order + down, x));
        for (var at = order + down; at > order + 0.5; at--) (above, here) = (here, 2 * at / x * here - above);
        return here;
    }

    public static double I(double order, double x)
    {
        if (double.IsNaN(order) || double.IsNaN(x) || Math.Abs(order) > MostOrder) return double.NaN;
        var isWhole = order == Math.Floor(order);
        if (x < 0 && !isWhole) return double.NaN;
        if (isWhole) order = Math.Abs(order);
        var y = IOfPositive(order, Math.Abs(x));
        return x < 0 && !GammaNumbers.IsEven(order) ? -y : y;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double IOfPositive(double order, double x)
    {
        if (double.IsPositiveInfinity(x)) return x;
        if (x == 0) return order == 0 ? 1 : order > 0 ? 0 : double.PositiveInfinity;
        if (x <= 30 + 0.5 * order * order && x < 5000) return PowerSeries(order, x, 1);
        // eˣ / √2πx (1 - (μ - 1)/8x + (μ - 1)(μ - 9)/(2! (8x)²) - ...)
        var (term, sum) = (1.0, 1.0);
        for (var k = 1; k < 200 && Math.Abs(term) > 1e-17 * Math.Abs(sum); k++)
        {
            var next = -term * (4 * order * order - (2.0 * k - 1) * (2 * k - 1)) / (8 * x * k);
            if (Math.Abs(next) > Math.Abs(term) && k > order) break;
            sum += term = next;
        }
        var half = Math.Exp(0.5 * x);
        return half * (half / Math.Sqrt(2 * Math.PI * x) * sum);
    }

    // (x/2)^ν Σ (±x²/4)ᵏ / (k! Γ(k + ν + 1))
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double PowerSeries(double order, double x, int sign)
    {
        var quarter = sign * 0.25 * x * x;
        var (term, sum) = (1.0, 1.0);
        var scale = 0.0;
        for (var k = 1; k < 20000 && (Math.Abs(term) > 1e-17 * Math.Abs(sum) || k < -order + 2); k++)
        {
            term *= quarter / (k * (k + order));
            sum += term;
            if (Math.Abs(sum) < 1e250) continue;
            (term, sum, scale) = (term * 1e-250, sum * 1e-250, scale + 250 * LogOfTen);
        }
        var gamma = GammaNumbers.Gamma(order + 1);
        var power = Math.Pow(0.5 * x, order);
        var isPlain = double.IsFinite(gamma) && power is > 1e-250 and < 1e250 && scale == 0;
        return isPlain ? power / gamma * sum : Math.CopySign(1, sum) * Math.Exp(order * Math.Log(0.5 * x) - GammaNumbers.LogGamma(order + 1) + Math.Log(Math.Abs(sum)) + scale);
    }

    // Backwards from an order where the function is nothing; then all are scaled so that Σ (ν + 2k) Γ(ν + k) / k! J of order ν + 2k is (x/2)^ν.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Miller(double order, double x)
    {
        var whole = Math.Floor(order);
        var base0 = order - whole;                 // the fraction of the order
        var top = (int)(Math.Max(whole, x) + 20 + 12 * Math.Pow(Math.Max(whole, x), 1.0 / 3));
        top += top % 2;
        var (above, here) = (0.0, 1e-280);
        var (sum, wanted) = (0.0, 0.0);
        // The weight of order ν + 2k, from the top down by its ratio; 1 at k = 0 in units of Γ(ν + 1).
        for (var n = top; n >= 0; n--)
        {
            if (n == (int)whole) wanted = here;
            if (n % 2 == 0) sum += here * Weight(base0, n / 2);
            var below = n > 0 ? 2 * (base0 + n) / x * here - above : 0;
            (above, here) = (here, below);
            if (Math.Abs(here) < 1e200) continue;
            (above, here, sum, wanted) = (above * 1e-250, here * 1e-250, sum * 1e-250, wanted * 1e-250);
        }
        return wanted / sum * (base0 == 0 ? 1 : Math.Pow(0.5 * x, base0) / GammaNumbers.Gamma(base0 + 1));
    }

    static double Weight(double order, int k) => k == 0 ? 1 : order == 0 ? 2 : (order + 2 * k) / order * RisingOverFactorial(order, k);

    // ν (ν + 1)...(ν + k - 1) / k! = Γ(ν + k) / (Γ(ν) k!)
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double RisingOverFactorial(double order, int k) => Math.Exp(GammaNumbers.LogGamma(order + k) - GammaNumbers.LogGamma(order) - GammaNumbers.LogGamma(k + 1));

    // From the orders between 0 and 2 on: stable as long as the order is below x.
    static double Upwards(double order, double x)
    {
        var at = order - Math.Floor(order);
        var (here, above) = (Hankel(at, x), Hankel(at + 1, x));
        for (at++; at < order + 0.5; at++) (here, above) = (above, 2 * at / x * above - here);
        return here;
    }

    // √(2/πx) (P cos χ - Q sin χ), χ = x - (ν/2 + 1/4) π
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Hankel(double order, double x)
    {
        var (p, q, term) = (1.0, 0.0, 1.0);
        for (var k = 1; k < 200; k++)
        {
            var next = term * (4 * order * order - (2.0 * k - 1) * (2 * k - 1)) / (8 * x * k);
            if (Math.Abs(next) > Math.Abs(term) && k > Math.Abs(order)) break;
            term = next;
            switch (k % 4)
            {
                case 1: q += term; break;
                case 2: p -= term; break;
                case 3: q -= term; break;
                default: p += term; break;
            }
            if (Math.Abs(term) < 1e-17) break;
        }
        // χ by the addition theorem: x itself may be large, the rest is known exactly modulo 2.
        var turn = 0.5 * order + 0.25;
        turn = (turn - 2 * Math.Floor(0.5 * turn)) * Math.PI;
        var (sine, cosine) = (Math.Sin(x), Math.Cos(x));
        var (s, c) = (Math.Sin(turn), Math.Cos(turn));
        return Math.Sqrt(2 / (Math.PI * x)) * (p * (cosine * c + sine * s) - q * (sine * c - cosine * s));
    }
}
