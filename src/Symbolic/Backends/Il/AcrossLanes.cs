using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSym.Backends.Il;

/// <summary>The lanes of a register combined into one number: halves with halves, the last four or two lanes one after the other.</summary>
static class AcrossLanes
{
    /// <summary>Combines 16 or 8 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine512<T, TMonoid>(Vector512<T> lanes) where TMonoid : struct, IMonoid => Combine256<T, TMonoid>(TMonoid.Of(lanes.GetLower(), lanes.GetUpper()));

    /// <summary>Combines 8 or 4 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine256<T, TMonoid>(Vector256<T> lanes) where TMonoid : struct, IMonoid => Combine128<T, TMonoid>(TMonoid.Of(lanes, lanes.GetUpper().ToVector256Unsafe()).GetLower());

    /// <summary>Combines 4 or 2 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine128<T, TMonoid>(Vector128<T> lanes) where TMonoid : struct, IMonoid
    {
        var result = lanes.ToVector256Unsafe();
        for (var lane = 1; lane < Vector128<T>.Count; lane++)
            result = TMonoid.Of(result, Vector256.Create(lanes.GetElement(lane)));
        return result.ToScalar();
    }

    /// <summary>The sum of compensated partial sums, one for each lane, itself compensated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum512(Vector512<float> sums, Vector512<float> corrections)
    {
        var (sum, error) = TwoSum(sums.GetLower(), sums.GetUpper());
        return Sum256(sum, corrections.GetLower() + corrections.GetUpper() + error);
    }

    /// <summary>The same of 8 lanes.</summary>
    public static float Sum256(Vector256<float> sums, Vector256<float> corrections)
    {
        var (low, high) = (sums.GetLower(), sums.GetUpper());
        var total = low + high;
        var part = total - low;
        return Sum128(total, corrections.GetLower() + corrections.GetUpper() + (low - (total - part) + (high - part)));
    }

    /// <summary>The same of 4 lanes.</summary>
    public static float Sum128(Vector128<float> sums, Vector128<float> corrections)
    {
        var (sum, correction) = (sums.ToScalar(), Vector128.Sum(corrections));
        for (var lane = 1; lane < 4; lane++)
        {
            var next = sum + sums.GetElement(lane);
            var part = next - sum;
            correction += sum - (next - part) + (sums.GetElement(lane) - part);
            sum = next;
        }
        return float.IsFinite(correction) ? sum + correction : sum;
    }

    static (Vector256<float> Sum, Vector256<float> Error) TwoSum(Vector256<float> x, Vector256<float> y)
    {
        var total = x + y;
        var part = total - x;
        return (total, x - (total - part) + (y - part));
    }

    /// <summary>How two vectors are combined.</summary>
    public interface IMonoid
    {
        static abstract Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y);
    }

    /// <summary>The monoid's way.</summary>
    public static Type Of(Monoid monoid) => monoid switch
    {
        Monoid.Sum => typeof(Sum),
        Monoid.Product => typeof(Product),
        Monoid.Max => typeof(Max),
        Monoid.Min => typeof(Min),
        Monoid.All => typeof(All),
        _ => typeof(Any),
    };

    readonly struct Sum : IMonoid
    {
        public static Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y) => x + y;
    }

    readonly struct Product : IMonoid
    {
        public static Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y) => x * y;
    }

    readonly struct Max : IMonoid
    {
        public static Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y) => Extremes.Max(x, y);
    }

    readonly struct Min : IMonoid
    {
        public static Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y) => Extremes.Min(x, y);
    }

    readonly struct All : IMonoid
    {
        public static Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y) => x & y;
    }

    readonly struct Any : IMonoid
    {
        public static Vector256<T> Of<T>(Vector256<T> x, Vector256<T> y) => x | y;
    }
}
