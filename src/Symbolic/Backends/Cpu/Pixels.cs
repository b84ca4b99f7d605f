using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// A window of an image with the channels of each pixel side by side, as whole vectors: element [row, column, channel], the channels filled up with zeros.
/// A window may reach beyond the image, where it is zero. What is moved goes a vector of channels at a time, so that few planes are read or written at once.
/// </summary>
internal readonly unsafe struct Pixels<T>(long rows, long columns, long channels) where T : unmanaged
{
    /// <summary>Elements from one pixel to the next.</summary>
    public long Pitch { get; } = Blocks.Count(channels, Lanes.Count<T>()) * Lanes.Count<T>();

    /// <summary>Elements from one row to the next.</summary>
    public long RowPitch => columns * Pitch;

    /// <summary>Elements of a window.</summary>
    public long Size => rows * RowPitch;

    /// <summary>Fills the window from planes of height x width, one a channel; its first pixel is (<paramref name="row"/>, <paramref name="column"/>).</summary>
    public void Fill(T* planes, long height, long width, long row, long column, T* window)
    {
        var (left, right) = Inside(column, columns, width);
        var (top, bottom) = Inside(row, rows, height);
        Clear(window, top * RowPitch);
        for (var r = top; r < bottom; r++)
        {
            Clear(window + r * RowPitch, left * Pitch);
            Clear(window + r * RowPitch + right * Pitch, (columns - right) * Pitch);
        }
        Clear(window + bottom * RowPitch, (rows - bottom) * RowPitch);

        var (runs, run) = Runs(bottom - top, right - left, width);
        var offsets = stackalloc nint[Lanes.Count<T>()];
        for (var i = 0; i < Lanes.Count<T>(); i++)
            offsets[i] = (nint)(i * height * width * sizeof(T));
        for (long channel = 0; channel < channels; channel += Lanes.Count<T>())
            for (long r = 0; r < runs; r++)
                Load(
                    planes + channel * height * width + (row + top + r) * width + column + left, offsets, (int)Math.Min(Lanes.Count<T>(), channels - channel), run,
                    window + (top + r) * RowPitch + left * Pitch + channel);
    }

    /// <summary>Writes the part of the window that lies in the planes; its first pixel is (<paramref name="row"/>, <paramref name="column"/>), not before theirs.</summary>
    public void CopyTo(T* planes, long height, long width, long row, long column, T* window)
    {
        var (runs, run) = Runs(Math.Min(rows, height - row), Math.Min(columns, width - column), width);
        var offsets = stackalloc nint[Lanes.Count<T>()];
        for (var i = 0; i < Lanes.Count<T>(); i++)
            offsets[i] = (nint)(Math.Min(i, run - 1) * Pitch * sizeof(T));
        for (long channel = 0; channel < channels; channel += Lanes.Count<T>())
            for (long r = 0; r < runs; r++)
                Store(
                    window + r * RowPitch + channel, offsets, run, Math.Min(Lanes.Count<T>(), channels - channel),
                    planes + channel * height * width + (row + r) * width + column, height * width);
    }

    // Rows that follow each other without a gap on both sides are one run.
    private (long Runs, long Run) Runs(long high, long wide, long width) => wide == width && wide == columns ? (Math.Min(high, 1), high * wide) : (high, wide);

    // The last pixels of a run are moved together with the ones before them, as a whole vector; a run shorter than a vector goes element by element.
    private void Load(T* source, nint* offsets, int lanes, long run, T* target)
    {
        var w = Lanes.Count<T>();
        if (run >= w)
        {
            var kernel = TransposeKernels<T>.Get(lanes);
            kernel((nint)(run / w), (byte*)source, offsets, (byte*)target, (nint)(Pitch * sizeof(T)), Lanes.Bytes);
            if (run % w > 0)
                kernel(1, (byte*)(source + run - w), offsets, (byte*)(target + (run - w) * Pitch), (nint)(Pitch * sizeof(T)), Lanes.Bytes);
        }
        else
            for (long pixel = 0; pixel < run; pixel++)
                for (var lane = 0; lane < w; lane++)
                    target[pixel * Pitch + lane] = lane < lanes ? *(T*)((byte*)(source + pixel) + offsets[lane]) : default;
    }

    // As Load; what does not fill whole vectors of whole planes goes over the stack.
    private void Store(T* source, nint* offsets, long run, long lanes, T* target, long planeSize)
    {
        var w = Lanes.Count<T>();
        var tile = stackalloc T[w * w];
        var kernel = TransposeKernels<T>.Get(w);
        for (long done = 0; done < run; done += w)
        {
            var first = Math.Max(0, Math.Min(done, run - w));
            if (run >= w && lanes == w)
                kernel(1, (byte*)(source + first * Pitch), offsets, (byte*)(target + first), (nint)(planeSize * sizeof(T)), Lanes.Bytes);
            else
            {
                kernel(1, (byte*)source + first * Pitch * sizeof(T), offsets, (byte*)tile, w * sizeof(T), Lanes.Bytes);
                Tile<T>.CopyTo(target + first, planeSize, 1, tile, w, lanes, Math.Min(w, run), accumulate: false);
            }
        }
    }

    // The indices i below count for which begin + i lies in the image.
    private static (long First, long End) Inside(long begin, long count, long length)
    {
        var first = Math.Clamp(-begin, 0, count);
        return (first, Math.Clamp(length - begin, first, count));
    }

    private static void Clear(T* target, long count) => Unsafe.InitBlockUnaligned(target, 0, checked((uint)(count * sizeof(T))));
}
