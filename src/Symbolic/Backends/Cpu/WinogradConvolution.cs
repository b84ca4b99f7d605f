namespace DeepSym.Backends.Cpu;

/// <summary>
/// A convolution or its data gradient by <see cref="Winograd"/>, box by box: the input's tiles are transformed to 16 matrices [tile, channel], multiplied by the
/// 16 matrices [channel, filter] of the transformed filters, and the products transformed to positions, all in the core's own cache.
/// Vectors hold channels or filters of one pixel, so no transform moves anything between lanes. Every sum runs over the channels in order.
/// </summary>
internal sealed unsafe class WinogradConvolution<T> : KeptWork<WinogradConvolution<T>> where T : unmanaged
{
    private const long DepthBlock = 384;
    private const long FiltersAtOnce = 64;
    private const long BoxBytes = 256 << 10;
    private const long LargestBox = 256;
    private const long SmallestBox = 64;
    private const int TasksPerThread = 4;
    private const int Strip = 2;

    private readonly TransformOfFilters _filtering;

    private ConvolutionShape _shape;
    private T* _input, _filters, _output;
    private long _filterStride, _channelStride, _groupStride;
    private ConvolutionEpilogue? _epilogue;

    private Boxes _boxes;
    private WinogradTiles<T> _inputTiles;
    private Pixels<T> _positions;
    private long _strips, _stripsAtOnce;
    private nint _filterPitch, _productPitch;
    private byte* _transformed;

    public WinogradConvolution() => _filtering = new TransformOfFilters(this);

    /// <summary>Overwrites <paramref name="output"/> with the convolution.</summary>
    public static void Forward(in ConvolutionShape shape, T* input, T* filters, T* output, ConvolutionEpilogue? epilogue, int threads) =>
        Run(shape, input, filters, shape.GroupChannels * shape.FilterSize, shape.FilterSize, output, epilogue, threads);

    /// <summary>Overwrites <paramref name="inputGradient"/> with the gradient of the input.</summary>
    public static void DataGradient(in ConvolutionShape shape, T* outputGradient, T* filters, T* inputGradient, int threads) =>
        Run(Winograd.Reverse(shape), outputGradient, filters, shape.FilterSize, shape.GroupChannels * shape.FilterSize, inputGradient, null, threads);

    private static void Run(
        in ConvolutionShape shape, T* input, T* filters, long filterStride, long channelStride, T* output, ConvolutionEpilogue? epilogue, int threads)
    {
        using var call = Rent();
        (call._shape, call._epilogue) = (shape, epilogue);
        call._input = input;
        call._filters = filters;
        call._output = output;
        (call._filterStride, call._channelStride) = (filterStride, channelStride);
        call.Run(threads);
    }

    /// <inheritdoc/>
    protected override void Forget() => _epilogue = null;

    private void Run(int threads)
    {
        Plan(threads);
        using var transformed = Scratch.Rent(_shape.Groups * Winograd.Products * _filterPitch);
        _transformed = transformed.Pointer;
        WorkerPool.Shared.For(_filtering, _shape.Groups * _strips, 1, threads);
        WorkerPool.Shared.For(this, _shape.Groups * _boxes.Count, 1, threads);
    }

