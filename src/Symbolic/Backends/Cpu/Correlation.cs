using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The implicit matrix product behind convolution and the gradient of its inputs: target[channel, position] =
/// Σ filters[channel, (source channel, tap)] windows[(source channel, tap), position], where the windows are packed strip by strip
/// from a padded band of the source and never exist as a whole. The order of each sum depends on the shapes alone.
/// </summary>
internal sealed unsafe class Correlation<T> : ParallelWork where T : unmanaged
{
    private const long DepthBlock = 384;
    private const long LargestBox = 1024;
    private const long SmallestBox = 64;
    private const int TasksPerThread = 4;

    [ThreadStatic]
    private static Correlation<T>? t_idle;

    private readonly PackingOfFilters _packing;

    private CorrelationAxis _depth, _height, _width;
    private long _images, _groups, _sourceChannels, _targetChannels;
    private T* _source, _filters, _target;
    private long _filterLaneStride, _filterChannelStride;
    private ConvolutionEpilogue? _epilogue;

    private long _taps, _channelsABlock, _tapsABlock, _tapBlocks, _blocks;
    private Boxes _boxes;
    private Band<T> _band;
    private Tiles _tiles;
    private int _vectors;
    private long _tilesATask, _tileParts, _packedTile;
    private long* _tapOffsets;
    private T* _packed;

    private Correlation() => _packing = new PackingOfFilters(this);

    /// <summary>The convolution itself.</summary>
    public static void Forward(in ConvolutionShape s, T* input, T* filters, T* output, ConvolutionEpilogue? epilogue, int threads) =>
        Run(
            CorrelationAxis.Forward(s.Depth, s.Flip), CorrelationAxis.Forward(s.Height, s.Flip), CorrelationAxis.Forward(s.Width, s.Flip),
            s.Images, s.Groups, s.Channels / s.Groups, s.Filters / s.Groups, s.Channels / s.Groups * s.FilterSize, s.FilterSize,
            input, filters, output, epilogue, threads);

    /// <summary>The gradient of the inputs at one residue, modulo the strides, of each axis.</summary>
    public static void Backward(
        in ConvolutionShape s, long depthResidue, long heightResidue, long widthResidue, T* outputGradient, T* filters, T* inputGradient, int threads) =>
        Run(
            CorrelationAxis.Backward(s.Depth, s.Flip, depthResidue), CorrelationAxis.Backward(s.Height, s.Flip, heightResidue),
            CorrelationAxis.Backward(s.Width, s.Flip, widthResidue),
            s.Images, s.Groups, s.Filters / s.Groups, s.Channels / s.Groups, s.FilterSize, s.Channels / s.Groups * s.FilterSize,
            outputGradient, filters, inputGradient, null, threads);

    private static void Run(
        in CorrelationAxis depth, in CorrelationAxis height, in CorrelationAxis width, long images, long groups, long sourceChannels,
        long targetChannels, long filterLaneStride, long filterChannelStride, T* source, T* filters, T* target,
        ConvolutionEpilogue? epilogue, int threads)
    {
        if (images * groups * targetChannels * depth.Count * height.Count * width.Count == 0)
            return;
        var call = t_idle ?? new Correlation<T>();
        t_idle = null;
        try
        {
            (call._depth, call._height, call._width, call._epilogue) = (depth, height, width, epilogue);
            (call._images, call._groups, call._sourceChannels, call._targetChannels) = (images, groups, sourceChannels, targetChannels);
            (call._filterLaneStride, call._filterChannelStride) = (filterLaneStride, filterChannelStride);
            call._source = source;
            call._filters = filters;
            call._target = target;
            call.Run(threads);
        }
        finally
        {
            call._epilogue = null;
            t_idle = call;
        }
    }

    private void Run(int threads)
    {
        Plan(threads);
        var table = _channelsABlock * _taps;
        using var tapOffsets = Scratch.Rent(table * sizeof(long));
        using var packed = Scratch.Rent(_groups * _blocks * _tiles.Count * _packedTile * sizeof(T));
        _tapOffsets = (long*)tapOffsets.Pointer;
        _packed = (T*)packed.Pointer;
        for (long i = 0; i < table; i++)
            _tapOffsets[i] = (i / _taps * _band.ChannelPitch + TapOffset(i % _taps)) * sizeof(T);
        WorkerPool.Shared.For(_packing, _groups * _blocks * _tiles.Count, Math.Max(1, 32768 / _packedTile), threads);
        WorkerPool.Shared.For(this, _groups * _boxes.Count * _tileParts, 1, threads);
    }

