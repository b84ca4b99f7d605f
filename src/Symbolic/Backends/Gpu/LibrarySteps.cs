using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>A library op with a kernel written by hand: which arguments it gets besides its operands, and how many pieces of work there are.</summary>
abstract class LibraryGpuStep(LibraryStep step, GpuProgram program, GpuKernel kernel) : GpuStep
{
    readonly int[] _buffers = [.. step.Inputs.Append(step.Output).Select(o => program.Host.Buffers.IndexOf(o.Buffer))];

    protected GpuDevice Device => program.Device;

    /// <summary>The last arguments for sizes, and the groups that run.</summary>
    protected abstract (object[] Arguments, KernelConfig Config) Sizes(StepPlan plan);

    /// <summary>What runs after it on its output, and its part of the plan.</summary>
    protected virtual (GpuStep Step, Func<StepPlan, StepPlan> Plan)? Epilogue => null;

    public override bool CanFail => Epilogue?.Step.CanFail == true;

    public override ImmutableArray<GpuKernel> Kernels => [kernel, .. Epilogue?.Step.Kernels ?? []];

    public override GpuStepState NewState() => new State(this, kernel, Epilogue is var (step, plan) ? (step.NewState(), plan) : null);

    /// <summary>The kernel for float32 or float64.</summary>
    protected static GpuKernel Typed(GpuDevice device, Type kernels, string name, DType dtype) =>
        device.Get(kernels.GetMethod(name)!.MakeGenericMethod(dtype == DType.Float32 ? typeof(float) : typeof(double)));

    sealed class State(LibraryGpuStep code, GpuKernel kernel, (GpuStepState State, Func<StepPlan, StepPlan> Plan)? epilogue) : GpuStepState
    {
        KernelArguments _arguments = new(0);
        KernelConfig _config;

        public override long Launches => epilogue is null ? 1 : 2;

        public override void Use(StepPlan plan, GpuArena arena)
        {
            (var sizes, _config) = code.Sizes(plan);
            _arguments = new KernelArguments(code._buffers.Length + sizes.Length);
            sizes.CopyTo(_arguments.Values, code._buffers.Length);
            epilogue?.State.Use(epilogue.Value.Plan(plan), arena);
        }

        public override void Run(GpuArena arena)
        {
            for (var i = 0; i < code._buffers.Length; i++) arena.Bind(_arguments, i, code._buffers[i]);
            code.Device.Queue.Launch(kernel, _config, _arguments.Values);
            epilogue?.State.Run(arena);
        }
    }
}

/// <summary>A contraction as a batch of matrix products, then its epilogue as a kernel of its own.</summary>
sealed class ContractGpuStep(LibraryStep step, GpuProgram program)
    : LibraryGpuStep(step, program, Typed(program.Device, typeof(MatrixProduct), nameof(MatrixProduct.Run), step.Output.Buffer.DType))
{
    readonly (GpuStep, Func<StepPlan, StepPlan>)? _epilogue = step.Epilogue is { } epilogue ? (new GpuKernelStep(epilogue, program), ContractCode.EpilogueOf) : null;

    /// <summary>Whether all of its epilogue has code.</summary>
    public static bool Covers(LibraryStep step) => step.Op is Contract && step.Output.Buffer.DType.IsFloating() && (step.Epilogue is not { } epilogue || KernelMethod.Covers(epilogue.Nest));

    protected override (object[], KernelConfig) Sizes(StepPlan plan)
    {
        var shape = ContractCode.ShapeOf(plan);
        var side = Device.GroupSize >= 128 ? 16 : 4;
        long block = MatrixProduct.PerThread * side;
        var blocks = (shape.M + block - 1) / block * ((shape.N + block - 1) / block) * shape.Batch;
        return ([shape, side], Device.Grid(blocks, isGrouped: true, side * side));
    }

    protected override (GpuStep, Func<StepPlan, StepPlan>)? Epilogue => _epilogue;
}

/// <summary>A convolution or one of its gradients.</summary>
sealed class ConvolutionGpuStep(LibraryStep step, GpuProgram program)
    : LibraryGpuStep(step, program, Typed(program.Device, typeof(DirectConvolution), ((Convolution)step.Op).Mode.ToString(), step.Output.Buffer.DType))
{
    protected override (object[], KernelConfig) Sizes(StepPlan plan)
    {
        var shape = ConvolutionCode.ShapeOf(plan);
        return ([shape], Device.Grid(shape.Images * shape.Filters * shape.OutputSize, isGrouped: false));
    }
}

/// <summary>Random words.</summary>
sealed class RandomGpuStep(LibraryStep step, GpuProgram program) : LibraryGpuStep(step, program, program.Device.Get(typeof(RandomWords).GetMethod(nameof(RandomWords.Run))!))
{
    protected override (object[], KernelConfig) Sizes(StepPlan plan)
    {
        long words = RandomBitsCode.WordsOf(plan);
        return ([words], Device.Grid((words + 3) / 4, isGrouped: false));
    }
}
