using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The positions of one strip of columns as vector moves from a <see cref="Band{T}"/>: neighbouring positions of an image row are contiguous
/// there, so a strip is a few runs, the same for every tap. A move may carry lanes beyond its run; the next move,
/// or the first of the next tap, overwrites them.
/// </summary>
internal unsafe struct BandStrip<T> where T : unmanaged
{
    /// <summary>The most positions of a strip.</summary>
    public const int MaximumColumns = 64;

    private fixed long _from[MaximumColumns];
    private fixed long _to[MaximumColumns];
    private int _moves;

    /// <summary>Sets the strip to <paramref name="columns"/> positions of the box, from position <paramref name="first"/> on.</summary>
    public void Set(in Band<T> band, in Box box, long first, long columns)
    {
        _moves = 0;
        var lanes = Lanes.Count<T>();
        var (line, column) = Math.DivRem(first, box.Width);
        for (long done = 0, run; done < columns; done += run, line++, column = 0)
        {
            run = Math.Min(box.Width - column, columns - done);
            var offset = band.LineOffset(box, line) + column;
            for (long lane = 0; lane < run; lane += lanes)
            {
                _from[_moves] = (offset + lane) * sizeof(T);
                _to[_moves++] = (done + lane) * sizeof(T);
            }
        }
    }

    /// <summary>
    /// Packs the strip for <paramref name="taps"/> taps: target[tap * width + j] is what the tap reads for position j.
    /// Offsets and width are in bytes; the target needs room for one vector past its end.
    /// </summary>
    public void Pack(byte* band, long* tapOffsets, long taps, byte* target, long width)
    {
        if (Lanes.Bytes == 64)
            Pack<Wide>(band, tapOffsets, taps, target, width);
        else if (Lanes.Bytes == 32)
            Pack<Middle>(band, tapOffsets, taps, target, width);
        else
            Pack<Narrow>(band, tapOffsets, taps, target, width);
    }

    // Bounds: each move reads one vector of the band and writes one of the target, at offsets that lie inside plus at most one vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Pack<TMove>(byte* band, long* tapOffsets, long taps, byte* target, long width) where TMove : struct, IMove
    {
        var end = tapOffsets + taps;
        fixed (long* from = _from, to = _to)
            switch (_moves)
            {
                case 1:
                    for (long f0 = from[0]; tapOffsets < end; tapOffsets++, target += width)
                        TMove.Copy(band + *tapOffsets + f0, target);
                    break;
                case 2:
                    for (long f0 = from[0], f1 = from[1], t1 = to[1]; tapOffsets < end; tapOffsets++, target += width)
                    {
                        var source = band + *tapOffsets;
                        TMove.Copy(source + f0, target);
                        TMove.Copy(source + f1, target + t1);
                    }
                    break;
                case 3:
                    for (long f0 = from[0], f1 = from[1], f2 = from[2], t1 = to[1], t2 = to[2]; tapOffsets < end; tapOffsets++, target += width)
                    {
                        var source = band + *tapOffsets;
                        TMove.Copy(source + f0, target);
                        TMove.Copy(source + f1, target + t1);
                        TMove.Copy(source + f2, target + t2);
                    }
                    break;
                default:
                    for (; tapOffsets < end; tapOffsets++, target += width)
                    {
                        var source = band + *tapOffsets;
                        for (var i = 0; i < _moves; i++)
                            TMove.Copy(source + from[i], target + to[i]);
                    }
                    break;
            }
    }

    private interface IMove
    {
        static abstract void Copy(byte* from, byte* to);
    }

    private readonly struct Wide : IMove
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Copy(byte* from, byte* to) => Vector512.Store(Vector512.Load(from), to);
    }

    private readonly struct Middle : IMove
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Copy(byte* from, byte* to) => Vector256.Store(Vector256.Load(from), to);
    }

    private readonly struct Narrow : IMove
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Copy(byte* from, byte* to) => Vector128.Store(Vector128.Load(from), to);
    }
}
