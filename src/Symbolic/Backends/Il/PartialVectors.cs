using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Il;

/// <summary>
/// Stores of the first lanes of a vector, loads of elements that lie apart, and loads and stores of every second element, for elements of four or eight bytes.
/// Masked instructions would be shorter, but wait for memory that is not in cache. Loads of neighbours may read whole vectors: every storage has room for them
/// (<see cref="Storage.Overread"/>).
/// </summary>
static unsafe class PartialVectors
{
    /// <summary>Stores the first <paramref name="count"/> of 16 or 8 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store512<T>(Vector512<T> vector, byte* p, long count) where T : unmanaged
    {
        var half = vector.GetLower();
        if (count >= Vector256<T>.Count)
        {
            half.Store((T*)p);
            half = vector.GetUpper();
            p += sizeof(Vector256<T>);
            count -= Vector256<T>.Count;
        }
        Store256(half, p, count);
    }

    /// <summary>Stores the first <paramref name="count"/> of 8 or 4 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store256<T>(Vector256<T> vector, byte* p, long count) where T : unmanaged
    {
        var half = vector.GetLower();
        if (count >= Vector128<T>.Count)
        {
            half.Store((T*)p);
            half = vector.GetUpper();
            p += sizeof(Vector128<T>);
            count -= Vector128<T>.Count;
        }
        Store128(half, p, count);
    }

    /// <summary>Stores the first <paramref name="count"/> of 4 or 2 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store128<T>(Vector128<T> vector, byte* p, long count) where T : unmanaged
    {
        for (var lane = 0; lane < count; lane++)
            ((T*)p)[lane] = vector.GetElement(lane);
    }

    /// <summary>Loads 16 or 8 elements that lie <paramref name="stride"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadStrided512<T>(byte* p, long stride) where T : unmanaged =>
        Vector512.Create(LoadStrided256<T>(p, stride), LoadStrided256<T>(p + Vector256<T>.Count * stride, stride));

    /// <summary>Loads 8 or 4 elements that lie <paramref name="stride"/> bytes apart. Not by way of memory: that would wait for all stores under way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadStrided256<T>(byte* p, long stride) where T : unmanaged =>
        Vector256.Create(LoadStrided128<T>(p, stride), LoadStrided128<T>(p + Vector128<T>.Count * stride, stride));

    /// <summary>Loads 4 or 2 elements that lie <paramref name="stride"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadStrided128<T>(byte* p, long stride) where T : unmanaged =>
        sizeof(T) == 4
            ? Vector128.Create(*(int*)p, *(int*)(p + stride), *(int*)(p + 2 * stride), *(int*)(p + 3 * stride)).As<int, T>()
            : Vector128.Create(*(long*)p, *(long*)(p + stride)).As<long, T>();

    /// <summary>Loads elements 0, 2, ..., 30.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadEven512<T>(byte* p) where T : unmanaged =>
        Avx512F.PermuteVar16x32x2(Vector512.Load((int*)p), Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), Vector512.Load((int*)p + 16)).As<int, T>();

    /// <summary>Loads elements 0, 2, ..., 14.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadEven256<T>(byte* p) where T : unmanaged =>
        Avx2.Permute4x64(Avx.Shuffle(Vector256.Load((float*)p), Vector256.Load((float*)p + 8), 0b_10_00_10_00).AsInt64(), 0b_11_01_10_00).As<long, T>();

    /// <summary>Stores the lanes of two vectors by turns: the first <paramref name="count"/> of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePairs512<T>(Vector512<T> even, Vector512<T> odd, byte* p, long count) where T : unmanaged
    {
        var low = Avx512F.PermuteVar16x32x2(even.As<T, int>(), Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), odd.As<T, int>());
        var high = Avx512F.PermuteVar16x32x2(even.As<T, int>(), Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), odd.As<T, int>());
        if (count < 8)
        {
            Store512(low, p, 2 * count);
            return;
        }
        low.Store((int*)p);
        if (count == 16) high.Store((int*)p + 16);
        else Store512(high, p + 64, 2 * count - 16);
    }

    /// <summary>Stores the lanes of two vectors by turns: the first <paramref name="count"/> of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePairs256<T>(Vector256<T> even, Vector256<T> odd, byte* p, long count) where T : unmanaged
    {
        var (outer, inner) = (Avx2.UnpackLow(even.As<T, int>(), odd.As<T, int>()), Avx2.UnpackHigh(even.As<T, int>(), odd.As<T, int>()));
        var (low, high) = (Avx2.Permute2x128(outer, inner, 0x20), Avx2.Permute2x128(outer, inner, 0x31));
        if (count < 4)
        {
            Store256(low, p, 2 * count);
            return;
        }
        low.Store((int*)p);
        if (count == 8) high.Store((int*)p + 8);
        else Store256(high, p + 32, 2 * count - 8);
    }
}
