using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>A choice: runs the program of the one body or of the other. A body that is not taken is not even planned, so that its conditions on sizes do not count.</summary>
sealed unsafe class BranchCode : StepCode
{
    readonly BranchStep _step;
    readonly CpuProgram _then, _else;
    readonly ImmutableArray<int> _inputs;
    readonly ImmutableArray<int> _results;

    public BranchCode(BranchStep step, CpuProgram program)
    {
        _step = step;
        _inputs = [.. step.Inputs.Select(buffer => program.Buffers.IndexOf(buffer))];
        var used = Enumerable.Range(0, step.Results.Length).Where(i => step.Results[i] is not null).ToArray();
        _results = [.. used.Select(i => program.Buffers.IndexOf(step.Results[i]!))];
        (_then, _else) = (Program(step.Branch.Then), Program(step.Branch.Else));

        CpuProgram Program(Lambda body) => program.Body(new Graph([.. body.Parameters], [.. used.Select(i => body.Results[i])], []));
    }

    public override StepPlan Plan(DimBinding binding) => new Surroundings(binding);

    public override StepState NewState() => new State(this);

    sealed class Surroundings(DimBinding binding) : StepPlan
    {
        public DimBinding Binding { get; } = binding;
    }

    sealed class State(BranchCode code) : StepState
    {
        readonly CpuArena _thenArena = code._then.NewArena(), _elseArena = code._else.NewArena();
        Surroundings? _plan;

        public override void Use(StepPlan plan) => _plan = (Surroundings)plan;

        public override void Run(nint[] pointers)
        {
            var isTrue = *(byte*)pointers[code._inputs[0]] != 0;
            var (program, arena) = isTrue ? (code._then, _thenArena) : (code._else, _elseArena);
            var (_, first) = code._step.Branch.Taken(isTrue);
            for (var i = 0; i < arena.Inputs.Length; i++) arena.Inputs[i] = pointers[code._inputs[first + i]];
            for (var i = 0; i < arena.Outputs.Length; i++) arena.Outputs[i] = pointers[code._results[i]];
            var binding = _plan!.Binding;
            if (program.HasOwnSizes || arena.Plan?.Outer != binding) arena.Use(program.PlanFor(binding, arena));
            arena.Execute();
        }
    }
}
