using DeepSym.Backends.Il;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>A generated kernel that runs on blocks of rows and columns, those of a finished matrix product or tiles of its own: a copy of its sizes says which columns.</summary>
sealed unsafe class KernelEpilogue : GemmEpilogue
{
    readonly KernelBody _body;
    readonly KernelStep _step;
    readonly int[] _buffers;
    readonly Storage _block;
    readonly byte** _table;
    readonly long* _sizes;
    readonly (int Slot, long Offset, long Step)[] _moves;

    public KernelEpilogue(KernelStep step, CpuProgram program)
    {
        _step = step;
        _body = KernelCache.Get(step.Nest);
        _buffers = [.. step.Buffers.Select(b => program.Buffers.IndexOf(b))];
        _block = Storage.Zeroed((_buffers.Length + step.Sizes.Length) * sizeof(long));
        _table = (byte**)_block.Pointer;
        _sizes = (long*)(_table + _buffers.Length);
        _moves = new (int, long, long)[step.Columns!.Moves.Length];
    }

    /// <summary>The sizes of the kernel, and the moves from one column to the next.</summary>
    public static (long[] Sizes, (int Slot, long Offset, long Step)[] Moves) Plan(KernelStep step, DimBinding binding) => (
        [.. step.Sizes.Select(binding.Evaluate)],
        [.. step.Columns!.Moves.Select(m => (m.Slot, binding.Evaluate(m.Offset), binding.Evaluate(m.Step)))]);

    public void Use((long[] Sizes, (int Slot, long Offset, long Step)[] Moves) plan)
    {
        plan.Sizes.CopyTo(new Span<long>(_sizes, plan.Sizes.Length));
        plan.Moves.CopyTo(_moves, 0);
    }

    public void Point(nint[] pointers)
    {
        for (var i = 0; i < _buffers.Length; i++) _table[i] = (byte*)pointers[_buffers[i]];
    }

    public override void Run(long rowBegin, long rowEnd, long columnBegin, long columnEnd)
    {
        var count = _step.Sizes.Length;
        var sizes = stackalloc long[count];
        new Span<long>(_sizes, count).CopyTo(new Span<long>(sizes, count));
        sizes[_step.Columns!.ExtentSlot] = columnEnd - columnBegin;
        foreach (var (slot, offset, step) in _moves) sizes[slot] = offset + columnBegin * step;
        _body(_table, sizes, rowBegin, rowEnd);
        if (sizes[0] != 0) throw KernelCode.OutOfBounds();
    }
}
