using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Il;

/// <summary>
/// Sums of float32 kept in float64, in two registers: one for the lower half of the lanes, one for the upper. What is added from memory is converted while it is loaded,
/// half by half. Inlined, because a call would put all registers into memory.
/// </summary>
static unsafe class WideSums
{
    /// <summary>Adds the lower half of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> AddLower128(Vector128<double> sum, Vector128<float> next) => sum + Vector128.WidenLower(next);

    /// <summary>Adds the upper half of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> AddUpper128(Vector128<double> sum, Vector128<float> next) => sum + Vector128.WidenUpper(next);

    /// <summary>Adds the numbers at a place: as many as are in a half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> AddAt128(Vector128<double> sum, byte* place) => sum + Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(double*)place).AsSingle());

    /// <summary>The sums in float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Narrow128(Vector128<double> lower, Vector128<double> upper) => Vector128.Narrow(lower, upper);

    /// <summary>The sum of all lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Across128(Vector128<double> lower, Vector128<double> upper) => (float)AcrossLanes.Combine128<double, AcrossLanes.Sum>(lower + upper);

    /// <summary>See <see cref="AddLower128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddLower256(Vector256<double> sum, Vector256<float> next) => sum + Vector256.WidenLower(next);

    /// <summary>See <see cref="AddUpper128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddUpper256(Vector256<double> sum, Vector256<float> next) => sum + Vector256.WidenUpper(next);

    /// <summary>See <see cref="AddAt128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddAt256(Vector256<double> sum, byte* place)
    {
        var next = Vector128.Load((float*)place);
        return sum + (Avx.IsSupported ? Avx.ConvertToVector256Double(next) : Vector256.Create(Vector128.WidenLower(next), Vector128.WidenUpper(next)));
    }

    /// <summary>See <see cref="Narrow128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Narrow256(Vector256<double> lower, Vector256<double> upper) => Vector256.Narrow(lower, upper);

    /// <summary>See <see cref="Across128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Across256(Vector256<double> lower, Vector256<double> upper) => (float)AcrossLanes.Combine256<double, AcrossLanes.Sum>(lower + upper);

    /// <summary>See <see cref="AddLower128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AddLower512(Vector512<double> sum, Vector512<float> next) => sum + Vector512.WidenLower(next);

    /// <summary>See <see cref="AddUpper128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AddUpper512(Vector512<double> sum, Vector512<float> next) => sum + Vector512.WidenUpper(next);

    /// <summary>See <see cref="AddAt128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AddAt512(Vector512<double> sum, byte* place)
    {
        var next = Vector256.Load((float*)place);
        return sum + (Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(next) : Vector512.Create(Vector256.WidenLower(next), Vector256.WidenUpper(next)));
    }

    /// <summary>See <see cref="Narrow128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Narrow512(Vector512<double> lower, Vector512<double> upper) => Vector512.Narrow(lower, upper);

    /// <summary>See <see cref="Across128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Across512(Vector512<double> lower, Vector512<double> upper) => (float)AcrossLanes.Combine512<double, AcrossLanes.Sum>(lower + upper);
}
