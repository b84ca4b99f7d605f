using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The gradient of a convolution's input: for each image, the product windows[(channel, tap), position] = Σ filters[filter, (channel, tap)]
/// outputGradient[filter, position], whose rows are then added to the places that they were read from. The filters are packed once for all images;
/// the windows of a few channels at a time stay in the second-level cache, the channel that they are added to in the first. Every sum runs over filters, then taps, column by
/// column.
/// </summary>
internal sealed unsafe class DataGradient<T> : KeptWork<DataGradient<T>> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long WindowBytes = 256 << 10;
    private const long CollidingBytes = 4096;    // rows so far apart share one set of the first-level cache
    private const long SmallestPacking = 32768;
    private static readonly long DepthBlock = Lanes.Bytes == 64 ? 384 : 256;

    private readonly PackingOfFilters _packing;

    private ConvolutionShape _shape;
    private T* _outputGradient, _filters, _inputGradient;
    private long _taps, _outputSize, _depth, _depthStep, _channelStep, _channelBlocks, _packedBlock, _pitch, _row;
    private int _vectors;
    private bool _packsStrips;
    private T* _packed;
    private Tap* _moves;
    private T* _masks;

    public DataGradient() => _packing = new PackingOfFilters(this);

    /// <summary>Overwrites <paramref name="inputGradient"/>.</summary>
    public static void Run(in ConvolutionShape shape, T* outputGradient, T* filters, T* inputGradient, int threads)
    {
        using var call = Rent();
        call._shape = shape;
        call._outputGradient = outputGradient;
        call._filters = filters;
        call._inputGradient = inputGradient;
        call.Run(threads);
    }

    private void Run(int threads)
    {
        Plan();
        var lanes = Vector<T>.Count;
        using var table = Scratch.Rent(_taps * sizeof(Tap) + 2 * lanes * sizeof(T));
        using var packed = Scratch.Rent(_shape.Groups * _channelBlocks * _packedBlock * sizeof(T));
        _masks = (T*)table.Pointer;
        _moves = (Tap*)(_masks + 2 * lanes);
        _packed = (T*)packed.Pointer;
        Vector.Store(Vector<T>.AllBitsSet, _masks);
        Vector.Store(Vector<T>.Zero, _masks + lanes);
        // Column after column of the filter: then a vector overlaps one that was written long ago, or is the same.
        for (long i = 0; i < _taps; i++)
        {
            var (column, row) = Math.DivRem(i, _taps / _shape.Width.Filter);
            _moves[i] = new Tap(_shape, row * _shape.Width.Filter + column, _pitch, _row);
        }
        if (_depth > 0)
            WorkerPool.Shared.For(_packing, _shape.Groups * _channelBlocks, Math.Max(1, SmallestPacking / Math.Max(1, _packedBlock)), threads);
        WorkerPool.Shared.For(this, _shape.Images * _shape.Groups * _channelBlocks, 1, threads);
    }

    private void Plan()
    {
        // Where no output reads the input there are no windows.
        (_taps, _outputSize, _depth) = (_shape.FilterSize, _shape.OutputSize, _shape.GroupFilters);
        if (_depth == 0 || _outputSize == 0)
            _taps = 0;
        var lanes = Lanes.Count<T>();
        _vectors = Lanes.VectorsOfTile(_shape.GroupChannels * _taps);
        _pitch = Blocks.Count(_outputSize, _vectors * lanes) * _vectors * lanes;
        var channelBytes = Math.Max(1, _taps * _pitch * sizeof(T));
        _channelStep = Blocks.EvenSize(_shape.GroupChannels, WindowBytes / channelBytes);
        _channelBlocks = Blocks.Count(_shape.GroupChannels, _channelStep);
        _depthStep = Blocks.EvenSize(Math.Max(1, _depth), DepthBlock);
        _packedBlock = _channelStep * _taps * _depth + lanes;
        // Vectors that reach beyond a row do not touch the next one: a load of what was just stored in part would wait.
        _row = _shape.Width.Stride == 1 && _shape.Width.Output % Vector<T>.Count + _shape.Width.PadLow + _shape.Width.PadHigh > 0 ? _shape.Width.Input + Vector<T>.Count : _shape.Width.Input;
        _packsStrips = _outputSize * sizeof(T) % CollidingBytes == 0;
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        var lanes = Lanes.Count<T>();
        long windows = (_channelStep * _taps * _pitch + lanes) * sizeof(T), strip = (_depthStep * _vectors * lanes + lanes) * sizeof(T);
        using var scratch = Scratch.Rent(windows + strip + (_shape.Depth.Input * _shape.Height.Input * _row + lanes) * sizeof(T));
        for (var task = begin; task < end; task++)
        {
            var (rest, block) = Math.DivRem(task, _channelBlocks);
            var (image, group) = Math.DivRem(rest, _shape.Groups);
            var (first, channels) = (block * _channelStep, Math.Min(_channelStep, _shape.GroupChannels - block * _channelStep));
            if (_taps > 0)
                Multiply(
                    channels * _taps, _packed + (group * _channelBlocks + block) * _packedBlock, _outputGradient + (image * _shape.Filters + group * _depth) * _outputSize,
                    (T*)scratch.Pointer, (T*)(scratch.Pointer + windows));
            var gradient = _inputGradient + (image * _shape.Channels + group * _shape.GroupChannels + first) * _shape.InputSize;
            for (long channel = 0; channel < channels; channel++)
                AddTaps((T*)scratch.Pointer + channel * _taps * _pitch, (T*)(scratch.Pointer + windows + strip), gradient + channel * _shape.InputSize);
        }
    }

    // windows = filters * outputGradient, strip by strip of positions: one that is not whole is packed with zeros. While the last tile is multiplied, the next strip is fetched.
    private void Multiply(long rows, T* packed, T* outputGradient, T* windows, T* strip)
    {
        var tiles = new Tiles(rows);
        var width = _vectors * Lanes.Count<T>();
        for (long begin = 0; begin < _depth; begin += _depthStep)
        {
            var depth = Math.Min(_depthStep, _depth - begin);
            for (long first = 0; first < _outputSize; first += width)
            {
                var columns = Math.Min(width, _outputSize - first);
                var vectors = columns == width ? _vectors : Lanes.VectorsFor<T>(columns);
                T* source = outputGradient + begin * _outputSize + first, b = source;
                var stride = _outputSize;
                if (_packsStrips || columns < width)
                {
                    stride = vectors * Lanes.Count<T>();
                    Panel<T>.Pack(source, 1, _outputSize, columns, depth, strip, stride);
                    b = strip;
                }
                var a = packed + begin * rows;
                for (long tile = 0; tile < tiles.Count; tile++)
                {
                    var height = tiles.Height(tile);
                    MicroKernels<T>.Get(height, vectors, LayoutOfA.Columns, tile == tiles.Count - 1 ? UseOfB.Fetch : UseOfB.Read)(
                        (nint)depth, (byte*)(a + tiles.Row(tile) * depth), height * sizeof(T), (byte*)b, (nint)(stride * sizeof(T)),
                        (byte*)(windows + tiles.Row(tile) * _pitch + first), (nint)(_pitch * sizeof(T)), begin > 0, (byte*)(source + width), (nint)(_outputSize * sizeof(T)));
                }
            }
        }
    }

    // What each tap read for every position, in a copy of the channel that has room for a vector behind its end. Bounds: of the last vector of a row, only the
    // lanes of the row are added.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddTaps(T* windows, T* copy, T* gradient)
    {
        var (depth, height, width) = (_shape.Depth, _shape.Height, _shape.Width);
        long lines = depth.Input * height.Input, planeOfSource = height.Output * width.Output, rowOfSource = width.Output;
        long planeOfTarget = depth.Stride * height.Input * _row, rowOfTarget = height.Stride * _row, step = width.Stride;
        var lanes = Vector<T>.Count;
        Clear(copy, lines * _row);
        for (long tap = 0; tap < _taps; tap++)
        {
            ref readonly var move = ref _moves[tap];
            var rest = move.Columns % lanes;
            var mask = Vector.Load(_masks + (lanes - rest));
            for (long plane = 0; plane < move.Planes; plane++)
            {
                T* source = windows + move.Source + plane * planeOfSource, target = copy + move.Target + plane * planeOfTarget;
                for (long row = 0; row < move.Rows; row++, source += rowOfSource, target += rowOfTarget)
                    if (step == 1)
                    {
                        long i = 0;
                        for (; i + lanes <= move.Columns; i += lanes)
                            Vector.Store(Vector.Load(target + i) + Vector.Load(source + i), target + i);
                        if (rest > 0)
                            Vector.Store(Vector.Load(target + i) + (Vector.Load(source + i) & mask), target + i);
                    }
                    else
                        for (long i = 0; i < move.Columns; i++)
                            target[i * step] += source[i];
            }
        }
        var (copied, bytes) = _row == width.Input ? (1, lines * _row * sizeof(T)) : (lines, width.Input * sizeof(T));
        for (long line = 0; line < copied; line++)
            Buffer.MemoryCopy(copy + line * _row, gradient + line * width.Input, bytes, bytes);
    }

    private static void Clear(T* target, long count)
    {
        for (long i = 0; i < count; i += 1 << 20)
            new Span<T>(target + i, (int)Math.Min(1 << 20, count - i)).Clear();
    }

    /// <summary>Where a tap read elements of the input, less what it read from the padding: the first window and its element, and how many planes, rows and columns.</summary>
    private readonly struct Tap
    {
        public readonly long Source, Target, Planes, Rows, Columns;

        public Tap(in ConvolutionShape shape, long tap, long pitch, long rowOfTarget)
        {
            var (depth, height, width) = (shape.Depth, shape.Height, shape.Width);
            var (i, j, k) = shape.Tap(tap);
            long plane = depth.Offset(i, shape.Flip), row = height.Offset(j, shape.Flip), column = width.Offset(k, shape.Flip);
            var (firstPlane, planes) = depth.Inside(plane);
            var (firstRow, rows) = height.Inside(row);
            var (firstColumn, columns) = width.Inside(column);
            Source = tap * pitch + (firstPlane * height.Output + firstRow) * width.Output + firstColumn;
            Target = ((plane + firstPlane * depth.Stride) * height.Input + row + firstRow * height.Stride) * rowOfTarget + column + firstColumn * width.Stride;
            (Planes, Rows, Columns) = (planes, rows, columns);
        }
    }

    // Of each block of channels, depth step after depth step and tile after tile: packed[filter * height + (channel, tap)].
    private sealed class PackingOfFilters(DataGradient<T> call) : ParallelWork
    {
        protected internal override void Execute(long begin, long end)
        {
            var shape = call._shape;
            var filter = shape.GroupChannels * call._taps;
            for (var i = begin; i < end; i++)
            {
                var (group, block) = Math.DivRem(i, call._channelBlocks);
                var channel = block * call._channelStep;
                var rows = Math.Min(call._channelStep, shape.GroupChannels - channel) * call._taps;
                var source = call._filters + group * call._depth * filter + channel * call._taps;
                var target = call._packed + i * call._packedBlock;
                var tiles = new Tiles(rows);
                for (long first = 0; first < call._depth; first += call._depthStep)
                {
                    var depth = Math.Min(call._depthStep, call._depth - first);
                    for (long tile = 0; tile < tiles.Count; tile++)
                        Panel<T>.Pack(
                            source + first * filter + tiles.Row(tile), 1, filter, tiles.Height(tile), depth, target + first * rows + tiles.Row(tile) * depth, tiles.Height(tile));
                }
            }
        }
    }
}
