using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The gradient of the filters: gradient[filter, (channel, tap)] = Σ outputGradient[filter, position] windows[(channel, tap), position],
/// over the positions of all images. The positions are divided into boxes, and the boxes into splits, by the shapes alone;
/// each split has its own sums, which are added in order, so the bits do not depend on the number of threads.
/// </summary>
internal sealed unsafe class FilterGradient<T> : KeptWork<FilterGradient<T>> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly long DepthBlock = Lanes.Bytes == 64 ? 384 : 256;
    private const long Tasks = 32;
    private const long ColumnsATask = 512;
    private const long PartialBytes = 64 << 20;

    private readonly SumOfSplits<T> _summing = new();

    private ConvolutionShape _shape;
    private T* _input, _outputGradient, _gradient;

    private Boxes _boxes;
    private Band<T> _band;
    private Tiles _tiles;
    private int _vectors;
    private long _columns, _columnStep, _columnParts, _splits, _channelsATask;
    private nint* _offsets;
    private T* _partial;

    /// <summary>Overwrites <paramref name="gradient"/> with the gradient of the filters.</summary>
    public static void Run(in ConvolutionShape s, T* input, T* outputGradient, T* gradient, int threads)
    {
        using var call = Rent();
        call._shape = s;
        call._input = input;
        call._outputGradient = outputGradient;
        call._gradient = gradient;
        call.Run(threads);
    }

    private long GradientSize => _shape.Filters * _columns;

    private void Run(int threads)
    {
        Plan();
        using var offsets = Scratch.Rent(_columns * sizeof(nint));
        using var partial = Scratch.Rent(_splits == 1 ? 0 : _splits * GradientSize * sizeof(T));
        _offsets = (nint*)offsets.Pointer;
        _partial = _splits == 1 ? _gradient : (T*)partial.Pointer;
        for (long i = 0; i < _columns; i++)
            _offsets[i] = (nint)((i / _shape.FilterSize * _band.ChannelPitch + _band.TapOffset(i % _shape.FilterSize)) * sizeof(T));
        WorkerPool.Shared.For(this, _shape.Groups * _splits * _columnParts, 1, threads);
        if (_splits > 1)
            _summing.Run(_gradient, _partial, GradientSize, _splits, threads);
    }

    private void Plan()
    {
        _columns = _shape.GroupChannels * _shape.FilterSize;
        _boxes = new Boxes(_shape.Images, _shape.Depth.Output, _shape.Height.Output, _shape.Width.Output, DepthBlock);
        _vectors = Lanes.VectorsOfTile(_shape.GroupFilters);
        var width = _vectors * Lanes.Count<T>();
        _tiles = new Tiles(_shape.GroupFilters);
        _columnParts = Blocks.Count(_columns, ColumnsATask);
        _columnStep = Blocks.Count(Blocks.Count(_columns, _columnParts), width) * width;
        _columnParts = Blocks.Count(_columns, _columnStep);
        _splits = Math.Max(1, Math.Min(Math.Min(_boxes.Count, Blocks.Count(Tasks, _shape.Groups * _columnParts)), PartialBytes / (GradientSize * sizeof(T))));
        _channelsATask = Math.Min(_shape.GroupChannels, (_columnStep - 1) / _shape.FilterSize + 2);
        _band = new Band<T>(_shape, _boxes, _channelsATask);
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        for (var task = begin; task < end; task++)
        {
            var (rest, part) = Math.DivRem(task, _columnParts);
            var (group, split) = Math.DivRem(rest, _splits);
            RunSplit(group, split, part * _columnStep, Math.Min(_columns, (part + 1) * _columnStep));
        }
    }

    private void RunSplit(long group, long split, long columnBegin, long columnEnd)
    {
        var lanes = Lanes.Count<T>();
        var deepest = _boxes.ImageStep * _boxes.DepthStep * _boxes.RowStep * _boxes.ColumnStep;
        using var bandMemory = Scratch.Rent(_band.Size * sizeof(T));
        using var stripMemory = Scratch.Rent((deepest + lanes) * _vectors * Lanes.Bytes);
        using var gradientMemory = Scratch.Rent(_boxes.ImageStep == 1 ? 0 : (deepest * _shape.GroupFilters + lanes) * sizeof(T));
        T* band = (T*)bandMemory.Pointer, strip = (T*)stripMemory.Pointer, packed = (T*)gradientMemory.Pointer;
        var sums = _partial + split * GradientSize + group * _shape.GroupFilters * _columns;
        var taps = _shape.FilterSize;
        long channel = columnBegin / taps, channels = (columnEnd - 1) / taps + 1 - channel;
        long first = _boxes.Count * split / _splits, last = _boxes.Count * (split + 1) / _splits;
        for (var i = first; i < last; i++)
        {
            var box = _boxes[i];
            _band.Fill(_input, group * _shape.GroupChannels + channel, channels, box, band);
            if (packed != null)
                PackOutputGradient(group, box, packed);
            for (var column = columnBegin; column < columnEnd; column += _vectors * lanes)
            {
                var columns = Math.Min(_vectors * lanes, columnEnd - column);
                var vectors = Lanes.VectorsFor<T>(columns);
                PackStrip(box, column, columns, vectors, (byte*)band - channel * _band.ChannelPitch * sizeof(T), strip);
                Multiply(group, box, packed, strip, vectors, sums + column, columns, accumulate: i > first);
            }
        }
    }

    private T* OutputGradient(long image, long group, in Box box) =>
        _outputGradient + (image * _shape.Filters + group * _shape.GroupFilters) * _shape.OutputSize
        + (box.DepthBegin * _shape.Height.Output + box.RowBegin) * _shape.Width.Output + box.ColumnBegin;

    // Where a box has several images, tile after tile of filters: packed[position * height + filter].
    private void PackOutputGradient(long group, in Box box, T* packed)
    {
        for (long tile = 0; tile < _tiles.Count; tile++)
            for (var image = box.ImageBegin; image < box.ImageEnd; image++)
            {
                var height = _tiles.Height(tile);
                Panel<T>.Pack(
                    OutputGradient(image, group, box) + _tiles.Row(tile) * _shape.OutputSize, _shape.OutputSize, 1, height, box.PerImage,
                    packed + _tiles.Row(tile) * box.Count + (image - box.ImageBegin) * box.PerImage * height, height);
            }
    }

    // strip[position * width + column]: each row of an image is transposed in whole blocks; the lanes beyond its end
    // are overwritten by the next row. Rows of one block each go together.
    private void PackStrip(in Box box, long column, long columns, int vectors, byte* band, T* strip)
    {
        var lanes = Lanes.Count<T>();
        var width = vectors * lanes;
        for (long vector = 0; vector < vectors; vector++)
        {
            var rows = (int)Math.Min(lanes, columns - vector * lanes);
            if (rows <= 0)
                continue;
            var kernel = TransposeKernels<T>.Get(rows);
            var together = box.Width == lanes ? box.Rows : 1;
            var step = together == 1 ? Lanes.Bytes : (nint)_band.LineOffset(box, 1) * sizeof(T);
            for (long line = 0; line * box.Width < box.Count; line += together)
                kernel(
                    (nint)(together * Blocks.Count(box.Width, lanes)), band + _band.LineOffset(box, line) * sizeof(T),
                    _offsets + column + vector * lanes, (byte*)(strip + line * box.Width * width + vector * lanes), width * sizeof(T), step);
        }
    }

    [SkipLocalsInit]
    private void Multiply(long group, in Box box, T* packed, T* strip, int vectors, T* sums, long columns, bool accumulate)
    {
        var depth = (nint)box.Count;
        nint width = vectors * Lanes.Bytes;
        var sum = stackalloc byte[Lanes.TileRows * vectors * Lanes.Bytes];
        for (long tile = 0; tile < _tiles.Count; tile++)
        {
            var (row, height) = (_tiles.Row(tile), _tiles.Height(tile));
            var direct = packed == null;
            var a = (byte*)(direct ? OutputGradient(box.ImageBegin, group, box) + row * _shape.OutputSize : packed + row * depth);
            var stride = (nint)(direct ? _shape.OutputSize : height) * sizeof(T);
            var c = sums + row * _columns;
            var kernel = MicroKernels<T>.Get(height, vectors, direct ? LayoutOfA.Rows : LayoutOfA.Columns);
            if (columns * sizeof(T) == width)
                kernel(depth, a, stride, (byte*)strip, width, (byte*)c, (nint)(_columns * sizeof(T)), accumulate);
            else
            {
                kernel(depth, a, stride, (byte*)strip, width, sum, width, false);
                Tile<T>.CopyTo(c, _columns, 1, (T*)sum, width / sizeof(T), height, columns, accumulate);
            }
        }
    }
}
