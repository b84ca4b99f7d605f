using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// A generated kernel that reads something along its rows that is contiguous across them. It runs tile by tile, so that the cache lines that it touches are read to
/// their end before they leave the cache.
/// </summary>
sealed class TiledKernelCode : StepCode
{
    const long TileLength = 4096;
    const long TileColumns = 64;
    const long CollidingColumns = 256;    // so many elements of four bytes apart, all columns fall into the same few lines of the first-level cache
    const long TilesATask = 4;

    readonly KernelStep _step;
    readonly CpuProgram _program;

    public TiledKernelCode(KernelStep step, CpuProgram program) => (_step, _program) = (step, program);

    public override StepPlan Plan(DimBinding binding)
    {
        var kernel = KernelEpilogue.Plan(_step, binding);
        var (rows, columns) = (binding.Evaluate(_step.Extent), kernel.Sizes[_step.Columns!.ExtentSlot]);
        long tileColumns = kernel.Moves.Any(move => move.Step % CollidingColumns == 0) ? Lanes.Count<float>() : TileColumns, tileRows = TileLength / tileColumns;
        var count = Blocks.Count(rows, tileRows) * Blocks.Count(columns, tileColumns);
        return new Tiles
        {
            Kernel = kernel, Rows = rows, Columns = columns, TileRows = tileRows, TileColumns = tileColumns, Count = count,
            Grain = rows * binding.Evaluate(_step.Work) <= KernelCode.SerialWork ? Math.Max(1, count) : TilesATask,
        };
    }

    public override StepState NewState() => new State(new KernelEpilogue(_step, _program), _program.Threads);

    sealed class Tiles : StepPlan
    {
        public required (long[] Sizes, (int Slot, long Offset, long Step)[] Moves) Kernel { get; init; }

        public required long Rows { get; init; }

        public required long Columns { get; init; }

        public required long TileRows { get; init; }

        public required long TileColumns { get; init; }

        public required long Count { get; init; }

        public required long Grain { get; init; }
    }

    sealed class State(KernelEpilogue kernel, int threads) : StepState
    {
        readonly Work _work = new(kernel);

        public override void Use(StepPlan plan)
        {
            _work.Tiles = (Tiles)plan;
            kernel.Use(_work.Tiles.Kernel);
        }

        public override void Run(nint[] pointers)
        {
            kernel.Point(pointers);
            WorkerPool.Shared.For(_work, _work.Tiles!.Count, _work.Tiles.Grain, threads);
        }
    }

    sealed class Work(KernelEpilogue kernel) : ParallelWork
    {
        public Tiles? Tiles { get; set; }

        protected internal override void Execute(long begin, long end)
        {
            var across = Blocks.Count(Tiles!.Columns, Tiles.TileColumns);
            for (var tile = begin; tile < end; tile++)
            {
                var (row, column) = (tile / across * Tiles.TileRows, tile % across * Tiles.TileColumns);
                kernel.Run(row, Math.Min(Tiles.Rows, row + Tiles.TileRows), column, Math.Min(Tiles.Columns, column + Tiles.TileColumns));
            }
        }
    }
}
