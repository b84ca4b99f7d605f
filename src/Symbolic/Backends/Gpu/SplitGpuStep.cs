using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>A reduction to scalars: of few elements by one group, of many by a group for each block, whose results one group combines in their order.</summary>
sealed class SplitGpuStep(KernelStep step, ReductionSplit split, GpuProgram program) : GpuStep
{
    readonly GpuKernelStep _whole = new(step, program);
    readonly GpuKernel _blocks = program.Device.Get(split.Blocks), _combination = program.Device.Get(split.Combination);
    readonly int _sizes = step.Sizes.Length;
    readonly ImmutableArray<int> _buffers = [.. step.Buffers.Select(b => program.Host.Buffers.IndexOf(b))];

    public override bool CanFail => step.CanFail;

    public override ImmutableArray<GpuKernel> Kernels => [.. _whole.Kernels, _blocks, _combination];

    public override GpuStepState NewState() => new State(this, step, split, program, _whole.NewState());

    sealed class State(SplitGpuStep code, KernelStep step, ReductionSplit split, GpuProgram program, GpuStepState whole) : GpuStepState
    {
        readonly DeviceMemory[] _partial = [.. split.Blocks.Buffers.Skip(code._buffers.Length).Select(_ => new DeviceMemory(program.Holding))];
        readonly Part _blocks = new(code, split), _rest = new(code, split), _combination = new(code, split);
        bool _isSplit;

        public override long Launches => 3;

        public override void Use(StepPlan plan, GpuArena arena)
        {
            var (values, _, length) = KernelCode.SizesOf(plan);
            _isSplit = length >= SplitReduction.Shortest;
            whole.Use(plan, arena);
            if (!_isSplit) return;
            var (count, rest) = Math.DivRem(length, ReductionSplit.BlockLength);
            long[] sizes = [.. values];
            (sizes[split.LengthSlot], sizes[split.CountSlot]) = (rest, rest > 0 ? count + 1 : count);
            _rest.Use(arena.Sizes.Add(sizes, step.CanFail), count, rest > 0 ? count + 1 : count);
            sizes[split.LengthSlot] = ReductionSplit.BlockLength;
            _blocks.Use(arena.Sizes.Add(sizes, step.CanFail), 0, count);
            _combination.Use(arena.Sizes.Add(sizes), 0, 1);
            for (var i = 0; i < _partial.Length; i++)
                foreach (var part in new[] { _blocks, _rest, _combination }) part.Bind(i, _partial[i].View((count + 1) * sizeof(double), "partial sums"));
        }

        public override void Run(GpuArena arena)
        {
            if (!_isSplit)
            {
                whole.Run(arena);
                return;
            }
            _blocks.Launch(code._blocks, program.Device, arena);
            _rest.Launch(code._blocks, program.Device, arena);
            _combination.Launch(code._combination, program.Device, arena);
            if (step.CanFail && arena.ChecksAtOnce && (arena.Sizes.HasFailed(_blocks.Place) || arena.Sizes.HasFailed(_rest.Place))) throw KernelCode.OutOfBounds();
        }
    }

    /// <summary>One launch, for a range of blocks.</summary>
    sealed class Part(SplitGpuStep code, ReductionSplit split)
    {
        readonly KernelArguments _arguments = new(KernelMethod.FirstBuffer + split.Blocks.Buffers.Count);
        long _length;

        public int Place { get; private set; }

        public void Use(int place, long begin, long end)
        {
            (Place, _length) = (place, end - begin);
            (_arguments.Values[1], _arguments.Values[2]) = (begin, end);
        }

        public void Bind(int partial, ArrayView<byte> memory) =>
            _arguments.Bind(KernelMethod.FirstBuffer + code._buffers.Length + partial, memory, split.Blocks.Buffers[code._buffers.Length + partial]);

        public void Launch(GpuKernel kernel, GpuDevice device, GpuArena arena)
        {
            if (_length == 0) return;
            _arguments.Bind(0, arena.Sizes.View(Place, code._sizes), DType.Int64);
            for (var i = 0; i < code._buffers.Length; i++) arena.Bind(_arguments, KernelMethod.FirstBuffer + i, code._buffers[i]);
            device.Queue.Launch(kernel, device.Grid(_length, isGrouped: true), _arguments.Values);
        }
    }
}
