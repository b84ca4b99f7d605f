using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// Convolution as the implicit matrix product output[filter, position] = Σ filters[filter, (channel, tap)] windows[(channel, tap), position]:
/// the windows are packed strip by strip from a padded <see cref="Band{T}"/> of the input and never exist as a whole.
/// The order of each sum depends on the shapes alone.
/// </summary>
internal sealed unsafe class ForwardConvolution<T> : KeptWork<ForwardConvolution<T>> where T : unmanaged
{
    private static readonly long DepthBlock = Lanes.Bytes == 64 ? 384 : 256;
    private const long LargestBox = 1024;
    private const long SmallestBox = 64;
    private const int TasksPerThread = 4;

    private readonly PackingOfFilters _packing;

    private ConvolutionShape _shape;
    private T* _input, _filters, _output;
    private ConvolutionEpilogue? _epilogue;

    private long _outputSize, _taps, _channelsABlock, _tapsABlock, _tapBlocks, _blocks;
    private Boxes _boxes;
    private Band<T> _band;
    private Tiles _tiles;
    private int _vectors;
    private long _tilesATask, _tileParts, _packedTile;
    private long* _tapOffsets;
    private T* _packed;

    public ForwardConvolution() => _packing = new PackingOfFilters(this);

    /// <summary>Overwrites <paramref name="output"/>, which is not empty, with the convolution.</summary>
    public static void Run(in ConvolutionShape shape, T* input, T* filters, T* output, ConvolutionEpilogue? epilogue, int threads)
    {
        using var call = Rent();
        (call._shape, call._epilogue) = (shape, epilogue);
        call._input = input;
        call._filters = filters;
        call._output = output;
        call.Run(threads);
    }

    /// <inheritdoc/>
    protected override void Forget() => _epilogue = null;

    private void Run(int threads)
    {
        Plan(threads);
        var table = _channelsABlock * _taps;
        using var tapOffsets = Scratch.Rent(table * sizeof(long));
        using var packed = Scratch.Rent(_shape.Groups * _blocks * _tiles.Count * _packedTile * sizeof(T));
        _tapOffsets = (long*)tapOffsets.Pointer;
        _packed = (T*)packed.Pointer;
        for (long i = 0; i < table; i++)
            _tapOffsets[i] = (i / _taps * _band.ChannelPitch + _band.TapOffset(i % _taps)) * sizeof(T);
        WorkerPool.Shared.For(_packing, _shape.Groups * _blocks * _tiles.Count, Math.Max(1, 32768 / _packedTile), threads);
        WorkerPool.Shared.For(this, _shape.Groups * _boxes.Count * _tileParts, 1, threads);
    }

    // Blocks of the depth are whole channels, or parts of one channel where its filter is larger than a block.
    private void Plan(int threads)
    {
        (_outputSize, _taps) = (_shape.OutputSize, _shape.FilterSize);
        _channelsABlock = Blocks.EvenSize(_shape.GroupChannels, DepthBlock / _taps);
        _tapsABlock = Blocks.EvenSize(_taps, DepthBlock);
        _tapBlocks = Blocks.Count(_taps, _tapsABlock);
        _blocks = Blocks.Count(_shape.GroupChannels, _channelsABlock) * _tapBlocks;

        var positions = _shape.Groups * _shape.Images * _outputSize;
        var size = Math.Clamp(positions / ((long)threads * TasksPerThread), SmallestBox, LargestBox);
        _boxes = new Boxes(_shape.Images, _shape.Depth.Output, _shape.Height.Output, _shape.Width.Output, size);
        _band = new Band<T>(_shape, _boxes, _channelsABlock);

        _vectors = Lanes.VectorsOfTile(_shape.GroupFilters);
        _tiles = new Tiles(_shape.GroupFilters);
        _packedTile = _channelsABlock * _tapsABlock * Lanes.TileRows + Lanes.Count<T>();
        _tileParts = threads == 1 ? 1 : Math.Clamp(threads * 2 / (_shape.Groups * _boxes.Count), 1, _tiles.Count);
        _tilesATask = Blocks.Count(_tiles.Count, _tileParts);
        _tileParts = Blocks.Count(_tiles.Count, _tilesATask);
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        var bandBytes = Blocks.Count(_band.Size * sizeof(T), 64) * 64;
        var stripBytes = _channelsABlock * _tapsABlock * _vectors * Lanes.Bytes + Lanes.Bytes;
        using var scratch = Scratch.Rent(bandBytes + stripBytes);
        for (var task = begin; task < end; task++)
        {
            var (rest, part) = Math.DivRem(task, _tileParts);
            var (group, box) = Math.DivRem(rest, _boxes.Count);
            RunBox(new Job(this, group, _boxes[box], part * _tilesATask), (T*)scratch.Pointer, (T*)(scratch.Pointer + bandBytes));
        }
    }

