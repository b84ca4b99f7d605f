using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// Packs a strip of a matrix so that a micro kernel reads it front to back:
/// target[k * width + i] = source[i * laneStride + k * depthStride] for i below <c>lanes</c>, zero from there to <c>width</c>.
/// The same for A (a lane is a row) and for B (a lane is a column).
/// </summary>
internal static unsafe class Panel<T> where T : unmanaged
{
    /// <summary>Packs one strip; the target needs room for one vector past its end.</summary>
    public static void Pack(T* source, long laneStride, long depthStride, long lanes, long depth, T* target, long width)
    {
        if (depthStride == 1 && laneStride != 1)
            PackTransposed(source, laneStride, lanes, depth, target, width);
        else if (laneStride == 1)
            PackRows(source, depthStride, lanes, depth, target, width);
        else
            PackElements(source, laneStride, depthStride, lanes, 0, depth, target, width, width);
    }

    /// <summary>Packs whole strips that lie side by side in the source, each after the one before it in the target.</summary>
    public static void PackStrips(T* source, long laneStride, long depthStride, long strips, long depth, T* target, long width)
    {
        const long Group = 4;   // that share a visit to a row, which is then read in longer pieces
        if (laneStride != 1 || width * sizeof(T) % Vector256<byte>.Count != 0)
            for (long i = 0; i < strips; i++)
                Pack(source + i * width * laneStride, laneStride, depthStride, width, depth, target + i * width * depth, width);
        else
            for (long i = 0; i < strips; i += Group)
                CopyRows(
                    (byte*)(source + i * width), (nint)depthStride * sizeof(T), Math.Min(Group, strips - i),
                    (byte*)(target + i * width * depth), (nint)width * sizeof(T), (nint)depth);
    }

    private static void PackRows(T* source, long depthStride, long lanes, long depth, T* target, long width)
    {
        if (lanes == width && width * sizeof(T) % Vector256<byte>.Count == 0)
            CopyRows((byte*)source, (nint)depthStride * sizeof(T), 1, (byte*)target, (nint)width * sizeof(T), (nint)depth);
        else
            CopyPartialRows(source, depthStride, lanes, depth, target, width);
    }

    // Rows of whole vectors, in one or several strips. Bounds: each row of a strip is read and written once, from its first byte to its last.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRows(byte* source, nint stride, long strips, byte* target, nint bytes, nint depth)
    {
        for (nint k = 0; k < depth; k++, source += stride, target += bytes)
        {
            byte* from = source, to = target;
            for (long strip = 0; strip < strips; strip++, from += bytes, to += bytes * depth)
                for (nint i = 0; i < bytes; i += Vector256<byte>.Count)
                    Vector256.Load(from + i).Store(to + i);
        }
    }

    // Bounds: a row is copied in whole vectors as long as they end before the last row does; what reaches into the next row of the target
    // is written over by it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyPartialRows(T* source, long depthStride, long lanes, long depth, T* target, long width)
    {
        var last = source + (depth - 1) * depthStride + lanes;
        for (long k = 0; k < depth; k++, source += depthStride, target += width)
        {
            if (source + lanes + Vector256<T>.Count <= last)
                for (long i = 0; i < lanes; i += Vector256<T>.Count)
                    Vector256.Load(source + i).Store(target + i);
            else
                for (long i = 0; i < lanes; i++)
                    target[i] = source[i];
            for (var i = lanes; i < width; i++)
                target[i] = default;
        }
    }

    // A depth that is no multiple of the vector ends with the last whole vector once more; one that has none goes element by element.
    private static void PackTransposed(T* source, long laneStride, long lanes, long depth, T* target, long width)
    {
        var w = Lanes.Count<T>();
        if (depth < w)
        {
            PackElements(source, laneStride, 1, lanes, 0, depth, target, width, width);
            return;
        }
        var offsets = stackalloc nint[w];
        for (var i = 0; i < w; i++)
            offsets[i] = (nint)(i * laneStride * sizeof(T));
        PackBlocks(source, laneStride, offsets, lanes, depth / w, target, width);
        if (depth % w > 0)
            PackBlocks(source + depth - w, laneStride, offsets, lanes, 1, target + (depth - w) * width, width);
    }

    // The lanes go in groups of one vector. The last group goes first: where it is not full, its stores reach into the next step's first lanes,
    // which the groups after it write.
    private static void PackBlocks(T* source, long laneStride, nint* offsets, long lanes, long blocks, T* target, long width)
    {
        var w = Lanes.Count<T>();
        for (var first = (lanes - 1) / w * w; first >= 0; first -= w)
            TransposeKernels<T>.Get((int)Math.Min(w, lanes - first))(
                (nint)blocks, (byte*)(source + first * laneStride), offsets, (byte*)(target + first), (nint)(width * sizeof(T)), Lanes.Bytes);
        for (var first = (lanes + w - 1) / w * w; first < width; first += w)
            PackElements(source, laneStride, 1, 0, 0, blocks * w, target + first, width, w);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackElements(
        T* source, long laneStride, long depthStride, long lanes, long begin, long end, T* target, long width, long filled)
    {
        for (var k = begin; k < end; k++)
        {
            var row = target + k * width;
            for (long i = 0; i < lanes; i++)
                row[i] = source[i * laneStride + k * depthStride];
            for (var i = lanes; i < filled; i++)
                row[i] = default;
        }
    }
}
