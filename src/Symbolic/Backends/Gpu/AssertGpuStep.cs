using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>A check of truth values: the processor looks at each of them, and what is checked stays on the device.</summary>
sealed class AssertGpuStep(LibraryStep step, GpuProgram program) : GpuStep
{
    readonly int[] _conditions = [.. step.Inputs.Skip(1).Select(o => program.Host.Buffers.IndexOf(o.Buffer))];
    readonly int _value = program.Host.Buffers.IndexOf(step.Inputs[0].Buffer), _output = program.Host.Buffers.IndexOf(step.Output.Buffer);
    readonly string _message = ((Assertion)step.Op).Message;

    /// <summary>Whether the conditions are single values.</summary>
    public static bool Covers(LibraryStep step) => step.Inputs.Skip(1).All(condition => condition.Shape.Rank == 0);

    public override bool IsQueued => false;

    public override ImmutableArray<GpuKernel> Kernels => [];

    public override GpuStepState NewState() => new State(this, program.Device);

    sealed class State(AssertGpuStep code, GpuDevice device) : GpuStepState
    {
        public override long Launches => 0;

        public override void Use(StepPlan plan, GpuArena arena) { }

        public override void Run(GpuArena arena)
        {
            foreach (var condition in code._conditions)
                if (!Transfer.ReadBool(device, arena.Views[condition])) throw new AssertionFailedException(code._message);
            var (from, to) = (arena.Views[code._value], arena.Views[code._output]);
            device.Queue.Copy(from, to, Math.Min(from.LengthInBytes, to.LengthInBytes));
        }
    }
}
