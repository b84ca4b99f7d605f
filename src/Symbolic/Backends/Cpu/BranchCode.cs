using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>A choice: runs the program of the one body or of the other. A body that is not taken is not even planned, so that its conditions on sizes do not count.</summary>
sealed unsafe class BranchCode : StepCode
{
    readonly BranchStep _step;

    public BranchCode(BranchStep step, CpuProgram program)
    {
        _step = step;
        Inputs = [.. step.Inputs.Select(buffer => program.Buffers.IndexOf(buffer))];
        var used = Enumerable.Range(0, step.Results.Length).Where(i => step.Results[i] is not null).ToArray();
        Results = [.. used.Select(i => program.Buffers.IndexOf(step.Results[i]!))];
        (Then, Else) = (Program(step.Branch.Then), Program(step.Branch.Else));

        CpuProgram Program(Lambda body) => program.Body(new Graph([.. body.Parameters], [.. used.Select(i => body.Results[i])], []));
    }

    public override IEnumerable<CpuProgram> Bodies => [Then, Else];

    public CpuProgram Then { get; }

    public CpuProgram Else { get; }

    /// <summary>The buffers of the condition and of what the bodies captured.</summary>
    public ImmutableArray<int> Inputs { get; }

    /// <summary>The buffers of the results that are used.</summary>
    public ImmutableArray<int> Results { get; }

    /// <summary>The first of the inputs that the body captured.</summary>
    public int FirstInput(bool condition) => _step.Branch.Taken(condition).First;

    public override StepPlan Plan(DimBinding binding) => new Surroundings(binding);

    public override StepState NewState() => new State(this);

    public sealed class Surroundings(DimBinding binding) : StepPlan
    {
        public DimBinding Binding { get; } = binding;
    }

    sealed class State(BranchCode code) : StepState
    {
        readonly CpuArena _thenArena = code.Then.NewArena(), _elseArena = code.Else.NewArena();
        Surroundings? _plan;

        public override void Use(StepPlan plan) => _plan = (Surroundings)plan;

        public override void Run(nint[] pointers)
        {
            var isTrue = *(byte*)pointers[code.Inputs[0]] != 0;
            var (program, arena) = isTrue ? (code.Then, _thenArena) : (code.Else, _elseArena);
            var first = code.FirstInput(isTrue);
            for (var i = 0; i < arena.Inputs.Length; i++) arena.Inputs[i] = pointers[code.Inputs[first + i]];
            for (var i = 0; i < arena.Outputs.Length; i++) arena.Outputs[i] = pointers[code.Results[i]];
            var binding = _plan!.Binding;
            if (program.HasOwnSizes || arena.Plan?.Outer != binding) arena.Use(program.PlanFor(binding, arena));
            arena.Execute();
        }
    }
}
