using DeepSym.Backends.Il;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Runs a reduction to scalars block by block, on several threads, then combines what the blocks gave in their order.</summary>
sealed unsafe class SplitReduction : ParallelWork
{
    /// <summary>Arrays of fewer elements are reduced in one go.</summary>
    public const long Shortest = 16 * ReductionSplit.BlockLength;

    readonly KernelStep _step;
    readonly ReductionSplit _split;
    readonly KernelBody _blocks, _combination;
    readonly int _results;
    readonly Storage _memory;     // pointers to buffers and to what blocks give, then the sizes twice: for whole blocks, and for the one that is shorter
    readonly byte** _table;
    readonly long* _sizes, _lastSizes;
    Storage _partial = Storage.Uninitialized(0);
    long _whole, _rest;

    public SplitReduction(KernelStep step, ReductionSplit split)
    {
        (_step, _split) = (step, split);
        (_blocks, _combination) = (KernelCache.Get(split.Blocks), KernelCache.Get(split.Combination));
        _results = split.Blocks.Buffers.Count - step.Buffers.Length;
        _memory = Storage.Zeroed((split.Blocks.Buffers.Count + 2 * step.Sizes.Length) * sizeof(long));
        _table = (byte**)_memory.Pointer;
        _sizes = (long*)(_table + split.Blocks.Buffers.Count);
        _lastSizes = _sizes + step.Sizes.Length;
    }

    /// <summary>Makes it fit a number of elements, and the sizes of the kernel.</summary>
    public void Use(long length, ReadOnlySpan<long> sizes)
    {
        (_whole, _rest) = Math.DivRem(length, ReductionSplit.BlockLength);
        sizes.CopyTo(new Span<long>(_sizes, sizes.Length));
        sizes.CopyTo(new Span<long>(_lastSizes, sizes.Length));
        var count = _rest > 0 ? _whole + 1 : _whole;
        _sizes[_split.LengthSlot] = ReductionSplit.BlockLength;
        _lastSizes[_split.LengthSlot] = _rest;
        _sizes[_split.CountSlot] = count;
        var bytes = count * sizeof(double);
        if (_partial.Bytes < _results * bytes) _partial = Storage.Uninitialized(_results * bytes);
        for (var i = 0; i < _results; i++) _table[_step.Buffers.Length + i] = _partial.Pointer + i * bytes;
    }

    /// <summary>Runs the kernel on buffers.</summary>
    public void Run(byte** buffers, int threads)
    {
        for (var i = 0; i < _step.Buffers.Length; i++) _table[i] = buffers[i];
        WorkerPool.Shared.For(this, _whole, Math.Max(1, _whole / (threads * 4)), threads);
        if (_rest > 0) _blocks(_table, _lastSizes, _whole, _whole + 1);
        _combination(_table, _sizes, 0, 1);
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end) => _blocks(_table, _sizes, begin, end);
}
