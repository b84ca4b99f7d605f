namespace DeepSym.Backends.Gpu;

/// <summary>
/// How a group of threads shares a block of a product: each thread has <paramref name="RowQuads"/> times <paramref name="ColumnQuads"/> squares of four by four
/// numbers, and <paramref name="Step"/> terms of the sums are in shared memory at a time, twice. Counts of threads are powers of two.
/// </summary>
sealed record ProductTile(int ThreadRows, int ThreadColumns, int RowQuads, int ColumnQuads, int Step)
{
    const int SharedBytes = 48 << 10;    // what every device has for a group
    const int Groups = 128;              // of which a device runs so many at once, or more
    const int ShortestPart = 256;        // terms of a part of split sums

    /// <summary>From the one that loads least for each multiplication on.</summary>
    public static IReadOnlyList<ProductTile> All { get; } =
    [
        new(16, 16, 2, 2, 8), new(16, 16, 1, 1, 16), new(8, 32, 1, 1, 16), new(32, 8, 1, 1, 16), new(4, 64, 1, 1, 16), new(64, 4, 1, 1, 16), new(8, 8, 1, 1, 16), new(4, 4, 1, 1, 4),
    ];

    public int Threads => ThreadRows * ThreadColumns;

    public int Rows => 4 * ThreadRows * RowQuads;

    public int Columns => 4 * ThreadColumns * ColumnQuads;

    /// <summary>From one row of the shared piece of the left operand, in which its rows are columns, to the next: not a multiple of the number of banks.</summary>
    public int LeftPitch => Rows + 4;

    public int RightPitch => Columns + 4;

    /// <summary>Numbers in shared memory: two pieces of each operand, and a row of every thread.</summary>
    public int Shared => 2 * Step * (LeftPitch + RightPitch) + ThreadRows * Columns;

    /// <summary>The tile that should be fastest for so many products, and into how many parts their sums are cut so that a device has enough to do. It depends on shapes alone.</summary>
    public static (ProductTile Tile, long Parts) For(long batch, long rows, long columns, long terms, DType dtype, int maxThreads)
    {
        var best = ((ProductTile?)null, 1L, double.PositiveInfinity);
        foreach (var tile in All)
        {
            if (tile.Threads > maxThreads || tile.Shared * dtype.Size() > SharedBytes || dtype == DType.Float64 && tile.RowQuads > 1) continue;
            var blocks = batch * ((rows + tile.Rows - 1) / tile.Rows) * ((columns + tile.Columns - 1) / tile.Columns);
            var parts = Math.Max(1, Math.Min((Groups + blocks - 1) / Math.Max(1, blocks), terms / ShortestPart));
            // A device that is not full takes as long as a full one.
            var time = Math.Max(blocks * parts, Groups) * (double)tile.Rows * tile.Columns / parts * (tile.RowQuads > 1 ? 1 : 1.5);
            if (time < best.Item3) best = (tile, parts, time);
        }
        return (best.Item1 ?? throw new NotSupportedException($"A matrix product needs groups of 16 threads, and the device has {maxThreads}."), best.Item2);
    }
}