    private void Plan(int threads)
    {
        var width = Strip * Lanes.Count<T>();
        _groupStride = _shape.GroupChannels * _shape.GroupFilters * _shape.FilterSize;
        _strips = Blocks.Count(_shape.GroupFilters, width);
        _stripsAtOnce = Blocks.EvenSize(_strips, FiltersAtOnce / width);

        long rows = Blocks.Count(_shape.Height.Output, Winograd.Step), columns = Blocks.Count(_shape.Width.Output, Winograd.Step);
        var tileBytes = Winograd.Products * (_shape.GroupChannels + Math.Min(_shape.GroupFilters, _stripsAtOnce * width)) * sizeof(T);
        var tiles = _shape.Groups * _shape.Images * rows * columns;
        var size = Math.Clamp(Math.Min(BoxBytes / tileBytes, tiles / ((long)threads * TasksPerThread)), SmallestBox, LargestBox);
        _boxes = new Boxes(_shape.Images, 1, rows, columns, size);
        _inputTiles = new WinogradTiles<T>(_boxes, Winograd.Reach - Winograd.Step, _shape.GroupChannels);
        _positions = Positions(_boxes.RowStep, _boxes.ColumnStep, Math.Min(_stripsAtOnce * width, _shape.GroupFilters));

        _filterPitch = Winograd.Pitch(_strips * _shape.GroupChannels * width * sizeof(T));
        _productPitch = Winograd.Pitch(_boxes.ImageStep * _boxes.RowStep * _boxes.ColumnStep * _positions.Pitch * sizeof(T));
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        using var window = Scratch.Rent(_inputTiles.WindowBytes);
        using var transformed = Scratch.Rent(_inputTiles.Bytes);
        using var products = Scratch.Rent(Winograd.Products * _productPitch);
        using var positions = Scratch.Rent(_positions.Size * sizeof(T));
        for (var task = begin; task < end; task++)
        {
            var (group, box) = Math.DivRem(task, _boxes.Count);
            _inputTiles.Transform(
                WinogradTransforms<T>.Input, _input + group * _shape.GroupChannels * _shape.InputSize, _shape.Channels * _shape.InputSize,
                _shape.Height.Input, _shape.Width.Input, _shape.Height.PadLow, _shape.Width.PadLow, _boxes[box], (T*)window.Pointer, transformed.Pointer);
            for (long strip = 0; strip < _strips; strip += _stripsAtOnce)
            {
                Multiply(group, _boxes[box], strip, transformed.Pointer, products.Pointer);
                TransformProducts(group, _boxes[box], strip, products.Pointer, (T*)positions.Pointer);
            }
            RunEpilogue(group, _boxes[box]);
        }
    }

    // Matrix by matrix, strip of filters by strip: the strip's transformed filters stay in the first-level cache while all tiles pass.
    private void Multiply(long group, in Box box, long firstStrip, byte* transformed, byte* products)
    {
        var tiles = new Tiles(box.Count);
        var width = Strip * Lanes.Count<T>();
        var (pixel, product) = (_inputTiles.TilePitch, (nint)_positions.Pitch * sizeof(T));
        MicroKernel? kernel = null;
        for (var matrix = 0; matrix < Winograd.Products; matrix++)
            for (long channel = 0; channel < _shape.GroupChannels; channel += DepthBlock)
                for (var strip = firstStrip; strip < Math.Min(_strips, firstStrip + _stripsAtOnce); strip++)
                {
                    var vectors = VectorsOf(strip);
                    var depthStride = vectors * Lanes.Bytes;
                    var depth = (nint)Math.Min(DepthBlock, _shape.GroupChannels - channel);
                    var b = Transformed(group, matrix, strip) + channel * depthStride;
                    var a = transformed + matrix * _inputTiles.Pitch + channel * sizeof(T);
                    var c = products + matrix * _productPitch + (strip - firstStrip) * width * sizeof(T);
                    for (long tile = 0; tile < tiles.Count; tile++)
                    {
                        var height = tiles.Height(tile);
                        if (tile == 0 || height != tiles.Height(tile - 1))
                            kernel = MicroKernels<T>.Get(height, vectors, LayoutOfA.Rows);
                        kernel!(depth, a + tiles.Row(tile) * pixel, pixel, b, depthStride, c + tiles.Row(tile) * product, product, channel > 0);
                    }
                }
    }

