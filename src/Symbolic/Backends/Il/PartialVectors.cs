using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Il;

/// <summary>
/// Loads and stores of the first lanes of a vector, and of every second element, for elements of four or eight bytes. Lanes beyond the count are zero, and their
/// memory is not touched.
/// </summary>
static unsafe class PartialVectors
{
    /// <summary>Loads the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load512<T>(byte* p, long count) where T : unmanaged => Unsafe.SizeOf<T>() == 4
        ? Avx512F.MaskLoad((int*)p, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)count)), default).As<int, T>()
        : Avx512F.MaskLoad((long*)p, Vector512.LessThan(Vector512<long>.Indices, Vector512.Create(count)), default).As<long, T>();

    /// <summary>Loads the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load256<T>(byte* p, long count) where T : unmanaged
    {
        if (Avx2.IsSupported)
            return Unsafe.SizeOf<T>() == 4
                ? Avx2.MaskLoad((int*)p, Vector256.LessThan(Vector256<int>.Indices, Vector256.Create((int)count))).As<int, T>()
                : Avx2.MaskLoad((long*)p, Vector256.LessThan(Vector256<long>.Indices, Vector256.Create(count))).As<long, T>();
        var vector = Vector256<T>.Zero;
        Unsafe.CopyBlockUnaligned(&vector, p, (uint)count * (uint)Unsafe.SizeOf<T>());
        return vector;
    }

    /// <summary>Loads the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load128<T>(byte* p, long count) where T : unmanaged
    {
        var vector = Vector128<T>.Zero;
        Unsafe.CopyBlockUnaligned(&vector, p, (uint)count * (uint)Unsafe.SizeOf<T>());
        return vector;
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store512<T>(Vector512<T> vector, byte* p, long count) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 4) Avx512F.MaskStore((int*)p, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)count)), vector.As<T, int>());
        else Avx512F.MaskStore((long*)p, Vector512.LessThan(Vector512<long>.Indices, Vector512.Create(count)), vector.As<T, long>());
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store256<T>(Vector256<T> vector, byte* p, long count) where T : unmanaged
    {
        if (!Avx2.IsSupported) Unsafe.CopyBlockUnaligned(p, &vector, (uint)count * (uint)Unsafe.SizeOf<T>());
        else if (Unsafe.SizeOf<T>() == 4) Avx2.MaskStore((int*)p, Vector256.LessThan(Vector256<int>.Indices, Vector256.Create((int)count)), vector.As<T, int>());
        else Avx2.MaskStore((long*)p, Vector256.LessThan(Vector256<long>.Indices, Vector256.Create(count)), vector.As<T, long>());
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store128<T>(Vector128<T> vector, byte* p, long count) where T : unmanaged =>
        Unsafe.CopyBlockUnaligned(p, &vector, (uint)count * (uint)Unsafe.SizeOf<T>());

    /// <summary>Loads elements 0, 2, ..., 30. The second vector begins at element 15, so that nothing behind element 30 is touched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadEven512<T>(byte* p) where T : unmanaged =>
        Avx512F.PermuteVar16x32x2(Vector512.Load((int*)p), EvenOfTwo, Vector512.Load((int*)p + 15)).As<int, T>();

    /// <summary>Loads the first <paramref name="count"/> of elements 0, 2, ..., 30.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadEvenPart512<T>(byte* p, long count) where T : unmanaged =>
        Avx512F.PermuteVar16x32x2(Load512<int>(p, 2 * count - 1), EvenOfTwo, Load512<int>(p + 15 * sizeof(int), 2 * count - 16)).As<int, T>();

    /// <summary>Stores to elements 0, 2, ..., and leaves those between as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEven512<T>(Vector512<T> vector, byte* p, long count) where T : unmanaged
    {
        var limit = Vector512.Create(2 * (int)count);
        var isEven = Vector512.Equals(Vector512<int>.Indices & Vector512<int>.One, Vector512<int>.Zero);
        var (low, high) = (Vector512.ShiftRightLogical(Vector512<int>.Indices, 1), Vector512.ShiftRightLogical(Vector512<int>.Indices, 1) + Vector512.Create(8));
        Avx512F.MaskStore((int*)p, isEven & Vector512.LessThan(Vector512<int>.Indices, limit), Avx512F.PermuteVar16x32(vector.As<T, int>(), low));
        Avx512F.MaskStore((int*)p + 16, isEven & Vector512.LessThan(Vector512<int>.Indices + Vector512.Create(16), limit), Avx512F.PermuteVar16x32(vector.As<T, int>(), high));
    }

    // Of the 32 elements of both vectors.
    static Vector512<int> EvenOfTwo => Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31);
}
