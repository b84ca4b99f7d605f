using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>The partial sums of the splits of a filter's gradient, which lie one after the other, added in their order.</summary>
internal sealed unsafe class SumOfSplits<T> : ParallelWork where T : unmanaged, INumber<T>
{
    private T* _target, _partial;
    private long _size, _splits;

    /// <summary>target[i] = Σ partial[split * size + i]; the target may be the first split.</summary>
    public void Run(T* target, T* partial, long size, long splits, int threads)
    {
        _target = target;
        _partial = partial;
        (_size, _splits) = (size, splits);
        WorkerPool.Shared.For(this, size, 8192, threads);
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        if (_target != _partial)
            Buffer.MemoryCopy(_partial + begin, _target + begin, (end - begin) * sizeof(T), (end - begin) * sizeof(T));
        for (long split = 1; split < _splits; split++)
            Add(_target + begin, _partial + split * _size + begin, end - begin);
    }

    // Bounds: whole vectors, then the elements that are left.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(T* target, T* source, long count)
    {
        long i = 0;
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
            Vector.Store(Vector.Load(target + i) + Vector.Load(source + i), target + i);
        for (; i < count; i++)
            target[i] += source[i];
    }
}
