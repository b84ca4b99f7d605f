using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>A step of a program on a device.</summary>
abstract class GpuStep
{
    public static GpuStep Of(Step step, int number, GpuProgram program) => step switch
    {
        LibraryStep library when !program.Device.HasFloat64 && library.Inputs.Append(library.Output).Any(operand => operand.Buffer.DType == DType.Float64) =>
            new HostStep(step, program.Host.Steps[number], program),
        KernelStep kernel when KernelMethod.Covers(kernel.Nest, program.Device.HasFloat64) => kernel.Split is { } split
            ? new SplitGpuStep(kernel, split, program) : new GpuKernelStep(kernel, program) { HasOwnSizes = kernel.Columns is not null },
        LibraryStep library when ProductGpuStep.Of(library, program) is { } product => product,
        LibraryStep { Op: RandomBits } random => new RandomGpuStep(random, program),
        LibraryStep library when AssembledGpuStep.KernelsOf(library, program) is { Length: > 0 } kernels => new AssembledGpuStep(library, kernels, program),
        LibraryStep { Op: Assertion } assertion when AssertGpuStep.Covers(assertion) => new AssertGpuStep(assertion, program),
        LibraryStep library when PassesGpuStep.Of(library, program) is { } passes => passes,
        LoopStep when program.Host.Steps[number] is ScanCode loop && LoopGpuStep.Covers(loop) => new LoopGpuStep(loop, program),
        BranchStep when program.Host.Steps[number] is BranchCode choice && BranchGpuStep.Covers(choice) => new BranchGpuStep(choice, program),
        _ => new HostStep(step, program.Host.Steps[number], program),
    };

    /// <summary>What it launches; nothing when it runs on the processor.</summary>
    public abstract ImmutableArray<GpuKernel> Kernels { get; }

    /// <summary>Whether all that it does is put work into the device's queue, without looking at what was computed.</summary>
    public virtual bool IsQueued => true;

    /// <summary>Whether it leaves an error code to be looked at later.</summary>
    public virtual bool CanFail => false;

    public abstract GpuStepState NewState();
}

/// <summary>The step within one arena.</summary>
abstract class GpuStepState
{
    /// <summary>About how many kernels it launches.</summary>
    public virtual long Launches => 1;

    /// <summary>Makes the state fit sizes and memory.</summary>
    public abstract void Use(StepPlan plan, GpuArena arena);

    public abstract void Run(GpuArena arena);
}

/// <summary>A generated kernel on the device.</summary>
sealed class GpuKernelStep(KernelStep step, GpuProgram program) : GpuStep
{
    readonly GpuKernel _kernel = program.Device.Get(step.Nest);
    readonly ImmutableArray<int> _buffers = [.. step.Buffers.Select(b => program.Host.Buffers.IndexOf(b))];
    readonly ImmutableArray<int> _zeroed = [.. step.Zeroed.Select(b => program.Host.Buffers.IndexOf(b))];

    /// <summary>Whether the processor runs the step in another way, so that its sizes are not in the plan.</summary>
    public bool HasOwnSizes { get; init; }

    /// <summary>Whether what follows in the same step must not run after a failure.</summary>
    public bool ChecksAtOnce { get; init; }

    public override bool IsQueued => !(step.CanFail && ChecksAtOnce);

    public override bool CanFail => step.CanFail;

    public override ImmutableArray<GpuKernel> Kernels => [_kernel];

    public override GpuStepState NewState() => new State(this, program.Device, step);

    sealed class State(GpuKernelStep code, GpuDevice device, KernelStep step) : GpuStepState
    {
        readonly KernelArguments _arguments = new(KernelMethod.FirstBuffer + code._buffers.Length);
        long _extent;
        int _place, _count;
        KernelConfig _config;

        public override void Use(StepPlan plan, GpuArena arena)
        {
            var binding = code.HasOwnSizes ? arena.Plan!.Binding : null;
            (var values, _extent, _) = binding is null ? KernelCode.SizesOf(plan) : ([.. step.Sizes.Select(binding.Evaluate)], binding.Evaluate(step.Extent), 0);
            (_place, _count) = (arena.Sizes.Add(values, step.CanFail), values.Length);
            (_arguments.Values[1], _arguments.Values[2]) = (0L, _extent);
            _config = GroupSharing.Groups(step.Nest, values, _extent, device);
        }

