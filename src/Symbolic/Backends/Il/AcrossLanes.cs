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

    /// <summary>The sum of compensated partial sums, one for each lane, itself compensated: halves with halves down to one. Inlined, because a call would put all registers into memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum512(Vector512<float> sums, Vector512<float> corrections)
    {
        var (low, high) = (sums.GetLower(), sums.GetUpper());
        var total = low + high;
        var part = total - low;
        return Sum256(total, corrections.GetLower() + corrections.GetUpper() + (low - (total - part) + (high - part)));
    }

    /// <summary>The same of 8 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum256(Vector256<float> sums, Vector256<float> corrections)
    {
        var (total, error) = TwoSum(sums.GetLower(), sums.GetUpper());
        return Sum128(total, corrections.GetLower() + corrections.GetUpper() + error);
    }

    /// <summary>The same of 4 lanes. A correction that an infinity has spoilt says nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum128(Vector128<float> sums, Vector128<float> corrections)
    {
        var (pairs, first) = TwoSum(sums, Vector128.Shuffle(sums, Vector128.Create(2, 3, 0, 1)));
        var (total, second) = TwoSum(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2)));
        var correction = corrections + Vector128.Shuffle(corrections, Vector128.Create(2, 3, 0, 1)) + first;
        correction += Vector128.Shuffle(correction, Vector128.Create(1, 0, 3, 2));
        correction += second;
        var isFinite = Vector128.Equals(correction - correction, Vector128<float>.Zero);
        return (total + (correction & isFinite)).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector128<float> Sum, Vector128<float> Error) TwoSum(Vector128<float> x, Vector128<float> y)
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
