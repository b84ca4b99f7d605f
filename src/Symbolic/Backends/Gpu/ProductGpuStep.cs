using System.Collections.Immutable;
using DeepSym.Backends.Cpu;
using DeepSym.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// A contraction or convolution on the device, with its epilogue. Large matrix products are for the device's library, when it has one, and have their
/// epilogue as a kernel of its own; all others are blocks of the product, or blocks of parts of its sums and then their totals.
/// </summary>
sealed class ProductGpuStep(LibraryStep step, SymbolicProduct product, GpuProgram program) : GpuStep
{
    const long LongestIndex = int.MaxValue - 1024;   // kernels count rows, columns and terms in 32 bits, up to the end of a block

    readonly int[] _operands = [.. new[] { product.Left, product.Right, step.Output }.Select(o => program.Host.Buffers.IndexOf(o.Buffer))];
    readonly ImmutableArray<int> _others = [.. step.Epilogue?.Buffers.Select(b => program.Host.Buffers.IndexOf(b)) ?? []];
    readonly ProductEpilogue? _epilogue = step.Epilogue is { } kernel ? new(kernel.Nest, kernel.Buffers.IndexOf(step.Output.Buffer), IsUsedElsewhere(step, program.Host)) : null;
    readonly GpuKernelStep? _separateEpilogue = program.Device.Blas is not null && step is { Op: Contract, Epilogue: { } epilogue } ? new(epilogue, program) { HasOwnSizes = true } : null;

    /// <summary>The step, when devices have code for it and its epilogue.</summary>
    public static ProductGpuStep? Of(LibraryStep step, GpuProgram program) =>
        SymbolicProduct.Of(step) is { } product
        && (step.Epilogue is not { } epilogue || KernelMethod.Covers(epilogue.Nest, program.Device.HasFloat64)) ? new(step, product, program) : null;

    /// <summary>The kernel of the smallest products.</summary>
    public override ImmutableArray<GpuKernel> Kernels => [Kernel(ProductPass.Whole, Tile(0, 0, 0, 0).Tile)];

    public override bool CanFail => step.CanFail;

    public override GpuStepState NewState() => new State(this, program, step);

    // Whether anything but the epilogue looks at the product.
    static bool IsUsedElsewhere(LibraryStep step, CpuProgram host)
    {
        var (schedule, own) = (host.Schedule, step.Output.Buffer);
        return host.Watching.IsOn || schedule.Steps.Any(other => other != step && other.Reads.Contains(own))
            || schedule.Outputs.Concat(schedule.Updates.Select(update => update.Value)).Any(operand => operand.Buffer == own);
    }

    (ProductTile Tile, long Parts) Tile(long batch, long rows, long columns, long terms) =>
        ProductTile.For(batch, rows, columns, terms, product.Nest.DType, program.Device.Accelerator.MaxNumThreadsPerGroup);

    GpuKernel Kernel(ProductPass pass, ProductTile? tile) => program.Device.Get(new ProductKernel(product.Nest, pass, tile, pass == ProductPass.Parts ? null : _epilogue));

    // The call of the device's library that computes the product, if it is to be one.
    BlasCall? LibraryCall(Func<Size, long> value) =>
        program.Device.Blas is not null && product.Nest.DType.IsFloating() && product.Nest.Matrices(value) is { } shape && BlasCall.Of(shape) is { IsLarge: true } call ? call : null;

    sealed class State(ProductGpuStep code, GpuProgram program, LibraryStep step) : GpuStepState
    {
        readonly DeviceMemory _parts = new(program.Holding);
        readonly GpuStepState? _epilogue = code._separateEpilogue?.NewState();
        BlasCall? _call;
        Launch[] _launches = [];

        public override long Launches => _call is null ? _launches.Length : _epilogue is null ? 1 : 2;

        public override void Use(StepPlan plan, GpuArena arena)
        {
            var (nest, binding) = (code.Nest, arena.Plan!.Binding);
            long[] own = [.. code.Sizes.Select(binding.Evaluate), 0, 0];
            _launches = [];
            _call = code.LibraryCall(Value);
            if (_call is null) UseKernels(arena, own, step.Epilogue is { } epilogue ? [.. epilogue.Sizes.Select(binding.Evaluate)] : [0]);
            else _epilogue?.Use(plan, arena);

            long Value(Size size) => size.IsSlot ? own[size.Value] : size.Value;
        }

