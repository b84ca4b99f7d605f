using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Gpu;

/// <summary>Numbers for which vector code calls the functions of <see cref="Math"/> itself, which devices do not have: large angles, and remainders of large quotients.</summary>
static class LargeArguments
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Sin(double x)
    {
        if (!double.IsFinite(x)) return double.NaN;
        var (quarter, rest) = QuarterTurns(Math.Abs(x));
        var y = (quarter & 1) == 0 ? Sine(rest) : Cosine(rest);
        return (quarter & 2) != 0 != x < 0 ? -y : y;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Cos(double x)
    {
        if (!double.IsFinite(x)) return double.NaN;
        var (quarter, rest) = QuarterTurns(Math.Abs(x));
        var y = (quarter & 1) == 0 ? Cosine(rest) : Sine(rest);
        return (quarter + 1 & 2) != 0 ? -y : y;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Tan(double x)
    {
        if (!double.IsFinite(x)) return double.NaN;
        var (quarter, rest) = QuarterTurns(Math.Abs(x));
        var y = (quarter & 1) == 0 ? Sine(rest) / Cosine(rest) : -Cosine(rest) / Sine(rest);
        return x < 0 ? -y : y;
    }

    /// <summary>The sine of an angle of at most π/4; on devices as <see cref="DeviceFunctions"/> says.</summary>
    public static double Sine(double x) => Math.Sin(x);

    /// <summary>The cosine of an angle of at most π/4; on devices as <see cref="DeviceFunctions"/> says.</summary>
    public static double Cosine(double x) => Math.Cos(x);

    // How often π/2 is in x, modulo 4, and what remains (Payne & Hanek 1983): x is m 2ᵉ, and of the bits of 2/π those 192 matter that come after what m 2ᵉ makes a multiple of 4.
    static (int Quarter, double Angle) QuarterTurns(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var m = (ulong)(bits & 0xFFFFFFFFFFFFF | 0x10000000000000);
        var first = (int)(bits >> 52) - 1075 - 2 + 64;
        var (word, shift) = (first >> 6, first & 63);
        var (w2, w1, w0) = (Bits(word, shift), Bits(word + 1, shift), Bits(word + 2, shift));
        var upper = High(m, w0);
        var p1 = m * w1 + upper;
        var p2 = m * w2 + High(m, w1) + (p1 < upper ? 1UL : 0);
        var quarter = (int)(p2 + (1UL << 61) >> 62);
        var rest = (long)(p2 - ((ulong)quarter << 62)) + (long)(p1 >> 11) * 1.1102230246251565e-16;
        return (quarter, rest * 3.4061215800865545e-19);   // 2⁻⁶² π/2
    }

    // 64 bits from a place in a word on.
    static ulong Bits(int word, int shift) => shift == 0 ? TwoOverPi(word) : TwoOverPi(word) << shift | TwoOverPi(word + 1) >> (64 - shift);

    // The bits of 2/π, after 64 zeros.
    static ulong TwoOverPi(int word) => word switch
    {
        1 => 0xA2F9836E4E441529, 2 => 0xFC2757D1F534DDC0, 3 => 0xDB6295993C439041,
        4 => 0xFE5163ABDEBBC561, 5 => 0xB7246E3A424DD2E0, 6 => 0x06492EEA09D1921C,
        7 => 0xFE1DEB1CB129A73E, 8 => 0xE88235F52EBB4484, 9 => 0xE99C7026B45F7E41,
        10 => 0x3991D639835339F4, 11 => 0x9C845F8BBDF9283B, 12 => 0x1FF897FFDE05980F,
        13 => 0xEF2F118B5A0A6D1F, 14 => 0x6D367ECF27CB09B7, 15 => 0x4F463F669E5FEA2D,
        16 => 0x7527BAC7EBE5F17B, 17 => 0x3D0739F78A5292EA, 18 => 0x6BFB5FB11F8D5D08,
        19 => 0x56033046FC7B6BAB,
        _ => 0,
    };

    // The upper half of the product.
    static ulong High(ulong x, ulong y)
    {
        var (x1, x0, y1, y0) = (x >> 32, x & 0xFFFFFFFF, y >> 32, y & 0xFFFFFFFF);
        var middle = x1 * y0 + (x0 * y0 >> 32);
        var other = x0 * y1 + (middle & 0xFFFFFFFF);
        return x1 * y1 + (middle >> 32) + (other >> 32);
    }

    /// <summary>The remainder with the sign of <paramref name="y"/>, exact up to one last rounding.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Modulo(double x, double y)
    {
        var rest = Remainder(Math.Abs(x), Math.Abs(y));
        if (rest == 0) return Math.CopySign(0, y);
        if (x < 0) rest = -rest;
        return rest < 0 != y < 0 ? rest + y : rest;
    }

    // By long division of the fractions, ten bits at a time.
    static double Remainder(double x, double y)
    {
        if (!(y > 0) || !double.IsFinite(x)) return double.NaN;
        if (x < y) return x;
        var (a, b) = (BitConverter.DoubleToInt64Bits(x), BitConverter.DoubleToInt64Bits(y));
        var (exponent, least) = (Math.Max(1, (int)(a >> 52)), Math.Max(1, (int)(b >> 52)));
        var divisor = Fraction(b);
        var rest = Fraction(a) % divisor;
        while (exponent > least)
        {
            var step = Math.Min(10, exponent - least);
            rest = (rest << step) % divisor;
            exponent -= step;
        }
        var half = (least - 1075) / 2;
        return rest * PowerOfTwo(half) * PowerOfTwo(least - 1075 - half);
    }

    static long Fraction(long bits) => bits >> 52 == 0 ? bits : bits & 0xFFFFFFFFFFFFF | 0x10000000000000;

    static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
