using System.Collections.Immutable;
using DeepSym.Backends.Il;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>A generated kernel, its root range shared among threads when there is enough to do.</summary>
sealed unsafe class KernelCode : StepCode
{
    /// <summary>Multiplications below which a second thread does not pay.</summary>
    public const long SerialWork = 60_000;

    const int ChunksPerThread = 4;
    const int VectorGrain = 64;       // elements: chunks of a vector loop end on vectors
    const int ColumnGrain = 512;      // of a reduction over rows: less of each row at a time would waste what memory brings
    const int MostColumns = 16384;    // and one chunk for each thread up to here: the longer the pieces, the faster is memory

    readonly KernelStep _step;
    readonly KernelBody _body;
    readonly ImmutableArray<int> _buffers;
    readonly ImmutableArray<int> _zeroed;
    readonly int _threads;

    public KernelCode(KernelStep step, CpuProgram program)
    {
        (_step, _threads) = (step, program.Threads);
        _body = KernelCache.Get(step.Nest);
        _buffers = [.. step.Buffers.Select(b => program.Buffers.IndexOf(b))];
        _zeroed = [.. step.Zeroed.Select(b => program.Buffers.IndexOf(b))];
    }

    public override StepPlan Plan(DimBinding binding)
    {
        var extent = binding.Evaluate(_step.Extent);
        var work = extent * Math.Max(1, binding.Evaluate(_step.Work));
        var isColumnar = _step.Nest.Root.Kind == LoopKind.Vector && _step.Nest.Root.Body.Any(s => s is Reduction);
        var chunk = work <= SerialWork ? extent
            : isColumnar ? Math.Clamp(extent / _threads, ColumnGrain, MostColumns)
            : Math.Max(extent / (_threads * ChunksPerThread), SerialWork / 4 / Math.Max(1, work / Math.Max(1, extent)));
        var grain = isColumnar ? ColumnGrain : _step.Nest.Root.Kind == LoopKind.Serial ? 1 : VectorGrain;
        chunk = (chunk + grain - 1) / grain * grain;
        return new Sizes
        {
            Values = [.. _step.Sizes.Select(binding.Evaluate)],
            Extent = extent,
            Grain = Math.Max(1, chunk),
            ZeroedBytes = [.. _step.Zeroed.Select(b => binding.Evaluate(b.Length) * b.DType.Size())],
            Reduced = _step.Split is { } split ? binding.Evaluate(split.Length) : 0,
        };
    }

    public override StepState NewState() => new State(this);

    /// <summary>A plan of known sizes, without buffers to zero.</summary>
    public static StepPlan PlanOf(long[] values, long extent) => new Sizes { Values = values, Extent = extent, Grain = extent, ZeroedBytes = [] };

    /// <summary>The block of sizes, the extent of the root loop, and how many elements are reduced to scalars.</summary>
    public static (long[] Values, long Extent, long Reduced) SizesOf(StepPlan plan) => (((Sizes)plan).Values, ((Sizes)plan).Extent, ((Sizes)plan).Reduced);

    /// <summary>The error of a kernel whose bounds check failed.</summary>
    public static ArgumentOutOfRangeException OutOfBounds() =>
        new(null, "An index is out of bounds: it must be from -n to n - 1 for an axis of size n.");

    sealed class Sizes : StepPlan
    {
        public required long[] Values { get; init; }

        public required long Extent { get; init; }

        public required long Grain { get; init; }

        public required long[] ZeroedBytes { get; init; }

        /// <summary>The elements that are reduced to scalars.</summary>
        public long Reduced { get; init; }
    }

    sealed class State : StepState
    {
        readonly KernelCode _code;
        readonly Storage _block;     // pointers to buffers, then sizes
        readonly byte** _table;
        readonly long* _sizes;
        readonly Range _range;
        Sizes? _plan;
        SplitReduction? _split;

        public State(KernelCode code)
        {
            _code = code;
            _block = Storage.Zeroed((code._buffers.Length + code._step.Sizes.Length) * sizeof(long));
            _table = (byte**)_block.Pointer;
            _sizes = (long*)(_table + code._buffers.Length);
            _range = new Range(code._body, _table, _sizes);
        }

        public override void Use(StepPlan plan)
        {
            _plan = (Sizes)plan;
            for (var i = 0; i < _plan.Values.Length; i++) _sizes[i] = _plan.Values[i];
            if (_plan.Reduced < SplitReduction.Shortest) return;
            _split ??= new SplitReduction(_code._step, _code._step.Split!);
            _split.Use(_plan.Reduced, _plan.Values);
        }

        public override void Run(nint[] pointers)
        {
            var plan = _plan!;
            for (var i = 0; i < _code._buffers.Length; i++) _table[i] = (byte*)pointers[_code._buffers[i]];
            for (var i = 0; i < plan.ZeroedBytes.Length; i++) System.Runtime.InteropServices.NativeMemory.Clear((void*)pointers[_code._zeroed[i]], (nuint)plan.ZeroedBytes[i]);
            if (plan.Reduced >= SplitReduction.Shortest) _split!.Run(_table, _code._threads);
            else if (plan.Extent <= plan.Grain) _code._body(_table, _sizes, 0, plan.Extent);
            else WorkerPool.Shared.For(_range, plan.Extent, plan.Grain, _code._threads);
            if (_sizes[0] == 0) return;
            _sizes[0] = 0;
            throw OutOfBounds();
        }
    }

    sealed class Range(KernelBody body, byte** table, long* sizes) : ParallelWork
    {
        protected internal override void Execute(long begin, long end) => body(table, sizes, begin, end);
    }
}
