using System.ComponentModel;
using ILGPU;

#pragma warning disable CS1591 // the names say it, and nobody calls them by hand

namespace DeepSym.Backends.Gpu;

/// <summary>
/// Functions of numbers that generated kernels call on devices, where ILGPU has none or one that is approximate. Public because generated code can call nothing else.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class DeviceMath
{
    public static float Abs(float x) => Interop.IntAsFloat(Interop.FloatAsInt(x) & 0x7FFFFFFFu);

    public static double Abs(double x) => Interop.IntAsFloat(Interop.FloatAsInt(x) & 0x7FFFFFFFFFFFFFFFul);

    public static int Abs(int x) => x < 0 ? -x : x;

    public static long Abs(long x) => x < 0 ? -x : x;

    // NaN wins, as in NumPy; the instructions of devices prefer the number.
    public static float Maximum(float x, float y) => x > y || float.IsNaN(x) ? x : y;

    public static double Maximum(double x, double y) => x > y || double.IsNaN(x) ? x : y;

    public static int Maximum(int x, int y) => x > y ? x : y;

    public static long Maximum(long x, long y) => x > y ? x : y;

    public static float Minimum(float x, float y) => x < y || float.IsNaN(x) ? x : y;

    public static double Minimum(double x, double y) => x < y || double.IsNaN(x) ? x : y;

    public static int Minimum(int x, int y) => x < y ? x : y;

    public static long Minimum(long x, long y) => x < y ? x : y;

    // Unsigned numbers are held by their bits.
    public static long AbsUnsigned(long x) => x;

    public static long MaximumUnsigned(long x, long y) => (ulong)x > (ulong)y ? x : y;

    public static long MinimumUnsigned(long x, long y) => (ulong)x < (ulong)y ? x : y;

    public static long FloorDivUnsigned(long x, long y)
    {
        // Both sides of a choice may be computed, and compilers for OpenCL take a divisor not to be 0 then.
        var quotient = (long)((ulong)x / (ulong)(y == 0 ? 1 : y));
        return y == 0 ? 0 : quotient;
    }

    public static long PowUnsigned(long x, long y) => IntegerPower(x, y);

    public static double RealOfUnsigned(long x) => x >= 0 ? x : 2.0 * (long)((ulong)x >> 1 | (ulong)x & 1);

    public static float SingleOfUnsigned(long x) => x >= 0 ? x : 2f * (long)((ulong)x >> 1 | (ulong)x & 1);   // the last bit only says that there is more

    // Drivers differ in what a float outside of an integer's range becomes, even where it is not chosen: 0 is converted in its place. NaN becomes 0, others the end of the range.
    public static int Integer32(float x)
    {
        var isInside = Abs(x) < 2147483648f;
        var inside = (int)(isInside ? x : 0);
        return isInside ? inside : x > 0 ? int.MaxValue : x < 0 ? int.MinValue : 0;
    }

    public static int Integer32(double x)
    {
        var isInside = Abs(x) < 2147483648.0;
        var inside = (int)(isInside ? x : 0);
        return isInside ? inside : x > 0 ? int.MaxValue : x < 0 ? int.MinValue : 0;
    }

    public static long Integer64(float x)
    {
        var isInside = Abs(x) < 9223372036854775808f;
        var inside = (long)(isInside ? x : 0);
        return isInside ? inside : x > 0 ? long.MaxValue : x < 0 ? long.MinValue : 0;
    }

    public static long Integer64(double x)
    {
        var isInside = Abs(x) < 9223372036854775808.0;
        var inside = (long)(isInside ? x : 0);
        return isInside ? inside : x > 0 ? long.MaxValue : x < 0 ? long.MinValue : 0;
    }

    public static int Unsigned32(float x) => (int)Minimum(Maximum(Integer64(x), 0), uint.MaxValue);

    public static int Unsigned32(double x) => (int)Minimum(Maximum(Integer64(x), 0), uint.MaxValue);

    public static long Unsigned64(float x) => x >= 9223372036854775808f ? Integer64(x - 9223372036854775808f) ^ long.MinValue : Maximum(Integer64(x), 0);

    public static long Unsigned64(double x) => x >= 9223372036854775808.0 ? Integer64(x - 9223372036854775808.0) ^ long.MinValue : Maximum(Integer64(x), 0);

    // Rounded once on devices too: see DeviceFunctions.
    public static float Fma(float x, float y, float z) => MathF.FusedMultiplyAdd(x, y, z);

    public static double Fma(double x, double y, double z) => Math.FusedMultiplyAdd(x, y, z);

    public static float Sqrt(float x) => MathF.Sqrt(x);

    public static double Sqrt(double x) => Math.Sqrt(x);

    public static float Floor(float x) => MathF.Floor(x);

    public static double Floor(double x) => Math.Floor(x);

    public static float Ceil(float x) => MathF.Ceiling(x);

    public static double Ceil(double x) => Math.Ceiling(x);

    public static float Trunc(float x) => x < 0 ? MathF.Ceiling(x) : MathF.Floor(x);

    public static double Trunc(double x) => x < 0 ? Math.Ceiling(x) : Math.Floor(x);

    // Adding and taking away 1.5·2²³ rounds to the nearest integer, ties to even.
    public static float RoundEven(float x) => Abs(x) < 4194304f ? x + 12582912f - 12582912f : x;

    public static double RoundEven(double x) => Abs(x) < 2251799813685248.0 ? x + 6755399441055744.0 - 6755399441055744.0 : x;

    public static float FloorDiv(float x, float y) => MathF.Floor(x / y);

    public static double FloorDiv(double x, double y) => Math.Floor(x / y);

    // By the sign of the rest, which is right for quotients towards zero and for smaller ones: ILGPU shifts where the divisor is a power of two that it knows.
    public static int FloorDiv(int x, int y)
    {
        if (y == 0) return 0;
        if (y == -1) return -x;
        var quotient = x / y;
        var rest = x - quotient * y;
        return rest != 0 && (rest < 0) != (y < 0) ? quotient - 1 : quotient;
    }

    public static long FloorDiv(long x, long y)
    {
        if (y == 0) return 0;
        if (y == -1) return -x;
        var quotient = x / y;
        var rest = x - quotient * y;
        return rest != 0 && (rest < 0) != (y < 0) ? quotient - 1 : quotient;
    }

    public static int Pow(int x, int y) => y < 0 ? NegativePower(x, y) : (int)IntegerPower(x, y);

    public static long Pow(long x, long y) => y < 0 ? NegativePower(x, y) : IntegerPower(x, y);

    static int NegativePower(long x, long y) => x == 1 ? 1 : x == -1 ? (y & 1) == 0 ? 1 : -1 : 0;

    static long IntegerPower(long x, long y)
    {
        var result = 1L;
        for (var rest = (ulong)y; rest != 0; rest >>= 1, x *= x)
            if ((rest & 1) != 0) result *= x;
        return result;
    }

    // Angles and quotients beyond what vector code reduces itself.
    public static double SinOfLarge(int isLarge, double x, double otherwise) => isLarge == 0 ? otherwise : LargeArguments.Sin(x);

    public static double CosOfLarge(int isLarge, double x, double otherwise) => isLarge == 0 ? otherwise : LargeArguments.Cos(x);

    public static double TanOfLarge(int isLarge, double x, double otherwise) => isLarge == 0 ? otherwise : LargeArguments.Tan(x);

    public static double ModOfLarge(int isLarge, double x, double y, double otherwise) => isLarge == 0 ? otherwise : LargeArguments.Modulo(x, y);

    // Functions without vector code.
    public static double Gamma(double x) => GammaNumbers.Gamma(x);

    public static double GammaLn(double x) => GammaNumbers.LogGamma(x);

    public static double Digamma(double x) => GammaNumbers.Digamma(x);

    public static double Polygamma(double order, double x) => GammaNumbers.Polygamma(order, x);

    public static double GammaInc(double a, double x) => IncompleteGamma.Lower(a, x);

    public static double GammaIncC(double a, double x) => IncompleteGamma.Upper(a, x);

    public static double Jv(double order, double x) => BesselNumbers.J(order, x);

    public static double Iv(double order, double x) => BesselNumbers.I(order, x);

    public static int Bits(float x) => (int)Interop.FloatAsInt(x);

    public static long Bits(double x) => (long)Interop.FloatAsInt(x);

    public static float FromBits(int x) => Interop.IntAsFloat((uint)x);

    public static double FromBits(long x) => Interop.IntAsFloat((ulong)x);

    // 16-bit floats as their bits: only integers are needed, so that devices without them have them too.
    public static float FromFloat16(int bits)
    {
        var (sign, exponent, fraction) = ((bits & 0x8000) << 16, bits & 0x7C00, bits & 0x3FF);
        var magnitude = exponent == 0 ? Bits(fraction * 5.9604644775390625e-8f) : exponent == 0x7C00 ? 0x7F800000 | fraction << 13 : ((bits & 0x7FFF) << 13) + 0x38000000;
        return FromBits(sign | magnitude);
    }

    public static float FromBFloat16(int bits) => FromBits(bits << 16);

    // Of numbers that have been rounded.
    public static int ToFloat16(float x)
    {
        var (sign, magnitude) = (Bits(x) >> 16 & 0x8000, Bits(x) & 0x7FFFFFFF);
        if (magnitude > 0x7F800000) return sign | 0x7E00;
        if (magnitude == 0x7F800000) return sign | 0x7C00;
        return sign | (magnitude < 0x38800000 ? (int)(FromBits(magnitude) * 16777216f) : magnitude - 0x38000000 >> 13);
    }

    public static int ToBFloat16(float x) => Bits(x) >> 16;

    /// <summary>What x + y loses: <c>(x + y) + error</c> is the exact sum (Knuth's two-sum).</summary>
    public static float RoundingError(float x, float y)
    {
        var sum = x + y;
        var part = sum - x;
        return x - (sum - part) + (y - part);
    }

    /// <summary>The sum with its correction, unless an infinity has spoilt that.</summary>
    public static float Corrected(float sum, float correction) => float.IsNaN(correction) ? sum : sum + correction;

    /// <summary>An index that may count from the end; one out of range sets the error code and reads element 0.</summary>
    public static long Place(long index, long limit, ArrayView<long> sizes)
    {
        if (index < 0) index += limit;
        if (index >= 0 && index < limit) return index;
        sizes[0] = 1;
        return 0;
    }
}
