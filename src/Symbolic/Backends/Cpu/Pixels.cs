using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// A window of an image with the channels of each pixel side by side, as whole vectors: element [row, column, channel], the channels filled up with zeros.
/// A window may reach beyond the image, where it is zero.
/// </summary>
internal readonly unsafe struct Pixels<T>(long rows, long columns, long channels) where T : unmanaged
{
    /// <summary>Elements from one pixel to the next.</summary>
    public long Pitch { get; } = Blocks.Count(channels, Lanes.Count<T>()) * Lanes.Count<T>();

    /// <summary>Elements from one row to the next.</summary>
    public long RowPitch => columns * Pitch;

    /// <summary>Elements of a window; whoever fills it may write one vector past its end.</summary>
    public long Size => rows * RowPitch;

    /// <summary>Fills the window from planes of height x width, one a channel; its first pixel is (<paramref name="row"/>, <paramref name="column"/>).</summary>
    public void Fill(T* planes, long height, long width, long row, long column, T* window)
    {
        var (left, right) = Inside(column, columns, width);
        var (top, bottom) = Inside(row, rows, height);
        Clear(window, top * RowPitch);
        if (left == 0 && right == columns && columns == width)
            Panel<T>.Pack(planes + (row + top) * width, height * width, 1, channels, (bottom - top) * width, window + top * RowPitch, Pitch);
        else
            for (var r = top; r < bottom; r++)
            {
                var target = window + r * RowPitch;
                Clear(target, left * Pitch);
                Panel<T>.Pack(planes + (row + r) * width + column + left, height * width, 1, channels, right - left, target + left * Pitch, Pitch);
                Clear(target + right * Pitch, (columns - right) * Pitch);
            }
        Clear(window + bottom * RowPitch, (rows - bottom) * RowPitch);
    }

    /// <summary>Writes the part of the window that lies in the planes, whose first pixel is (<paramref name="row"/>, <paramref name="column"/>).</summary>
    public void CopyTo(T* planes, long height, long width, long row, long column, T* window)
    {
        var (high, wide) = (Math.Min(rows, height - row), Math.Min(columns, width - column));
        var target = planes + row * width + column;
        if (wide == width && wide == columns)
            Copy(window, high * wide, target, height * width);
        else
            for (long r = 0; r < high; r++)
                Copy(window + r * RowPitch, wide, target + r * width, height * width);
    }

    // A vector of channels at a time, so that few planes are written at once, and a vector of neighbouring pixels at a time. The last pixels
    // are written with the ones before them; what is too short for that, and channels that do not fill a vector, go over the stack.
    private void Copy(T* pixels, long count, T* planes, long planeSize)
    {
        var lanes = Lanes.Count<T>();
        var offsets = stackalloc nint[lanes];
        for (var i = 0; i < lanes; i++)
            offsets[i] = (nint)(Math.Min(i, count - 1) * Pitch * sizeof(T));
        var tile = stackalloc T[lanes * lanes];
        var kernel = TransposeKernels<T>.Get(lanes);
        for (long channel = 0; channel < channels; channel += lanes)
            for (long done = 0; done < count; done += lanes)
            {
                var first = Math.Max(0, Math.Min(done, count - lanes));
                T* source = pixels + first * Pitch + channel, target = planes + channel * planeSize + first;
                if (count >= lanes && channel + lanes <= channels)
                    kernel(1, (byte*)source, offsets, (byte*)target, (nint)(planeSize * sizeof(T)));
                else
                {
                    kernel(1, (byte*)source, offsets, (byte*)tile, lanes * sizeof(T));
                    Tile<T>.CopyTo(target, planeSize, 1, tile, lanes, Math.Min(lanes, channels - channel), Math.Min(lanes, count), accumulate: false);
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
