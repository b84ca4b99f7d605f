using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>A loop whose body runs on the device; the processor counts the steps.</summary>
sealed class LoopGpuStep(ScanCode code, GpuProgram program) : GpuStep
{
    readonly GpuProgram _body = new(code.Body, program);

    /// <summary>Whether all steps of the loop have the same sizes.</summary>
    public static bool Covers(ScanCode code) => !code.Body.HasOwnSizes;

    // The error codes of a body are looked at in every step.
    public override bool IsQueued => !code.Scan.HasStop && _body.Steps.All(step => step.IsQueued && !step.CanFail);

    public override ImmutableArray<GpuKernel> Kernels => [.. _body.Steps.SelectMany(step => step.Kernels)];

    public override GpuStepState NewState() => new State(code, _body);

    sealed class State : GpuStepState
    {
        readonly GpuArena _arena;
        readonly LoopCourse<ArrayView<byte>, Memory> _course;
        ScanCode.LoopPlan? _plan;

        public State(ScanCode code, GpuProgram body)
        {
            _arena = new GpuArena(body);
            _course = new(code, new Memory(body), _arena.Inputs, _arena.Outputs);
        }

        public override long Launches => (_plan?.Length ?? 0) * _arena.LaunchesOf();

        public override void Use(StepPlan plan, GpuArena arena)
        {
            _plan = (ScanCode.LoopPlan)plan;
            _arena.Use(_plan.Body!);
            _course.Use(_plan);
        }

        public override void Run(GpuArena arena)
        {
            _course.Begin(arena.Views);
            var t = 0L;
            for (var goesOn = true; goesOn && t < _plan!.Length; t++)
            {
                _course.Aim(t);
                _arena.Execute();
                goesOn = _course.Goes();
            }
            _course.End(arena.Views, t);
        }
    }

    struct Memory(GpuProgram body) : ILoopMemory<ArrayView<byte>>
    {
        readonly DeviceMemory _reserve = new(body.Holding);

        public readonly ArrayView<byte> Reserve(long bytes) => _reserve.View(bytes, "the state of a loop");

        public readonly ArrayView<byte> At(ArrayView<byte> place, long offset, long bytes) => place.SubView(offset, bytes);

        public readonly void Copy(ArrayView<byte> from, ArrayView<byte> to, long bytes) => body.Device.Queue.Copy(from, to, bytes);

        public readonly void Clear(ArrayView<byte> place, long bytes) => body.Device.Queue.Zero(place.SubView(0, bytes));

        public readonly bool ReadBool(ArrayView<byte> place) => Transfer.ReadBool(body.Device, place);

        public readonly unsafe void Write(ArrayView<byte> place, long value) => Transfer.Up(body.Device, (byte*)&value, sizeof(long), place);
    }
}

/// <summary>A choice whose bodies run on the device; the processor looks at the condition.</summary>
sealed class BranchGpuStep(BranchCode code, GpuProgram program) : GpuStep
{
    readonly GpuProgram _then = new(code.Then, program), _else = new(code.Else, program);

    /// <summary>Whether the sizes of the bodies follow from those around them.</summary>
    public static bool Covers(BranchCode code) => !code.Then.HasOwnSizes && !code.Else.HasOwnSizes;

    public override bool IsQueued => false;

    public override ImmutableArray<GpuKernel> Kernels => [.. _then.Steps.Concat(_else.Steps).SelectMany(step => step.Kernels)];

    public override GpuStepState NewState() => new State(this, code, program.Device);

    sealed class State(BranchGpuStep step, BranchCode code, GpuDevice device) : GpuStepState
    {
        readonly GpuArena _thenArena = new(step._then), _elseArena = new(step._else);
        DimBinding? _binding;

        public override void Use(StepPlan plan, GpuArena arena) => _binding = ((BranchCode.Surroundings)plan).Binding;

        public override void Run(GpuArena arena)
        {
            var isTrue = Transfer.ReadBool(device, arena.Views[code.Inputs[0]]);
            var (program, inner) = isTrue ? (code.Then, _thenArena) : (code.Else, _elseArena);
            var first = code.FirstInput(isTrue);
            for (var i = 0; i < inner.Inputs.Length; i++) inner.Inputs[i] = arena.Views[code.Inputs[first + i]];
            for (var i = 0; i < inner.Outputs.Length; i++) inner.Outputs[i] = arena.Views[code.Results[i]];
            if (inner.Plan?.Outer != _binding) inner.Use(program.PlanFor(_binding!, null!));
            inner.Execute();
        }
    }
}
