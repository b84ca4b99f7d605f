using System.Numerics;

namespace DeepSym.Tests.Ops.Scalars;

/// <summary>A number <c>Mantissa · 2^Exponent</c> of a chosen number of bits: the independent source of the values that accuracy is measured against.</summary>
internal readonly struct BigReal : IComparable<BigReal>
{
    /// <summary>The bits of every result. Ample for sums that cancel 150 of them.</summary>
    public const int Bits = 320;

    readonly BigInteger _mantissa;
    readonly int _exponent;

    BigReal(BigInteger mantissa, int exponent)
    {
        var excess = (int)mantissa.GetBitLength() - Bits;
        (_mantissa, _exponent) = mantissa.IsZero ? (mantissa, 0) : excess > 0 ? (mantissa >> excess, exponent + excess) : (mantissa, exponent);
    }

    public bool IsZero => _mantissa.IsZero;

    public bool IsNegative => _mantissa.Sign < 0;

    /// <summary>The power of two at most as large as the number: <c>2^Scale ≤ |x| &lt; 2^(Scale + 1)</c>.</summary>
    public int Scale => (int)BigInteger.Abs(_mantissa).GetBitLength() - 1 + _exponent;

    public static implicit operator BigReal(long value) => new(value, 0);

    public static implicit operator BigReal(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) & 0x7FF;
        var fraction = bits & 0xFFFFFFFFFFFFFL;
        BigInteger mantissa = exponent == 0 ? fraction : fraction | 0x10000000000000L;
        return new(bits < 0 ? -mantissa : mantissa, Math.Max(exponent, 1) - 1075);
    }

    public static BigReal operator -(BigReal x) => new(-x._mantissa, x._exponent);

    public static BigReal operator +(BigReal x, BigReal y)
    {
        if (x.IsZero) return y;
        if (y.IsZero) return x;
        if (x.Scale - y.Scale > Bits + 8) return x;
        if (y.Scale - x.Scale > Bits + 8) return y;
        var exponent = Math.Min(x._exponent, y._exponent);
        return new((x._mantissa << (x._exponent - exponent)) + (y._mantissa << (y._exponent - exponent)), exponent);
    }

    public static BigReal operator -(BigReal x, BigReal y) => x + -y;

    public static BigReal operator *(BigReal x, BigReal y) => new(x._mantissa * y._mantissa, x._exponent + y._exponent);

    public static BigReal operator /(BigReal x, BigReal y) => new((x._mantissa << (2 * Bits)) / y._mantissa, x._exponent - y._exponent - 2 * Bits);

    public static bool operator <(BigReal x, BigReal y) => (x - y).IsNegative;

    public static bool operator >(BigReal x, BigReal y) => (y - x).IsNegative;

    public static BigReal Abs(BigReal x) => x.IsNegative ? -x : x;

    public static BigReal Sqrt(BigReal x)
    {
        if (x.IsZero) return x;
        var shift = 2 * Bits + (x._exponent & 1);
        var (n, exponent) = (x._mantissa << shift, (x._exponent - shift) / 2);
        var root = BigInteger.One << (int)((n.GetBitLength() + 1) / 2);
        for (var next = (root + n / root) >> 1; next < root; next = (root + n / root) >> 1) root = next;
        return new(root, exponent);
    }

    /// <summary>The number times a power of two.</summary>
    public BigReal Times2(int power) => new(_mantissa, _exponent + power);

    /// <summary>The nearest whole number.</summary>
    public long Round() => (long)(_exponent >= 0 ? _mantissa << _exponent : (_mantissa + (BigInteger.One << (-_exponent - 1))) >> -_exponent);

    public int CompareTo(BigReal other) => (this - other)._mantissa.Sign;

    /// <summary>About the number, to 53 bits or so.</summary>
    public double ToDouble()
    {
        if (IsZero) return 0;
        var shift = (int)BigInteger.Abs(_mantissa).GetBitLength() - 60;
        var top = (double)(long)(shift > 0 ? _mantissa >> shift : _mantissa << -shift);
        return Math.ScaleB(top, _exponent + shift);
    }

    /// <summary>How far <paramref name="got"/> is from the number, in units of the last place that numbers of <paramref name="digits"/> bits and least exponent have there.</summary>
    public double UlpsTo(double got, int digits, int leastExponent)
    {
        var last = Math.Max(IsZero ? leastExponent : Scale, leastExponent) - (digits - 1);
        return Math.Abs(((BigReal)got - this).Times2(-last).ToDouble());
    }

    public override string ToString() => ToDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
