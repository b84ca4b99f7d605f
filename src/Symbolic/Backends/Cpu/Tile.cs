using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>The rows of a block in tiles of nearly equal height: 20 rows are 10 and 10, not 12 and 8.</summary>
internal struct Tiles(long begin, long end)
{
    private readonly long _count = (end - begin + Lanes.TileRows - 1) / Lanes.TileRows;
    private long _index = -1;

    /// <summary>The first row of the current tile.</summary>
    public long Row { get; private set; } = begin;

    /// <summary>The rows of the current tile.</summary>
    public int Height { get; private set; }

    /// <summary>Goes to the next tile; false after the last.</summary>
    public bool Next()
    {
        Row += Height;
        if (++_index >= _count)
            return false;
        var left = _count - _index;
        Height = (int)((end - Row + left - 1) / left);
        return true;
    }
}

/// <summary>Copies a tile of sums from the stack to its place in C.</summary>
internal static unsafe class Tile<T> where T : unmanaged
{
    /// <summary>c[i * rowStride + j * columnStride] (+)= tile[i * width + j] for i below <paramref name="rows"/> and j below <paramref name="columns"/>.</summary>
    public static void CopyTo(T* c, long rowStride, long columnStride, T* tile, long width, long rows, long columns, bool accumulate)
    {
        if (typeof(T) == typeof(float))
            Copy((float*)c, rowStride, columnStride, (float*)tile, width, rows, columns, accumulate);
        else
            Copy((double*)c, rowStride, columnStride, (double*)tile, width, rows, columns, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<S>(S* c, long rowStride, long columnStride, S* tile, long width, long rows, long columns, bool accumulate)
        where S : unmanaged, INumber<S>
    {
        long stride = width, inner = columns, outer = rows;
        (long outerTile, long innerTile, long outerC, long innerC) = (stride, 1, rowStride, columnStride);
        if (columnStride != 1)
            (outerTile, innerTile, outerC, innerC, outer, inner) = (1, stride, columnStride, rowStride, columns, rows);
        for (long i = 0; i < outer; i++)
        {
            var target = c + i * outerC;
            var source = tile + i * outerTile;
            if (accumulate)
                for (long j = 0; j < inner; j++)
                    target[j * innerC] += source[j * innerTile];
            else
                for (long j = 0; j < inner; j++)
                    target[j * innerC] = source[j * innerTile];
        }
    }
}
