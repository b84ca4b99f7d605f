using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>A kernel that runs as a part of a step. Among its arguments a <see cref="Place"/> stands for the memory of an operand.</summary>
sealed record Pass(GpuKernel Kernel, KernelConfig Config, params object[] Arguments)
{
    /// <summary>An operand by its number; the output is the last.</summary>
    public readonly record struct Place(int Operand);
}

/// <summary>A library op as kernels written by hand, one after the other.</summary>
abstract class PassesGpuStep(LibraryStep step, GpuProgram program) : GpuStep
{
    /// <summary>Threads of a group at most; kernels have shared memory for so many.</summary>
    public const int MaxGroup = 128;

    readonly int[] _buffers = [.. step.Inputs.Append(step.Output).Select(o => program.Host.Buffers.IndexOf(o.Buffer))];
    readonly List<GpuKernel> _kernels = [];

    /// <summary>The step for an op that has such kernels; null for others.</summary>
    public static PassesGpuStep? Of(LibraryStep step, GpuProgram program) => step.Op switch
    {
        ArgReduce => new ArgReduceGpuStep(step, program),
        ArgSort => new ArgSortGpuStep(step, program),
        SearchSorted => new SearchSortedGpuStep(step, program),
        LastWriter => new LastWriterGpuStep(step, program),
        NonZero => new NonZeroGpuStep(step, program),
        Recurrence when step.Output.Buffer.DType.Size() > 1 && (step.Output.Buffer.DType != DType.Float32 || program.Device.HasFloat64) => new RecurrenceGpuStep(step, program),
        _ => null,
    };

    protected GpuDevice Device => program.Device;

    DeviceHolding Holding => program.Holding;

    /// <summary>The kernels to run for sizes; their order is that of memory.</summary>
    protected abstract IEnumerable<Pass> Passes(int[][] inputs, int[] output, Func<int, long, ArrayView<byte>> scratch);

    /// <summary>The place of an operand; the output is the last.</summary>
    protected static Pass.Place Operand(int number) => new(number);

    /// <summary>The place of the output.</summary>
    protected Pass.Place Output => new(_buffers.Length - 1);

    /// <summary>A kernel for types of elements; compiled with the step.</summary>
    protected GpuKernel Kernel(Type kernels, string name, params Type[] types)
    {
        var kernel = Device.Get(types.Length == 0 ? kernels.GetMethod(name)! : kernels.GetMethod(name)!.MakeGenericMethod(types));
        _kernels.Add(kernel);
        return kernel;
    }

    /// <summary>The type by which kernels know elements.</summary>
    protected static Type TypeOf(Operand operand) => operand.Buffer.DType == DType.Bool ? typeof(byte) : operand.Buffer.DType.ClrType();

    public override ImmutableArray<GpuKernel> Kernels => [.. _kernels];

    public override GpuStepState NewState() => new State(this);

    sealed class State(PassesGpuStep code) : GpuStepState
    {
        readonly Dictionary<int, DeviceMemory> _scratch = [];
        Launch[] _launches = [];

        public override long Launches => _launches.Length;

        public override void Use(StepPlan plan, GpuArena arena)
        {
            var (inputs, output) = ReferenceCode.ShapesOf(plan);
            _launches = [.. code.Passes(inputs, output, Scratch).Select(pass => new Launch(pass))];
        }

        ArrayView<byte> Scratch(int number, long bytes)
        {
            if (!_scratch.TryGetValue(number, out var memory)) _scratch[number] = memory = new DeviceMemory(code.Holding);
            return memory.View(bytes, "intermediate values");
        }

        public override void Run(GpuArena arena)
        {
            foreach (var launch in _launches)
            {
                foreach (var (argument, operand) in launch.Operands) arena.Bind(launch.Arguments, argument, code._buffers[operand]);
                code.Device.Queue.Launch(launch.Pass.Kernel, launch.Pass.Config, launch.Arguments.Values);
            }
        }
    }

    /// <summary>A pass, and where among its arguments operands are.</summary>
    sealed class Launch
    {
        public Launch(Pass pass)
        {
            (Pass, Arguments) = (pass, new KernelArguments(pass.Arguments.Length));
            var operands = new List<(int, int)>();
            for (var i = 0; i < pass.Arguments.Length; i++)
                if (pass.Arguments[i] is Pass.Place place) operands.Add((i, place.Operand));
                else Arguments.Values[i] = pass.Arguments[i];
            Operands = [.. operands];
        }

        public Pass Pass { get; }

        public KernelArguments Arguments { get; }

        public (int Argument, int Operand)[] Operands { get; }
    }
}
