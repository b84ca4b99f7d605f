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
    readonly ImmutableArray<int> _buffers = [.. step.Buffers.Select(b => program.Host.Buffers.IndexOf(b))];

    public override ImmutableArray<GpuKernel> Kernels => [.. _whole.Kernels, _blocks, _combination];

    public override GpuStepState NewState() => new State(this, split, program.Device, _whole.NewState());

    sealed class State(SplitGpuStep code, ReductionSplit split, GpuDevice device, GpuStepState whole) : GpuStepState
    {
        readonly DeviceMemory _sizes = new(device), _lastSizes = new(device);
        readonly DeviceMemory[] _partial = [.. split.Blocks.Buffers.Skip(code._buffers.Length).Select(_ => new DeviceMemory(device))];
        readonly object[] _arguments = new object[KernelMethod.FirstBuffer + split.Blocks.Buffers.Count];
        object _block = 0, _lastBlock = 0;
        long _count, _rest;
        bool _isSplit;

        public override void Use(StepPlan plan, GpuArena arena)
        {
            var (values, _, length) = KernelCode.SizesOf(plan);
            _isSplit = length >= SplitReduction.Shortest;
            whole.Use(plan, arena);
            if (!_isSplit) return;
            (_count, _rest) = Math.DivRem(length, ReductionSplit.BlockLength);
            long[] sizes = [.. values];
            (sizes[split.LengthSlot], sizes[split.CountSlot]) = (_rest, _rest > 0 ? _count + 1 : _count);
            _lastBlock = Upload(_lastSizes, sizes);
            sizes[split.LengthSlot] = ReductionSplit.BlockLength;
            _block = Upload(_sizes, sizes);
            for (var i = 0; i < _partial.Length; i++)
                _arguments[KernelMethod.FirstBuffer + code._buffers.Length + i] = GpuArena.Typed(_partial[i].View((_count + 1) * sizeof(double), "partial sums"), split.Blocks.Buffers[code._buffers.Length + i]);
        }

        public override void Run(GpuArena arena)
        {
            if (!_isSplit)
            {
                whole.Run(arena);
                return;
            }
            for (var i = 0; i < code._buffers.Length; i++) _arguments[KernelMethod.FirstBuffer + i] = arena.Typed(code._buffers[i]);
            Launch(code._blocks, _block, 0, _count);
            if (_rest > 0) Launch(code._blocks, _lastBlock, _count, _count + 1);
            Launch(code._combination, _block, 0, 1);
        }

        void Launch(GpuKernel kernel, object sizes, long begin, long end)
        {
            (_arguments[0], _arguments[1], _arguments[2]) = (sizes, begin, end);
            kernel.Launch(device.Stream, device.Grid(end - begin, isGrouped: true), _arguments);
        }

        unsafe ArrayView<long> Upload(DeviceMemory memory, long[] sizes)
        {
            var view = memory.View(sizes.Length * sizeof(long), "sizes");
            fixed (long* first = sizes) Transfer.Up(device, (byte*)first, view.LengthInBytes, view);
            return view.Cast<long>();
        }
    }
}