    private void TransformProducts(long group, in Box box, long firstStrip, byte* products, T* positions)
    {
        var firstFilter = firstStrip * Strip * Lanes.Count<T>();
        var place = Positions(box.Rows, box.Width, Math.Min(_shape.GroupFilters - firstFilter, _stripsAtOnce * Strip * Lanes.Count<T>()));
        var (product, position) = ((nint)_positions.Pitch * sizeof(T), (nint)place.Pitch * sizeof(T));
        for (var image = box.ImageBegin; image < box.ImageEnd; image++)
        {
            for (long row = 0; row < box.Rows; row++, products += box.Width * product)
                WinogradTransforms<T>.Output(
                    (nint)box.Width, position / Lanes.Bytes, products, product, Winograd.Reach * _productPitch, _productPitch,
                    (byte*)(positions + row * Winograd.Step * place.RowPitch), Winograd.Step * position, (nint)place.RowPitch * sizeof(T), position);
            place.CopyTo(
                _output + (image * _shape.Filters + group * _shape.GroupFilters + firstFilter) * _shape.OutputSize, _shape.Height.Output, _shape.Width.Output,
                box.RowBegin * Winograd.Step, box.ColumnBegin * Winograd.Step, positions);
        }
    }

    // A box of whole rows is one range of positions.
    private void RunEpilogue(long group, in Box box)
    {
        if (_epilogue == null)
            return;
        var (first, last, width) = (group * _shape.GroupFilters, (group + 1) * _shape.GroupFilters, _shape.Width.Output);
        long rowEnd = Math.Min(box.RowEnd * Winograd.Step, _shape.Height.Output), columnEnd = Math.Min(box.ColumnEnd * Winograd.Step, width);
        if (box.ColumnBegin == 0 && columnEnd == width)
            _epilogue.Run(box.ImageBegin, box.ImageEnd, first, last, box.RowBegin * Winograd.Step * width, rowEnd * width);
        else
            for (var row = box.RowBegin * Winograd.Step; row < rowEnd; row++)
                _epilogue.Run(box.ImageBegin, box.ImageEnd, first, last, row * width + box.ColumnBegin * Winograd.Step, row * width + columnEnd);
    }

    private static Pixels<T> Positions(long rows, long columns, long filters) => new(Winograd.Step * rows, Winograd.Step * columns, filters);

    private int VectorsOf(long strip)
    {
        var width = Strip * Lanes.Count<T>();
        return Lanes.VectorsFor<T>(Math.Min(width, _shape.GroupFilters - strip * width));
    }

    // Matrix after matrix, strip of filters after strip, [channel, filter].
    private byte* Transformed(long group, long matrix, long strip) =>
        _transformed + (group * Winograd.Products + matrix) * _filterPitch + strip * _shape.GroupChannels * Strip * Lanes.Bytes;

    private sealed class TransformOfFilters(WinogradConvolution<T> call) : ParallelWork
    {
        protected internal override void Execute(long begin, long end)
        {
            var shape = call._shape;
            var width = Strip * Lanes.Count<T>();
            var taps = stackalloc T[(Winograd.Filter * Winograd.Filter + 1) * width];
            for (var i = begin; i < end; i++)
            {
                var (group, strip) = Math.DivRem(i, call._strips);
                var vectors = call.VectorsOf(strip);
                nint tap = vectors * Lanes.Bytes;
                var first = (byte*)taps + (shape.Flip ? shape.FilterSize - 1 : 0) * tap;
                var step = shape.Flip ? -tap : tap;
                for (long channel = 0; channel < shape.GroupChannels; channel++)
                {
                    Panel<T>.Pack(
                        call._filters + group * call._groupStride + strip * width * call._filterStride + channel * call._channelStride, call._filterStride, 1,
                        Math.Min(width, shape.GroupFilters - strip * width), shape.FilterSize, taps, vectors * Lanes.Count<T>());
                    WinogradTransforms<T>.Filter(
                        1, vectors, first, 0, Winograd.Filter * step, step,
                        call.Transformed(group, 0, strip) + channel * tap, 0, Winograd.Reach * call._filterPitch, call._filterPitch);
                }
            }
        }
    }
}
