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

    public readonly struct Sum : IMonoid
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
