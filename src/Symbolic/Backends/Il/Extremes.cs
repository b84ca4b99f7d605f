using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Il;

/// <summary>
/// The larger and the smaller of two vectors for reductions: NaN where one of the two is, and +0 larger than -0. With AVX alone the general method takes nine instructions,
/// of which a reduction waits for eight cycles. Here the instruction is asked both ways: equal numbers differ at most in the sign of zero, which "and" and "or" choose, and
/// a NaN is put over the answer. Exact.
/// </summary>
static class Extremes
{
    static bool HasOnlyAvx => Avx.IsSupported && !Vector512.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Max<T>(Vector256<T> x, Vector256<T> y)
    {
        if (HasOnlyAvx && typeof(T) == typeof(float))
        {
            var (a, b) = (x.As<T, float>(), y.As<T, float>());
            return (Avx.Max(a, b) & Avx.Max(b, a) | Avx.CompareUnordered(a, b)).As<float, T>();
        }
        if (HasOnlyAvx && typeof(T) == typeof(double))
        {
            var (a, b) = (x.As<T, double>(), y.As<T, double>());
            return (Avx.Max(a, b) & Avx.Max(b, a) | Avx.CompareUnordered(a, b)).As<double, T>();
        }
        return Vector256.Max(x, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Min<T>(Vector256<T> x, Vector256<T> y)
    {
        if (HasOnlyAvx && typeof(T) == typeof(float))
        {
            var (a, b) = (x.As<T, float>(), y.As<T, float>());
            return (Avx.Min(a, b) | Avx.Min(b, a) | Avx.CompareUnordered(a, b)).As<float, T>();
        }
        if (HasOnlyAvx && typeof(T) == typeof(double))
        {
            var (a, b) = (x.As<T, double>(), y.As<T, double>());
            return (Avx.Min(a, b) | Avx.Min(b, a) | Avx.CompareUnordered(a, b)).As<double, T>();
        }
        return Vector256.Min(x, y);
    }
}
