using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The gradient of a convolution's input: for each image, the product windows[(channel, tap), position] = Σ filters[filter, (channel, tap)]
/// outputGradient[filter, position], whose rows are then added to the places that they were read from. Both operands of the product
/// are read where they lie; a block of channels at a time keeps the windows in cache. Every sum runs over filters, then taps.
/// </summary>
internal sealed unsafe class DataGradient<T> : KeptWork<DataGradient<T>> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long WindowBytes = 256 << 10;

    private ConvolutionShape _shape;
    private T* _outputGradient, _filters, _inputGradient;
    private long _channelStep, _channelBlocks;

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
        var channelBytes = Math.Max(1, _shape.FilterSize * _shape.OutputSize * sizeof(T));
        _channelStep = Math.Clamp(WindowBytes / channelBytes, 1, Math.Max(1, _shape.GroupChannels));
        _channelBlocks = Blocks.Count(_shape.GroupChannels, _channelStep);
        WorkerPool.Shared.For(this, _shape.Images * _shape.Groups * _channelBlocks, 1, threads);
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        using var windows = Scratch.Rent(_channelStep * _shape.FilterSize * _shape.OutputSize * sizeof(T));
        for (var task = begin; task < end; task++)
        {
            var (rest, block) = Math.DivRem(task, _channelBlocks);
            var (image, group) = Math.DivRem(rest, _shape.Groups);
            var channel = block * _channelStep;
            RunBlock(image, group, channel, Math.Min(_channelStep, _shape.GroupChannels - channel), (T*)windows.Pointer);
        }
    }

    private void RunBlock(long image, long group, long channel, long channels, T* windows)
    {
        var filter = _shape.GroupChannels * _shape.FilterSize;
        var product = new GemmShape(channels * _shape.FilterSize, _shape.OutputSize, _shape.GroupFilters) { RowStrideA = 1, ColumnStrideA = filter };
        Gemm.Run(
            product, _filters + group * _shape.GroupFilters * filter + channel * _shape.FilterSize,
            _outputGradient + (image * _shape.Filters + group * _shape.GroupFilters) * _shape.OutputSize, windows, accumulate: false, null, 1);

        var gradient = _inputGradient + (image * _shape.Channels + group * _shape.GroupChannels + channel) * _shape.InputSize;
        Clear(gradient, channels * _shape.InputSize);
        for (long tap = 0; tap < _shape.FilterSize; tap++)
            AddTap(tap, channels, windows, gradient);
    }

    // What one tap read for every position and channel, less what it read from the padding.
    private void AddTap(long tap, long channels, T* windows, T* gradient)
    {
        var (depth, height, width) = (_shape.Depth, _shape.Height, _shape.Width);
        var (i, j, k) = _shape.Tap(tap);
        long plane = depth.Offset(i, _shape.Flip), row = height.Offset(j, _shape.Flip), column = width.Offset(k, _shape.Flip);
        var (firstPlane, lastPlane) = Inside(depth, plane);
        var (firstRow, lastRow) = Inside(height, row);
        var (first, last) = Inside(width, column);
        long rows = height.Output, columns = width.Output, outputSize = _shape.OutputSize, inputSize = _shape.InputSize;
        for (long c = 0; c < channels; c++)
            for (var p = firstPlane; p < lastPlane; p++)
                AddRows(
                    gradient + c * inputSize
                    + ((plane + p * depth.Stride) * height.Input + row + firstRow * height.Stride) * width.Input + column + first * width.Stride,
                    height.Stride * width.Input, width.Stride,
                    windows + (c * _shape.FilterSize + tap) * outputSize + (p * rows + firstRow) * columns + first,
                    columns, lastRow - firstRow, last - first);
    }

    // The positions q whose element, q * stride + offset, lies in the input.
    private static (long First, long Last) Inside(ConvolutionAxis axis, long offset)
    {
        var first = offset >= 0 ? 0 : (-offset + axis.Stride - 1) / axis.Stride;
        var last = offset >= axis.Input ? 0 : (axis.Input - 1 - offset) / axis.Stride + 1;
        return (first, Math.Min(axis.Output, last));
    }

    // Bounds: count elements of each row, whole vectors first and the rest one by one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(T* target, long targetPitch, long targetStep, T* source, long sourcePitch, long rows, long count)
    {
        var w = Vector<T>.Count;
        for (long row = 0; row < rows; row++, target += targetPitch, source += sourcePitch)
        {
            long i = 0;
            if (targetStep == 1)
                for (; i + w <= count; i += w)
                    Vector.Store(Vector.Load(target + i) + Vector.Load(source + i), target + i);
            for (; i < count; i++)
                target[i * targetStep] += source[i];
        }
    }

    private static void Clear(T* target, long count)
    {
        for (long i = 0; i < count; i += 1 << 20)
            new Span<T>(target + i, (int)Math.Min(1 << 20, count - i)).Clear();
    }
}