        void UseKernels(GpuArena arena, long[] own, long[] ofEpilogue)
        {
            var (nest, device) = (code.Nest, program.Device);
            var (batch, rows, columns, terms) = (Extent(nest.Batch), Extent(nest.Rows), Extent(nest.Columns), Extent(nest.Sum));
            var elements = batch * rows * columns;
            if (elements == 0) return;
            var (tile, parts) = code.Tile(batch, rows, columns, terms);
            var length = Math.Max(1, ((terms + parts - 1) / parts + tile.Step - 1) / tile.Step) * tile.Step;
            parts = Math.Max(1, (terms + length - 1) / length);
            (own[nest.Parts.Value], own[nest.PartLength.Value]) = (parts, length);
            long[] values = [.. ofEpilogue, .. own.Skip(1)];
            var blocks = batch * parts * ((rows + tile.Rows - 1) / tile.Rows) * ((columns + tile.Columns - 1) / tile.Columns);
            var groups = device.Grid(blocks, isGrouped: true, tile.Threads);
            var others = code._others.Length;
            if (parts == 1)
            {
                _launches = [new Launch(code.Kernel(ProductPass.Whole, tile), groups, blocks, others + 3, arena.Sizes.Add(values, step.CanFail), values.Length)];
                return;
            }
            var memory = _parts.View(parts * elements * nest.DType.Size(), "parts of sums");
            _launches =
            [
                new Launch(code.Kernel(ProductPass.Parts, tile), groups, blocks, 3, arena.Sizes.Add(own), own.Length),
                new Launch(code.Kernel(ProductPass.Total, null), device.Grid(elements, isGrouped: false), elements, others + 2, arena.Sizes.Add(values, step.CanFail), values.Length),
            ];
            _launches[0].Arguments.Bind(KernelMethod.FirstBuffer + 2, memory, nest.DType);
            _launches[1].Arguments.Bind(KernelMethod.FirstBuffer + others, memory, nest.DType);

            long Extent(ProductRole role)
            {
                var extent = role.Extent.IsSlot ? own[role.Extent.Value] : role.Extent.Value;
                return extent <= LongestIndex ? extent : throw new NotSupportedException($"{step.Op.Name} has {extent:N0} rows, columns or terms; devices take {LongestIndex:N0} at most. Use smaller batches.");
            }
        }

        public override void Run(GpuArena arena)
        {
            if (_call is { } call)
            {
                program.Device.Blas!.Multiply(call, code.Nest.DType, arena.Views[code._operands[1]], arena.Views[code._operands[0]], arena.Views[code._operands[2]]);
                _epilogue?.Run(arena);
                return;
            }
            if (_launches.Length == 0) return;
            var (first, last) = (_launches[0].Arguments, _launches[^1].Arguments);
            for (var i = 0; i < code._others.Length; i++) arena.Bind(last, KernelMethod.FirstBuffer + i, code._others[i]);
            // The operands stand before the last argument of the first launch; the product is that of the last one.
            for (var i = 0; i < 2; i++) arena.Bind(first, first.Values.Length - 3 + i, code._operands[i]);
            arena.Bind(last, last.Values.Length - 1, code._operands[2]);
            foreach (var launch in _launches)
            {
                launch.Arguments.Bind(0, arena.Sizes.View(launch.Sizes, launch.Count), DType.Int64);
                program.Device.Queue.Launch(launch.Kernel, launch.Config, launch.Arguments.Values);
            }
            if (step.CanFail && arena.ChecksAtOnce && arena.Sizes.HasFailed(_launches[^1].Sizes)) throw KernelCode.OutOfBounds();
        }
    }

    // A kernel with its arguments, and where in the table its sizes are.
    sealed class Launch
    {
        public Launch(GpuKernel kernel, KernelConfig config, long end, int buffers, int sizes, int count)
        {
            (Kernel, Config, Sizes, Count, Arguments) = (kernel, config, sizes, count, new KernelArguments(KernelMethod.FirstBuffer + buffers));
            (Arguments.Values[1], Arguments.Values[2]) = (0L, end);
        }

        public GpuKernel Kernel { get; }

        public KernelConfig Config { get; }

        public KernelArguments Arguments { get; }

        public int Sizes { get; }

        public int Count { get; }
    }

    ProductNest Nest => product.Nest;

    ImmutableArray<Dim> Sizes => product.Sizes;
}
