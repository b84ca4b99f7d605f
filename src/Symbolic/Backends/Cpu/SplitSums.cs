using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>Adds the partial sums of one split of a filter's gradient to those of another.</summary>
internal static unsafe class SplitSums<T> where T : unmanaged, INumber<T>
{
    /// <summary>target[i] += source[i] for i below <paramref name="count"/>: whole vectors, then the elements that are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(T* target, T* source, long count)
    {
        long i = 0;
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
            Vector.Store(Vector.Load(target + i) + Vector.Load(source + i), target + i);
        for (; i < count; i++)
            target[i] += source[i];
    }
}
