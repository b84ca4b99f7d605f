using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>Random words straight into their buffer.</summary>
sealed unsafe class RandomBitsCode : StepCode
{
    readonly LibraryStep _step;
    readonly int _state, _output;

    public RandomBitsCode(LibraryStep step, CpuProgram program)
    {
        _step = step;
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
        int _words;

        public override void Use(StepPlan plan) => _words = ((Count)plan).Words;

        public override void Run(nint[] pointers)
        {
            var state = (long*)pointers[code._state];
            RandomBits.Fill(state[0], state[1], new Span<int>((int*)pointers[code._output], _words));
        }
    }
}
