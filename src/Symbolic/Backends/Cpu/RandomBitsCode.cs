using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Random words straight into their buffer, blocks of them on several threads.</summary>
sealed unsafe class RandomBitsCode : StepCode
{
    const int BlocksATask = 64;   // about 4 µs

    readonly LibraryStep _step;
    readonly int _state, _output, _threads;

    public RandomBitsCode(LibraryStep step, CpuProgram program)
    {
        (_step, _threads) = (step, program.Threads);
        (_state, _output) = (program.Buffers.IndexOf(step.Inputs[0].Buffer), program.Buffers.IndexOf(step.Output.Buffer));
    }

    public override StepPlan Plan(DimBinding binding) => new Count { Words = checked((int)binding.Evaluate(_step.Output.Shape.Length)) };

    /// <summary>The number of words in a plan.</summary>
    public static int WordsOf(StepPlan plan) => ((Count)plan).Words;

    public override StepState NewState() => new State(this);

    sealed class Count : StepPlan
    {
        public required int Words { get; init; }
    }

    sealed class State(RandomBitsCode code) : StepState
    {
        readonly Words _words = new();

        public override void Use(StepPlan plan) => _words.Count = ((Count)plan).Words;

        public override void Run(nint[] pointers)
        {
            _words.State = (long*)pointers[code._state];
            _words.Target = (int*)pointers[code._output];
            WorkerPool.Shared.For(_words, Blocks.Count(_words.Count, RandomBits.BlockWords), BlocksATask, code._threads);
        }
    }

    sealed class Words : ParallelWork
    {
        public int Count { get; set; }

        public long* State { get; set; }

        public int* Target { get; set; }

        // Bounds: whole blocks, the last of them up to the count.
        protected internal override void Execute(long begin, long end)
        {
            var first = begin * RandomBits.BlockWords;
            var words = new Span<int>(Target + first, (int)(Math.Min(Count, end * RandomBits.BlockWords) - first));
            RandomBits.Fill(State[0], State[1] + begin * RandomBits.BlockCounters, words);
        }
    }
}
