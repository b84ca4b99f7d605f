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
        KernelStep kernel when KernelMethod.Covers(kernel.Nest) => kernel.Split is { } split ? new SplitGpuStep(kernel, split, program) : new GpuKernelStep(kernel, program),
        LibraryStep contraction when ContractGpuStep.Covers(contraction) => new ContractGpuStep(contraction, program),
        LibraryStep { Op: Convolution } convolution => new ConvolutionGpuStep(convolution, program),
        LibraryStep { Op: RandomBits } random => new RandomGpuStep(random, program),
        LibraryStep library when AssembledGpuStep.KernelsOf(library) is { Length: > 0 } kernels => new AssembledGpuStep(kernels, program),
        LoopStep when program.Host.Steps[number] is ScanCode loop && LoopGpuStep.Covers(loop) => new LoopGpuStep(loop, program),
        BranchStep when program.Host.Steps[number] is BranchCode choice && BranchGpuStep.Covers(choice) => new BranchGpuStep(choice, program),
        _ => new HostStep(step, program.Host.Steps[number], program),
    };

    /// <summary>What it launches; nothing when it runs on the processor.</summary>
    public abstract ImmutableArray<GpuKernel> Kernels { get; }

    public abstract GpuStepState NewState();
}

/// <summary>The step within one arena.</summary>
abstract class GpuStepState
{
    /// <summary>Makes the state fit sizes and memory.</summary>
    public abstract void Use(StepPlan plan, GpuArena arena);

    public abstract void Run(GpuArena arena);
}

/// <summary>A generated kernel on the device.</summary>
sealed class GpuKernelStep(KernelStep step, GpuProgram program) : GpuStep
{
    readonly GpuKernel _kernel = program.Device.Get(step.Nest);
    readonly bool _isGrouped = KernelMethod.IsGrouped(step.Nest);
    readonly ImmutableArray<int> _buffers = [.. step.Buffers.Select(b => program.Host.Buffers.IndexOf(b))];
    readonly ImmutableArray<int> _zeroed = [.. step.Zeroed.Select(b => program.Host.Buffers.IndexOf(b))];

    /// <summary>Whether the processor runs the step in another way, so that its sizes are not in the plan.</summary>
    public bool HasOwnSizes { get; init; }

    public override ImmutableArray<GpuKernel> Kernels => [_kernel];

    public override GpuStepState NewState() => new State(this, program.Device, step);

    sealed class State(GpuKernelStep code, GpuDevice device, KernelStep step) : GpuStepState
    {
        readonly DeviceMemory _sizes = new(device);
        readonly object[] _arguments = new object[KernelMethod.FirstBuffer + code._buffers.Length];
        readonly ArrayView<byte>[] _bound = new ArrayView<byte>[code._buffers.Length];
        long[] _values = [];
        long[] _first = [];
        long _extent;
        ArrayView<byte> _block;
        KernelConfig _config;

        public override void Use(StepPlan plan, GpuArena arena)
        {
            var binding = code.HasOwnSizes ? arena.Plan!.Binding : null;
            (_values, _extent, _) = binding is null ? KernelCode.SizesOf(plan) : ([.. step.Sizes.Select(binding.Evaluate)], binding.Evaluate(step.Extent), 0);
            _first = new long[1];
            _block = _sizes.View(_values.Length * sizeof(long), "sizes");
            Upload(_values);
            _arguments[0] = _block.Cast<long>();
            (_arguments[1], _arguments[2]) = (0L, _extent);
            _config = device.Grid(_extent, code._isGrouped);
            Array.Clear(_bound);
        }

        public override void Run(GpuArena arena)
        {
            for (var i = 0; i < _bound.Length; i++)
            {
                var view = arena.Views[code._buffers[i]];
                if (_bound[i].Equals(view)) continue;
                _bound[i] = view;
                _arguments[KernelMethod.FirstBuffer + i] = arena.Typed(code._buffers[i]);
            }
            foreach (var buffer in code._zeroed) arena.Views[buffer].MemSetToZero(device.Stream);
            if (_extent > 0) code._kernel.Launch(device.Stream, _config, _arguments);
            if (!step.CanFail) return;
            Fetch();
            if (_first[0] == 0) return;
            Upload(_values);
            throw KernelCode.OutOfBounds();
        }

        unsafe void Fetch()
        {
            fixed (long* first = _first) Transfer.Down(device, _block, (byte*)first, sizeof(long));
        }

        unsafe void Upload(long[] values)
        {
            fixed (long* first = values) Transfer.Up(device, (byte*)first, values.Length * sizeof(long), _block);
        }
    }
}

/// <summary>A library op as generated kernels, one after the other.</summary>
sealed class AssembledGpuStep(ImmutableArray<KernelStep> kernels, GpuProgram program) : GpuStep
{
    readonly ImmutableArray<GpuKernelStep> _steps = [.. kernels.Select(kernel => new GpuKernelStep(kernel, program) { HasOwnSizes = true })];

    /// <summary>The kernels of a step; none when it has no such form.</summary>
    public static ImmutableArray<KernelStep> KernelsOf(LibraryStep step) => [.. CopyKernels.Of(step), .. ScatterKernels.Of(step)];

    public override ImmutableArray<GpuKernel> Kernels => [.. _steps.SelectMany(step => step.Kernels)];

    public override GpuStepState NewState() => new State([.. _steps.Select(step => step.NewState())]);

    sealed class State(ImmutableArray<GpuStepState> states) : GpuStepState
    {
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
