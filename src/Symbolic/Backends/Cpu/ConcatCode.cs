using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Inputs one after the other along an axis: rows of bytes copied to their places, many rows on several threads.</summary>
sealed unsafe class ConcatCode : StepCode
{
    const long BytesATask = 128 << 10;

    readonly LibraryStep _step;
    readonly int[] _inputs;
    readonly int _output, _threads;

    public ConcatCode(LibraryStep step, CpuProgram program)
    {
        (_step, _threads) = (step, program.Threads);
        _inputs = [.. step.Inputs.Select(input => program.Buffers.IndexOf(input.Buffer))];
        _output = program.Buffers.IndexOf(step.Output.Buffer);
    }

    public override StepPlan Plan(DimBinding binding)
    {
        var axis = ((Concat)_step.Op).Axis;
        var element = (long)_step.Output.Buffer.DType.Size();
        return new Rows
        {
            Count = binding.Evaluate(_step.Output.Shape).Take(axis).Aggregate(1L, (product, size) => product * size),
            Bytes = [.. _step.Inputs.Select(input => binding.Evaluate(input.Shape).Skip(axis).Aggregate(element, (product, size) => product * size))],
        };
    }

    public override StepState NewState() => new State(this);

    sealed class Rows : StepPlan
    {
        /// <summary>The rows: indices of the axes before that of the concatenation.</summary>
        public required long Count { get; init; }

        /// <summary>The bytes of a row of each input.</summary>
        public required long[] Bytes { get; init; }
    }

    sealed class State(ConcatCode code) : StepState
    {
        readonly Copies _copies = new(code._inputs.Length);
        long _grain = 1;

        public override void Use(StepPlan plan)
        {
            _copies.Rows = (Rows)plan;
            _grain = Math.Max(1, BytesATask / Math.Max(1, _copies.Rows.Bytes.Sum()));
        }

        public override void Run(nint[] pointers)
        {
            for (var i = 0; i < code._inputs.Length; i++) _copies.Sources[i] = pointers[code._inputs[i]];
            _copies.Target = pointers[code._output];
            WorkerPool.Shared.For(_copies, _copies.Rows.Count, _grain, code._threads);
        }
    }

    sealed class Copies(int inputs) : ParallelWork
    {
        public Rows Rows { get; set; } = new() { Count = 0, Bytes = new long[inputs] };

        public nint[] Sources { get; } = new nint[inputs];

        public nint Target { get; set; }

        // Bounds: row r of each input, and row r of the output, whose length is the sum of theirs.
        protected internal override void Execute(long begin, long end)
        {
            var bytes = Rows.Bytes;
            var row = 0L;
            foreach (var part in bytes) row += part;
            for (var r = begin; r < end; r++)
            {
                var target = (byte*)Target + r * row;
                for (var i = 0; i < bytes.Length; target += bytes[i++])
                    System.Buffer.MemoryCopy((byte*)Sources[i] + r * bytes[i], target, bytes[i], bytes[i]);
            }
        }
    }
}