    private void RunBox(in Job job, T* band, T* strip)
    {
        var width = _vectors * Lanes.Count<T>();
        for (long block = 0; block < _blocks; block++)
        {
            var channel = block / _tapBlocks * _channelsABlock;
            var channels = Math.Min(_channelsABlock, _shape.GroupChannels - channel);
            var tap = block % _tapBlocks * _tapsABlock;
            var depth = channels * Math.Min(_tapsABlock, _taps - tap);
            if (tap == 0)
                _band.Fill(_input, job.Group * _shape.GroupChannels + channel, channels, job.Box, band);
            for (long first = 0; first < job.Box.Count; first += width)
                RunStrip(job, block, tap, depth, first, band, strip);
        }
        _epilogue?.Run(
            job.Box.ImageBegin, job.Box.ImageEnd, job.FirstFilter + _tiles.Row(job.TileBegin), job.FirstFilter + _tiles.Row(job.TileEnd),
            job.FirstPosition, job.FirstPosition + job.Box.PerImage);
    }

    [SkipLocalsInit]
    private void RunStrip(in Job job, long block, long tap, long depth, long first, T* band, T* strip)
    {
        var columns = Math.Min(_vectors * Lanes.Count<T>(), job.Box.Count - first);
        var vectors = Lanes.VectorsFor<T>(columns);
        nint width = vectors * Lanes.Bytes;
        Unsafe.SkipInit(out BandStrip<T> moves);
        moves.Set(_band, job.Box, first, columns);
        moves.Pack((byte*)band, _tapOffsets + tap, depth, (byte*)strip, width);

        // The strip's first position in the output's first channel of the group, and the other positions seen from there.
        var (image, position) = Math.DivRem(first, job.Box.PerImage);
        var output = _output + ((job.Box.ImageBegin + image) * _shape.Filters + job.FirstFilter) * _outputSize + job.FirstPosition + position;
        var whole = position + columns <= job.Box.PerImage && columns * sizeof(T) == width;
        var offsets = stackalloc long[BandStrip<T>.MaximumColumns];
        var tile = stackalloc byte[Lanes.TileRows * vectors * Lanes.Bytes];
        if (!whole)
            SetOffsets(job.Box, position, columns, offsets);

        for (var i = job.TileBegin; i < job.TileEnd; i++)
        {
            var height = _tiles.Height(i);
            var a = (byte*)(_packed + ((job.Group * _blocks + block) * _tiles.Count + i) * _packedTile);
            var c = output + _tiles.Row(i) * _outputSize;
            var kernel = MicroKernels<T>.Get(height, vectors, LayoutOfA.Columns);
            if (whole)
                kernel((nint)depth, a, height * sizeof(T), (byte*)strip, width, (byte*)c, (nint)(_outputSize * sizeof(T)), block > 0);
            else
            {
                kernel((nint)depth, a, height * sizeof(T), (byte*)strip, width, tile, width, false);
                Tile<T>.Scatter(c, _outputSize, offsets, (T*)tile, width / sizeof(T), height, columns, block > 0);
            }
        }
    }

    // A strip that ends with its box, or crosses from image to image.
    private void SetOffsets(in Box box, long position, long columns, long* offsets)
    {
        for (long j = 0, at = 0, left = box.PerImage - position; j < columns; j++, at++, left--)
        {
            if (left == 0)
            {
                at += _shape.Filters * _outputSize - box.PerImage;
                left = box.PerImage;
            }
            offsets[j] = at;
        }
    }

    // What one task computes: the tiles of filters of a group from TileBegin on, at the positions of a box.
    private readonly struct Job(ForwardConvolution<T> call, long group, Box box, long tileBegin)
    {
        public readonly long Group = group;
        public readonly Box Box = box;
        public readonly long TileBegin = tileBegin;
        public readonly long TileEnd = Math.Min(call._tiles.Count, tileBegin + call._tilesATask);
        public readonly long FirstFilter = group * call._shape.GroupFilters;
        public readonly long FirstPosition =
            (box.DepthBegin * call._shape.Height.Output + box.RowBegin) * call._shape.Width.Output + box.ColumnBegin;
    }

    // Tile after tile, packed[(channel, tap) * height + filter].
    private sealed class PackingOfFilters(ForwardConvolution<T> call) : ParallelWork
    {
        protected internal override void Execute(long begin, long end)
        {
            var shape = call._shape;
            for (var i = begin; i < end; i++)
            {
                var (rest, tile) = Math.DivRem(i, call._tiles.Count);
                var (group, block) = Math.DivRem(rest, call._blocks);
                var channel = block / call._tapBlocks * call._channelsABlock;
                var tap = block % call._tapBlocks * call._tapsABlock;
                var depth = Math.Min(call._channelsABlock, shape.GroupChannels - channel) * Math.Min(call._tapsABlock, call._taps - tap);
                var filter = shape.GroupChannels * call._taps;
                Panel<T>.Pack(
                    call._filters + (group * shape.GroupFilters + call._tiles.Row(tile)) * filter + channel * call._taps + tap, filter, 1,
                    call._tiles.Height(tile), depth, call._packed + i * call._packedTile, call._tiles.Height(tile));
            }
        }
    }
}
