using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The gradient of the filters: gradient[filter, (channel, tap)] = Σ outputGradient[filter, position] windows[(channel, tap), position],
/// over the positions of all images. The positions are divided into boxes, and the boxes into splits, by the shapes alone;
/// each split has its own sums, which are added in order, so the bits do not depend on the number of threads.
/// </summary>
internal sealed unsafe class FilterGradient<T> : ParallelWork where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long DepthBlock = 384;
    private const long Tasks = 32;
    private const long ColumnsATask = 512;
    private const long PartialBytes = 64 << 20;

    [ThreadStatic]
    private static FilterGradient<T>? t_idle;

    private readonly SumOfSplits _summing;

    private CorrelationAxis _depth, _height, _width;
    private long _images, _groups, _channels, _filters, _taps;
    private T* _input, _outputGradient, _gradient;

    private Boxes _boxes;
    private Band<T> _band;
    private Tiles _tiles;
    private int _vectors;
    private long _columns, _columnStep, _columnParts, _splits, _channelsATask;
    private nint* _offsets;
    private T* _partial;

    private FilterGradient() => _summing = new SumOfSplits(this);

    /// <summary>Overwrites <paramref name="gradient"/> with the gradient of the filters.</summary>
    public static void Run(in ConvolutionShape s, T* input, T* outputGradient, T* gradient, int threads)
    {
        var call = t_idle ?? new FilterGradient<T>();
        t_idle = null;
        try
        {
            call._depth = CorrelationAxis.Forward(s.Depth, s.Flip);
            call._height = CorrelationAxis.Forward(s.Height, s.Flip);
            call._width = CorrelationAxis.Forward(s.Width, s.Flip);
            (call._images, call._groups) = (s.Images, s.Groups);
            (call._channels, call._filters, call._taps) = (s.Channels / s.Groups, s.Filters / s.Groups, s.FilterSize);
            call._input = input;
            call._outputGradient = outputGradient;
            call._gradient = gradient;
            call.Run(threads);
        }
        finally
        {
            t_idle = call;
        }
    }

    private long GradientSize => _groups * _filters * _columns;

    private void Run(int threads)
    {
        _columns = _channels * _taps;
        if (GradientSize == 0)
            return;
        if (_images * _depth.Count * _height.Count * _width.Count == 0)
        {
            for (long i = 0; i < GradientSize; i++)
                _gradient[i] = default;
            return;
        }
        Plan();
        using var offsets = Scratch.Rent(_columns * sizeof(nint));
        using var partial = Scratch.Rent(_splits == 1 ? 0 : _splits * GradientSize * sizeof(T));
        _offsets = (nint*)offsets.Pointer;
        _partial = _splits == 1 ? _gradient : (T*)partial.Pointer;
        for (long i = 0; i < _columns; i++)
            _offsets[i] = (nint)((i / _taps * _band.ChannelPitch + TapOffset(i % _taps)) * sizeof(T));
        WorkerPool.Shared.For(this, _groups * _splits * _columnParts, 1, threads);
        if (_splits > 1)
            WorkerPool.Shared.For(_summing, GradientSize, 16384, threads);
    }

    private void Plan()
    {
        _boxes = new Boxes(_images, _depth.Count, _height.Count, _width.Count, DepthBlock);
        _vectors = Lanes.TileRows == 12 && _filters <= 6 ? 4 : 2;
        var width = _vectors * Lanes.Count<T>();
        _tiles = new Tiles(_filters);
        _columnParts = DivideUp(_columns, ColumnsATask);
        _columnStep = DivideUp(DivideUp(_columns, _columnParts), width) * width;
        _columnParts = DivideUp(_columns, _columnStep);
        _splits = Math.Max(1, Math.Min(Math.Min(_boxes.Count, DivideUp(Tasks, _groups * _columnParts)), PartialBytes / (GradientSize * sizeof(T))));
        _channelsATask = Math.Min(_channels, (_columnStep - 1) / _taps + 2);
        _band = new Band<T>(_depth, _height, _width, _boxes, _channelsATask);
    }

    private long TapOffset(long tap) =>
        _band.TapOffset(tap / (_height.Taps * _width.Taps), tap / _width.Taps % _height.Taps, tap % _width.Taps);

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
        using var gradientMemory = Scratch.Rent((deepest * _filters + lanes) * sizeof(T));
        T* band = (T*)bandMemory.Pointer, strip = (T*)stripMemory.Pointer, packed = (T*)gradientMemory.Pointer;
        var sums = _partial + split * GradientSize + group * _filters * _columns;
        var inputSize = _depth.Source * _height.Source * _width.Source;
        long channel = columnBegin / _taps, channels = (columnEnd - 1) / _taps + 1 - channel;
        long first = _boxes.Count * split / _splits, last = _boxes.Count * (split + 1) / _splits;
        for (var i = first; i < last; i++)
        {
            var box = _boxes[i];
            _band.Fill(_input + (group * _channels + channel) * inputSize, _groups * _channels * inputSize, channels, box, band);
            PackOutputGradient(group, box, packed);
            for (var column = columnBegin; column < columnEnd; column += _vectors * lanes)
            {
                var columns = Math.Min(_vectors * lanes, columnEnd - column);
                var vectors = (int)DivideUp(columns, lanes);
                vectors = vectors == 3 ? 4 : vectors;
                PackStrip(box, column, columns, vectors, (byte*)band - channel * _band.ChannelPitch * sizeof(T), strip);
                Multiply(box.Count, packed, strip, vectors, sums + column, columns, accumulate: i > first);
            }
        }
    }

    // Tile after tile of filters: packed[position * height + filter].
    private void PackOutputGradient(long group, in Box box, T* packed)
    {
        var outputSize = _depth.Count * _height.Count * _width.Count;
        var start = (box.DepthBegin * _height.Count + box.RowBegin) * _width.Count + box.ColumnBegin;
        for (long tile = 0; tile < _tiles.Count; tile++)
            for (var image = box.ImageBegin; image < box.ImageEnd; image++)
            {
                var filter = (image * _groups + group) * _filters + _tiles.Row(tile);
                var height = _tiles.Height(tile);
                Panel<T>.Pack(
                    _outputGradient + filter * outputSize + start, outputSize, 1, height, box.PerImage,
                    packed + _tiles.Row(tile) * box.Count + (image - box.ImageBegin) * box.PerImage * height, height);
            }
    }

    // strip[position * width + column]: each row of an image is transposed in whole blocks; the lanes beyond its end
    // are overwritten by the next row.
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
            for (long position = 0; position < box.Count; position += box.Width)
                kernel(
                    (nint)DivideUp(box.Width, lanes), band + BandStrip<T>.Locate(_band, box, position).Offset * sizeof(T),
                    _offsets + column + vector * lanes, (byte*)(strip + position * width + vector * lanes), width * sizeof(T));
        }
    }

    [SkipLocalsInit]
    private void Multiply(long depth, T* packed, T* strip, int vectors, T* sums, long columns, bool accumulate)
    {
        nint width = vectors * Lanes.Bytes;
        var sum = stackalloc byte[Lanes.TileRows * vectors * Lanes.Bytes];
        for (long tile = 0; tile < _tiles.Count; tile++)
        {
            var height = _tiles.Height(tile);
            var a = (byte*)(packed + _tiles.Row(tile) * depth);
            var c = sums + _tiles.Row(tile) * _columns;
            var kernel = MicroKernels<T>.Get(height, vectors);
            if (columns * sizeof(T) == width)
                kernel((nint)depth, a, sizeof(T), height * sizeof(T), (byte*)strip, width, (byte*)c, (nint)(_columns * sizeof(T)), accumulate);
            else
            {
                kernel((nint)depth, a, sizeof(T), height * sizeof(T), (byte*)strip, width, sum, width, false);
                Tile<T>.CopyTo(c, _columns, 1, (T*)sum, width / sizeof(T), height, columns, accumulate);
            }
        }
    }

    private static long DivideUp(long x, long y) => (x + y - 1) / y;

    private sealed class SumOfSplits(FilterGradient<T> call) : ParallelWork
    {
        protected internal override void Execute(long begin, long end)
        {
            var size = call.GradientSize;
            for (var i = begin; i < end; i++)
                call._gradient[i] = call._partial[i];
            for (long split = 1; split < call._splits; split++)
                Add(call._gradient + begin, call._partial + split * size + begin, end - begin);
        }

        // Bounds: whole vectors, then the elements that are left.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Add(T* target, T* source, long count)
        {
            long i = 0;
            for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
                Vector.Store(Vector.Load(target + i) + Vector.Load(source + i), target + i);
            for (; i < count; i++)
                target[i] += source[i];
        }
    }
}