        public override void Run(GpuArena arena)
        {
            _arguments.Bind(0, arena.Sizes.View(_place, _count), DType.Int64);
            for (var i = 0; i < code._buffers.Length; i++) arena.Bind(_arguments, KernelMethod.FirstBuffer + i, code._buffers[i]);
            foreach (var buffer in code._zeroed) device.Queue.Zero(arena.Views[buffer]);
            if (_extent > 0) device.Queue.Launch(code._kernel, _config, _arguments.Values);
            if (step.CanFail && (code.ChecksAtOnce || arena.ChecksAtOnce) && arena.Sizes.HasFailed(_place)) throw KernelCode.OutOfBounds();
        }
    }
}

/// <summary>A library op as generated kernels, one after the other.</summary>
sealed class AssembledGpuStep(LibraryStep step, ImmutableArray<KernelStep> kernels, GpuProgram program) : GpuStep
{
    readonly ImmutableArray<GpuKernelStep> _steps = [.. kernels.Select(kernel => new GpuKernelStep(kernel, program) { HasOwnSizes = true, ChecksAtOnce = step.ChecksFirst })];

    /// <summary>The kernels of a step; none when it has no such form.</summary>
    public static ImmutableArray<KernelStep> KernelsOf(LibraryStep step, GpuProgram program) => [.. CopyKernels.Of(step), .. ScatterKernels.Of(step, program)];

    public override bool IsQueued => _steps.All(step => step.IsQueued);

    public override bool CanFail => _steps.Any(step => step.CanFail);

    public override ImmutableArray<GpuKernel> Kernels => [.. _steps.SelectMany(step => step.Kernels)];

    public override GpuStepState NewState() => new State([.. _steps.Select(step => step.NewState())]);

    sealed class State(ImmutableArray<GpuStepState> states) : GpuStepState
    {
        public override long Launches => states.Length;

        public override void Use(StepPlan plan, GpuArena arena)
        {
            foreach (var state in states) state.Use(plan, arena);
        }

        public override void Run(GpuArena arena)
        {
            foreach (var state in states) state.Run(arena);
        }
    }
}

/// <summary>A step that the device has no kernel for: it runs on the processor, and what it reads and writes is carried there and back.</summary>
sealed unsafe class HostStep(Step step, StepCode code, GpuProgram program) : GpuStep
{
    /// <summary>What runs on the processor.</summary>
    public Step Step => step;

    readonly ImmutableArray<int> _reads = [.. step.Reads.Select(b => program.Host.Buffers.IndexOf(b))];
    readonly ImmutableArray<int> _writes = [.. step.Writes.Select(b => program.Host.Buffers.IndexOf(b))];

    public override bool IsQueued => false;

    public override ImmutableArray<GpuKernel> Kernels => [];

    public override GpuStepState NewState() => new State(this, code.NewState(), program);

    sealed class State(HostStep step, StepState state, GpuProgram program) : GpuStepState
    {
        public override void Use(StepPlan plan, GpuArena arena) => state.Use(plan);

        public override void Run(GpuArena arena)
        {
            foreach (var buffer in step._reads)
            {
                Prepare(arena, buffer);
                Transfer.Down(program.Device, arena.Views[buffer], (byte*)arena.Pointers[buffer], arena.Views[buffer].LengthInBytes);
            }
            foreach (var buffer in step._writes) Prepare(arena, buffer);
            state.Run(arena.Pointers);
            foreach (var buffer in step._writes)
                Transfer.Up(program.Device, (byte*)arena.Pointers[buffer], arena.Views[buffer].LengthInBytes, arena.Views[buffer]);
        }

        static void Prepare(GpuArena arena, int buffer) => arena.Pointers[buffer] = (nint)arena.Mirror(buffer, arena.Views[buffer].LengthInBytes);
    }
}
