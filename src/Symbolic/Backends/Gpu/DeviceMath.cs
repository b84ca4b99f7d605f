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

    public static float Fma(float x, float y, float z) => x * y + z;

    public static double Fma(double x, double y, double z) => x * y + z;

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

    public static int FloorDiv(int x, int y)
    {
        if (y == 0) return 0;
        var q = x / y;
        return q * y != x && (x < 0) != (y < 0) ? q - 1 : q;
    }

    public static long FloorDiv(long x, long y)
    {
        if (y == 0) return 0;
        var q = x / y;
        return q * y != x && (x < 0) != (y < 0) ? q - 1 : q;
    }

    public static int Bits(float x) => (int)Interop.FloatAsInt(x);

    public static long Bits(double x) => (long)Interop.FloatAsInt(x);

    public static float FromBits(int x) => Interop.IntAsFloat((uint)x);

    public static double FromBits(long x) => Interop.IntAsFloat((ulong)x);

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