    // Blocks of the depth are whole channels, or parts of one channel where its filter is larger than a block.
    private void Plan(int threads)
    {
        _taps = _depth.Taps * _height.Taps * _width.Taps;
        _channelsABlock = _taps == 0 || _sourceChannels == 0 ? 0 : Part(_sourceChannels, DepthBlock / _taps);
        _tapsABlock = _taps == 0 ? 0 : Part(_taps, DepthBlock);
        _tapBlocks = _taps == 0 ? 0 : DivideUp(_taps, _tapsABlock);
        _blocks = _channelsABlock == 0 ? 0 : DivideUp(_sourceChannels, _channelsABlock) * _tapBlocks;

        var positions = _images * _depth.Count * _height.Count * _width.Count;
        var box = Math.Clamp(positions * _groups / ((long)threads * TasksPerThread), SmallestBox, LargestBox);
        _boxes = new Boxes(_images, _depth.Count, _height.Count, _width.Count, box);
        _band = new Band<T>(_depth, _height, _width, _boxes, _channelsABlock);

        _vectors = Lanes.TileRows == 12 && _targetChannels <= 6 ? 4 : 2;
        _tiles = new Tiles(_targetChannels);
        _packedTile = _channelsABlock * _tapsABlock * Lanes.TileRows + Lanes.Count<T>();
        _tileParts = threads == 1 ? 1 : Math.Clamp(threads * 2 / (_groups * _boxes.Count), 1, _tiles.Count);
        _tilesATask = DivideUp(_tiles.Count, _tileParts);
        _tileParts = DivideUp(_tiles.Count, _tilesATask);
    }

    private long FilterSize => _depth.Filter * _height.Filter * _width.Filter;

    private long TapOffset(long tap) =>
        _band.TapOffset(tap / (_height.Taps * _width.Taps), tap / _width.Taps % _height.Taps, tap % _width.Taps);

    // The element of the filter that a tap is.
    private long TapElement(long tap)
    {
        var plane = _depth.FirstTap + tap / (_height.Taps * _width.Taps) * _depth.TapStep;
        var row = _height.FirstTap + tap / _width.Taps % _height.Taps * _height.TapStep;
        var column = _width.FirstTap + tap % _width.Taps * _width.TapStep;
        return (plane * _height.Filter + row) * _width.Filter + column;
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        for (var task = begin; task < end; task++)
        {
            var (rest, part) = Math.DivRem(task, _tileParts);
            var (group, box) = Math.DivRem(rest, _boxes.Count);
            var firstTile = part * _tilesATask;
            RunBox(group, _boxes[box], firstTile, Math.Min(_tiles.Count, firstTile + _tilesATask));
        }
    }

    private void RunBox(long group, in Box box, long tileBegin, long tileEnd)
    {
        var width = _vectors * Lanes.Count<T>();
        var depth = _channelsABlock * _tapsABlock;
        using var bandMemory = Scratch.Rent(_band.Size * sizeof(T));
        using var stripMemory = Scratch.Rent((depth * width + Lanes.Count<T>()) * sizeof(T));
        var band = (T*)bandMemory.Pointer;
        var channelSize = _depth.Source * _height.Source * _width.Source;
        if (_blocks == 0)
            Clear(group, box, tileBegin, tileEnd);
        for (long block = 0; block < _blocks; block++)
        {
            var channel = block / _tapBlocks * _channelsABlock;
            var channels = Math.Min(_channelsABlock, _sourceChannels - channel);
            var tap = block % _tapBlocks * _tapsABlock;
            var taps = channels * Math.Min(_tapsABlock, _taps - tap);
            if (tap == 0)
                _band.Fill(
                    _source + (group * _sourceChannels + channel) * channelSize, _groups * _sourceChannels * channelSize, channels, box, band);
            for (long first = 0; first < box.Count; first += width)
                RunStrip(group, box, tileBegin, tileEnd, block, tap, taps, first, band, (T*)stripMemory.Pointer);
        }
        if (_epilogue is not null)
        {
            var begin = (box.DepthBegin * _height.Count + box.RowBegin) * _width.Count + box.ColumnBegin;
            _epilogue.Run(
                box.ImageBegin, box.ImageEnd, group * _targetChannels + _tiles.Row(tileBegin), group * _targetChannels + _tiles.Row(tileEnd),
                begin, begin + box.PerImage);
        }
    }

