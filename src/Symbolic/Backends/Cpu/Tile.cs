using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>Rows in tiles of nearly equal height: 20 rows are 10 and 10, not 12 and 8.</summary>
internal readonly struct Tiles
{
    private readonly long _height, _tall;

    public Tiles(long rows)
    {
        Count = (rows + Lanes.TileRows - 1) / Lanes.TileRows;
        (_height, _tall) = rows == 0 ? (0, 0) : Math.DivRem(rows, Count);
    }

    /// <summary>How many tiles there are.</summary>
    public long Count { get; }

    /// <summary>The first row of a tile.</summary>
    public long Row(long tile) => tile * _height + Math.Min(tile, _tall);

    /// <summary>The rows of a tile.</summary>
    public int Height(long tile) => (int)(tile < _tall ? _height + 1 : _height);
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

    /// <summary>c[i * rowStride + offsets[j]] (+)= tile[i * width + j] for i below <paramref name="rows"/> and j below <paramref name="columns"/>.</summary>
    public static void Scatter(T* c, long rowStride, long* offsets, T* tile, long width, long rows, long columns, bool accumulate)
    {
        if (typeof(T) == typeof(float))
            Scattered((float*)c, rowStride, offsets, (float*)tile, width, rows, columns, accumulate);
        else
            Scattered((double*)c, rowStride, offsets, (double*)tile, width, rows, columns, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scattered<S>(S* c, long rowStride, long* offsets, S* tile, long width, long rows, long columns, bool accumulate)
        where S : unmanaged, INumber<S>
    {
        for (long i = 0; i < rows; i++, c += rowStride, tile += width)
            if (accumulate)
                for (long j = 0; j < columns; j++)
                    c[offsets[j]] += tile[j];
            else
                for (long j = 0; j < columns; j++)
                    c[offsets[j]] = tile[j];
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
