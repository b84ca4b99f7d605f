using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>Random words, by a kernel that is written by hand.</summary>
sealed class RandomGpuStep(LibraryStep step, GpuProgram program) : GpuStep
{
    readonly int[] _buffers = [.. step.Inputs.Append(step.Output).Select(o => program.Host.Buffers.IndexOf(o.Buffer))];
    readonly GpuKernel _kernel = program.Device.Get(typeof(RandomWords).GetMethod(nameof(RandomWords.Run))!);

    public override ImmutableArray<GpuKernel> Kernels => [_kernel];

    public override GpuStepState NewState() => new State(this, program.Device);

    sealed class State(RandomGpuStep code, GpuDevice device) : GpuStepState
    {
        readonly KernelArguments _arguments = new(code._buffers.Length + 1);
        KernelConfig _config;

        public override void Use(StepPlan plan, GpuArena arena)
        {
            long words = RandomBitsCode.WordsOf(plan);
            _arguments.Values[^1] = words;
            _config = device.Grid((words + 3) / 4, isGrouped: false);
        }

        public override void Run(GpuArena arena)
        {
            for (var i = 0; i < code._buffers.Length; i++) arena.Bind(_arguments, i, code._buffers[i]);
            device.Queue.Launch(code._kernel, _config, _arguments.Values);
        }
    }
}