    [SkipLocalsInit]
    private void RunStrip(
        long group, in Box box, long tileBegin, long tileEnd, long block, long tap, long taps, long first, T* band, T* strip)
    {
        var columns = Math.Min(_vectors * Lanes.Count<T>(), box.Count - first);
        var vectors = (int)DivideUp(columns, Lanes.Count<T>());
        vectors = vectors == 3 ? 4 : vectors;
        nint width = vectors * Lanes.Bytes;
        Unsafe.SkipInit(out BandStrip<T> moves);
        moves.Set(_band, box, first, columns);
        moves.Pack((byte*)band, _tapOffsets + tap, taps, (byte*)strip, width);

        var targetSize = _depth.Target * _height.Target * _width.Target;
        var offsets = stackalloc long[BandStrip<T>.MaximumColumns];
        var tile = stackalloc byte[Lanes.TileRows * vectors * Lanes.Bytes];
        var contiguous = _depth.AllTargets && _height.AllTargets && _width.AllTargets && first % box.PerImage + columns <= box.PerImage;
        var whole = contiguous && columns * sizeof(T) == width;
        if (!whole)
            for (long j = 0; j < columns; j++)
                offsets[j] = TargetOffset(box, first + j) - TargetOffset(box, first);

        for (var i = tileBegin; i < tileEnd; i++)
        {
            var height = _tiles.Height(i);
            var a = (byte*)(_packed + ((group * _blocks + block) * _tiles.Count + i) * _packedTile);
            var c = _target + (group * _targetChannels + _tiles.Row(i)) * targetSize + TargetOffset(box, first);
            var kernel = MicroKernels<T>.Get(height, vectors);
            if (whole)
                kernel((nint)taps, a, sizeof(T), height * sizeof(T), (byte*)strip, width, (byte*)c, (nint)(targetSize * sizeof(T)), block > 0);
            else
            {
                kernel((nint)taps, a, sizeof(T), height * sizeof(T), (byte*)strip, width, tile, width, false);
                Tile<T>.Scatter(c, targetSize, offsets, (T*)tile, width / sizeof(T), height, columns, block > 0);
            }
        }
    }

    // From channel zero of image zero to a position of the box, in the target.
    private long TargetOffset(in Box box, long position)
    {
        var (line, column) = Math.DivRem(position, box.Width);
        var (planes, row) = Math.DivRem(line, box.Rows);
        var (image, plane) = Math.DivRem(planes, box.Depth);
        var i = _depth.Start + (box.DepthBegin + plane) * _depth.Step;
        var j = _height.Start + (box.RowBegin + row) * _height.Step;
        var k = _width.Start + (box.ColumnBegin + column) * _width.Step;
        var channels = (box.ImageBegin + image) * _groups * _targetChannels * _depth.Target;
        return ((channels + i) * _height.Target + j) * _width.Target + k;
    }

    private void Clear(long group, in Box box, long tileBegin, long tileEnd)
    {
        var targetSize = _depth.Target * _height.Target * _width.Target;
        for (var channel = _tiles.Row(tileBegin); channel < _tiles.Row(tileEnd); channel++)
            for (long position = 0; position < box.Count; position++)
                _target[(group * _targetChannels + channel) * targetSize + TargetOffset(box, position)] = default;
    }

    private static long Part(long length, long size) => DivideUp(length, DivideUp(length, Math.Clamp(size, 1, length)));

    private static long DivideUp(long x, long y) => (x + y - 1) / y;

    // A tile of filters: packed[(source channel, tap) * height + target channel].
    private sealed class PackingOfFilters(Correlation<T> call) : ParallelWork
    {
        protected internal override void Execute(long begin, long end)
        {
            for (var i = begin; i < end; i++)
                Pack(i / (call._tiles.Count * call._blocks), i / call._tiles.Count % call._blocks, i % call._tiles.Count, call._packed + i * call._packedTile);
        }

        private void Pack(long group, long block, long tile, T* target)
        {
            var height = call._tiles.Height(tile);
            var channel = block / call._tapBlocks * call._channelsABlock;
            var channels = Math.Min(call._channelsABlock, call._sourceChannels - channel);
            var tap = block % call._tapBlocks * call._tapsABlock;
            var taps = Math.Min(call._tapsABlock, call._taps - tap);
            var source = call._filters + group * call._targetChannels * call._sourceChannels * call.FilterSize
                + call._tiles.Row(tile) * call._filterLaneStride + channel * call._filterChannelStride;
            if (call._depth.AllTaps && call._height.AllTaps && call._width.AllTaps && call._filterChannelStride == taps)
                Panel<T>.Pack(source, call._filterLaneStride, 1, height, channels * taps, target, height);
            else if (call._depth.AllTaps && call._height.AllTaps && call._width.AllTaps)
                for (long c = 0; c < channels; c++, source += call._filterChannelStride, target += taps * height)
                    Panel<T>.Pack(source + tap, call._filterLaneStride, 1, height, taps, target, height);
            else
                for (long c = 0; c < channels; c++, source += call._filterChannelStride)
                    for (long t = 0; t < taps; t++, target += height)
                        Panel<T>.Pack(source + call.TapElement(tap + t), call._filterLaneStride, 1, height, 1, target, height);
        }
    }
}
