using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DeepSym.Backends.Il;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// Convolution whose filters read one channel each (MobileNet's): too little is shared for a matrix product. The vectors run along the rows of the output,
/// and every element of a filter is a load and a multiply-add. The order of each sum is that of the filter.
/// </summary>
internal sealed unsafe class DepthwiseConvolution<T> : KeptWork<DepthwiseConvolution<T>> where T : unmanaged
{
    private const long LargestBox = 4096;
    private const long SmallestTask = 64 << 10;   // multiply-adds

    private ConvolutionShape _shape;
    private T* _input, _filters, _output;
    private ConvolutionEpilogue? _epilogue;
    private Boxes _boxes;
    private Band<T> _band;

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
        _boxes = new Boxes(1, _shape.Depth.Output, _shape.Height.Output, _shape.Width.Output, LargestBox);
        _band = new Band<T>(_shape, _boxes, 1);
        var work = _shape.GroupFilters * _shape.OutputSize * _shape.FilterSize / _boxes.Count;
        WorkerPool.Shared.For(this, _shape.Images * _shape.Channels * _boxes.Count, Math.Max(1, SmallestTask / Math.Max(1, work)), threads);
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        var taps = _shape.FilterSize;
        var bandBytes = Blocks.Count((_band.Size + Vector256<T>.Count) * sizeof(T), sizeof(nint)) * sizeof(nint);
        using var scratch = Scratch.Rent(bandBytes + taps * sizeof(nint));
        var band = scratch.Pointer;
        var offsets = (nint*)(scratch.Pointer + bandBytes);
        for (long tap = 0; tap < taps; tap++)
            offsets[tap] = (nint)(_band.TapOffset(tap) * sizeof(T));
        for (var task = begin; task < end; task++)
        {
            var (plane, number) = Math.DivRem(task, _boxes.Count);
            var (image, channel) = Math.DivRem(plane, _shape.Channels);
            var box = _boxes[number];
            _band.Fill(_input + image * _shape.Channels * _shape.InputSize, channel, 1, box, (T*)band);
            var position = (box.DepthBegin * _shape.Height.Output + box.RowBegin) * _shape.Width.Output + box.ColumnBegin;
            for (var filter = channel * _shape.GroupFilters; filter < (channel + 1) * _shape.GroupFilters; filter++)
            {
                var target = _output + (image * _shape.Filters + filter) * _shape.OutputSize + position;
                for (long line = 0; line < box.Depth * box.Rows; line++)
                    Line(band + _band.LineOffset(box, line) * sizeof(T), offsets, _filters + filter * taps, taps, target + line * box.Width, box.Width, target + box.Count);
            }
            _epilogue?.Run(image, image + 1, channel * _shape.GroupFilters, (channel + 1) * _shape.GroupFilters, position, position + box.Count);
        }
    }

    // Bounds: reads less than a vector behind the line of the band; what is written behind the line belongs to the next ones, and nothing from end on is written.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Line(byte* band, nint* offsets, T* filter, long taps, T* target, long width, T* end)
    {
        long w = Vector256<T>.Count, j = 0;
        for (; j + 3 * w < width; j += 4 * w)
        {
            Vector256<T> s0 = default, s1 = default, s2 = default, s3 = default;
            for (long tap = 0; tap < taps; tap++)
            {
                var x = (T*)(band + offsets[tap]) + j;
                var factor = Vector256.Create(filter[tap]);
                s0 = Lanes.MultiplyAdd(Vector256.Load(x), factor, s0);
                s1 = Lanes.MultiplyAdd(Vector256.Load(x + w), factor, s1);
                s2 = Lanes.MultiplyAdd(Vector256.Load(x + 2 * w), factor, s2);
                s3 = Lanes.MultiplyAdd(Vector256.Load(x + 3 * w), factor, s3);
            }
            s0.Store(target + j);
            s1.Store(target + j + w);
            s2.Store(target + j + 2 * w);
            Put(s3, target + j + 3 * w, end);
        }
        for (; j < width; j += w)
        {
            Vector256<T> sum = default;
            for (long tap = 0; tap < taps; tap++)
                sum = Lanes.MultiplyAdd(Vector256.Load((T*)(band + offsets[tap]) + j), Vector256.Create(filter[tap]), sum);
            Put(sum, target + j, end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector256<T> vector, T* target, T* end)
    {
        if (target + Vector256<T>.Count <= end)
            vector.Store(target);
        else
            PartialVectors.Store256(vector, (byte*)target, end - target);
    }
}
