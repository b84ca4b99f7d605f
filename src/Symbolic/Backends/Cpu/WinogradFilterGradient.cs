using System.Numerics;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The gradient of the filters by <see cref="Winograd"/>: 16 matrix products [filter, tile] [tile, channel] of the transformed gradients of positions and the
/// transformed input, summed over the tiles of all images and only then transformed to filters. Tiles are divided into boxes, and boxes into splits,
/// by the shapes alone; each split has its own sums, which are added in order, so the bits do not depend on the number of threads.
/// </summary>
internal sealed unsafe class WinogradFilterGradient<T> : KeptWork<WinogradFilterGradient<T>> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long BoxBytes = 256 << 10;
    private const long LargestBox = 256;
    private const long SmallestBox = 96;
    private const long Tasks = 16;
    private const long PartialBytes = 64 << 20;
    private const int Strip = 2;

    private readonly SumOfSplits<T> _summing = new();
    private readonly TransformOfSums _finishing;

    private ConvolutionShape _shape;
    private T* _input, _outputGradient, _gradient;

    private Boxes _boxes;
    private WinogradTiles<T> _inputTiles, _gradientTiles;
    private long _splits;
    private nint _sumPitch;
    private byte* _sums;

    public WinogradFilterGradient() => _finishing = new TransformOfSums(this);

    /// <summary>Overwrites <paramref name="gradient"/> with the gradient of the filters.</summary>
    public static void Run(in ConvolutionShape shape, T* input, T* outputGradient, T* gradient, int threads)
    {
        using var call = Rent();
        call._shape = shape;
        call._input = input;
        call._outputGradient = outputGradient;
        call._gradient = gradient;
        call.Run(threads);
    }

    private nint SumRow => (nint)Blocks.Count(_shape.GroupChannels, Lanes.Count<T>()) * Lanes.Bytes;

    // The sums of one split and group: 16 matrices [filter, channel].
    private nint SumBytes => Winograd.Products * _sumPitch;

    private void Run(int threads)
    {
        Plan();
        using var sums = Scratch.Rent(_splits * _shape.Groups * SumBytes);
        _sums = sums.Pointer;
        WorkerPool.Shared.For(this, _shape.Groups * _splits, 1, threads);
        if (_splits > 1)
            _summing.Run((T*)_sums, (T*)_sums, _shape.Groups * SumBytes / sizeof(T), _splits, threads);
        WorkerPool.Shared.For(_finishing, _shape.Filters, Math.Max(1, 1024 / _shape.GroupChannels), threads);
    }

    private void Plan()
    {
        long rows = Blocks.Count(_shape.Height.Output, Winograd.Step), columns = Blocks.Count(_shape.Width.Output, Winograd.Step);
        var tileBytes = Winograd.Products * (_shape.GroupChannels + _shape.GroupFilters) * sizeof(T);
        _boxes = new Boxes(_shape.Images, 1, rows, columns, Math.Clamp(BoxBytes / tileBytes, SmallestBox, LargestBox));
        _inputTiles = new WinogradTiles<T>(_boxes, Winograd.Reach - Winograd.Step, _shape.GroupChannels);
        _gradientTiles = new WinogradTiles<T>(_boxes, 0, _shape.GroupFilters);
        _sumPitch = Winograd.Pitch(_shape.GroupFilters * SumRow);
        _splits = Math.Clamp(Math.Min(_boxes.Count, Blocks.Count(Tasks, _shape.Groups)), 1, Math.Max(1, PartialBytes / (_shape.Groups * SumBytes)));
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        using var window = Scratch.Rent(Math.Max(_inputTiles.WindowBytes, _gradientTiles.WindowBytes));
        using var input = Scratch.Rent(_inputTiles.Bytes);
        using var gradient = Scratch.Rent(_gradientTiles.Bytes);
        for (var task = begin; task < end; task++)
        {
            var (group, split) = Math.DivRem(task, _splits);
            long first = _boxes.Count * split / _splits, last = _boxes.Count * (split + 1) / _splits;
            for (var i = first; i < last; i++)
            {
                var box = _boxes[i];
                _inputTiles.Transform(
                    WinogradTransforms<T>.Input, _input + group * _shape.GroupChannels * _shape.InputSize, _shape.Channels * _shape.InputSize,
                    _shape.Height.Input, _shape.Width.Input, _shape.Height.PadLow, _shape.Width.PadLow, box, (T*)window.Pointer, input.Pointer);
                _gradientTiles.Transform(
                    WinogradTransforms<T>.OutputGradient, _outputGradient + group * _shape.GroupFilters * _shape.OutputSize, _shape.Filters * _shape.OutputSize,
                    _shape.Height.Output, _shape.Width.Output, 0, 0, box, (T*)window.Pointer, gradient.Pointer);
                Multiply(box, gradient.Pointer, input.Pointer, _sums + (split * _shape.Groups + group) * SumBytes, accumulate: i > first);
            }
        }
    }

    private void Multiply(in Box box, byte* gradient, byte* input, byte* sums, bool accumulate)
    {
        var filters = new Tiles(_shape.GroupFilters);
        var width = Strip * Lanes.Bytes;
        var sumRow = SumRow;
        var (channels, positions) = (_inputTiles.TilePitch, _gradientTiles.TilePitch);
        for (var matrix = 0; matrix < Winograd.Products; matrix++, gradient += _gradientTiles.Pitch, input += _inputTiles.Pitch, sums += _sumPitch)
            for (nint column = 0; column < sumRow; column += width)
                for (long tile = 0; tile < filters.Count; tile++)
                {
                    var row = (nint)filters.Row(tile);
                    MicroKernels<T>.Get(filters.Height(tile), (int)Math.Min(Strip, (sumRow - column) / Lanes.Bytes), LayoutOfA.Columns)(
                        (nint)box.Count, gradient + row * sizeof(T), positions, input + column, channels, sums + row * sumRow + column, sumRow, accumulate);
                }
    }

    // Filter by filter, to [tap, channel] and from there to [channel, tap].
    private sealed class TransformOfSums(WinogradFilterGradient<T> call) : ParallelWork
    {
        protected internal override void Execute(long begin, long end)
        {
            var shape = call._shape;
            var (pixel, taps) = (call.SumRow, shape.FilterSize);
            using var memory = Scratch.Rent(taps * pixel);
            for (var filter = begin; filter < end; filter++)
            {
                var (group, row) = Math.DivRem(filter, shape.GroupFilters);
                WinogradTransforms<T>.FilterGradient(
                    1, pixel / Lanes.Bytes, call._sums + group * call.SumBytes + row * pixel, 0, Winograd.Reach * call._sumPitch, call._sumPitch,
                    memory.Pointer, 0, Winograd.Filter * pixel, pixel);
                var target = call._gradient + filter * shape.GroupChannels * taps;
                for (long tap = 0; tap < taps; tap++)
                {
                    var source = (T*)(memory.Pointer + (shape.Flip ? taps - 1 - tap : tap) * pixel);
                    for (long channel = 0; channel < shape.GroupChannels; channel++)
                        target[channel * taps + tap] = source[channel];
                }
            }
        }
    }
}
