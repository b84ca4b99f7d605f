namespace DeepSym.Backends.Cpu;

/// <summary>How a length is divided into blocks of at most some size.</summary>
internal static class Blocks
{
    /// <summary>The number of blocks of <paramref name="size"/> that cover <paramref name="length"/>.</summary>
    public static long Count(long length, long size) => (length + size - 1) / size;

    /// <summary>The size of as few, and as equal, blocks as cover <paramref name="length"/> with at most <paramref name="size"/> each; sizes below one count as one.</summary>
    public static long EvenSize(long length, long size) => Count(length, Count(length, Math.Clamp(size, 1, length)));

    /// <summary>Where the block of this number begins when <paramref name="length"/> is divided into blocks that differ by one <paramref name="unit"/> at most.</summary>
    public static long Begin(long length, long unit, long blocks, long number) => Math.Min(length, Count(length, unit) * number / blocks * unit);
}
