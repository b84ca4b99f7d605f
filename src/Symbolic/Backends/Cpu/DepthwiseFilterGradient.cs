using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The gradient of filters that read one channel each: for each of their elements a scalar product of the output's gradient and what the element read,
/// a few elements at a time, plane by plane. Planes are added in the order of images.
/// </summary>
internal sealed unsafe class DepthwiseFilterGradient<T> : KeptWork<DepthwiseFilterGradient<T>> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long LargestBox = 4096;
    private const int TapsAtATime = 5;

    private ConvolutionShape _shape;
    private T* _input, _outputGradient, _gradient;
    private Boxes _boxes;
    private Band<T> _band;

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

    private void Run(int threads)
    {
        _boxes = new Boxes(1, _shape.Depth.Output, _shape.Height.Output, _shape.Width.Output, LargestBox);
        _band = new Band<T>(_shape, _boxes, 1);
        WorkerPool.Shared.For(this, _shape.Filters, 1, threads);
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        var taps = _shape.FilterSize;
        using var scratch = Scratch.Rent((_band.Size + Vector256<T>.Count) * sizeof(T));
        for (var filter = begin; filter < end; filter++)
        {
            var sums = new Span<T>(_gradient + filter * taps, checked((int)taps));
            sums.Clear();
            for (long image = 0; image < _shape.Images; image++)
                for (long number = 0; number < _boxes.Count; number++)
                {
                    var box = _boxes[number];
                    _band.Fill(_input + image * _shape.Channels * _shape.InputSize, filter / _shape.GroupFilters, 1, box, (T*)scratch.Pointer);
                    var position = (box.DepthBegin * _shape.Height.Output + box.RowBegin) * _shape.Width.Output + box.ColumnBegin;
                    var gradient = _outputGradient + (image * _shape.Filters + filter) * _shape.OutputSize + position;
                    for (var tap = 0; tap < sums.Length; tap += TapsAtATime)
                        AddDots(box, (T*)scratch.Pointer, gradient, sums[tap..Math.Min(sums.Length, tap + TapsAtATime)], tap);
                }
        }
    }

    // Bounds: reads less than a vector behind a line of the band and of the gradient; those lanes are cleared in both. Where fewer taps are left, the last one
    // is read again for nothing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddDots(in Box box, T* band, T* gradient, Span<T> sums, int firstTap)
    {
        long w = Vector256<T>.Count, width = box.Width, rest = width % w, pitch = box.Rows > 1 ? _band.LineOffset(box, 1) : 0;
        var mask = Vector256.LessThan(Vector256<T>.Indices, Vector256.Create(T.CreateTruncating(rest)));
        long t0 = Offset(0), t1 = Offset(1), t2 = Offset(2), t3 = Offset(3), t4 = Offset(4);
        Vector256<T> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default;
        for (long plane = 0; plane < box.Depth; plane++)
        {
            var x = band + _band.LineOffset(box, plane * box.Rows);
            for (long row = 0; row < box.Rows; row++, x += pitch, gradient += width)
            {
                long j = 0;
                for (; j + w <= width; j += w)
                {
                    var (at, y) = ((nint)(x + j), Vector256.Load(gradient + j));
                    s0 = Lanes.MultiplyAdd(Vector256.Load((T*)at + t0), y, s0);
                    s1 = Lanes.MultiplyAdd(Vector256.Load((T*)at + t1), y, s1);
                    s2 = Lanes.MultiplyAdd(Vector256.Load((T*)at + t2), y, s2);
                    s3 = Lanes.MultiplyAdd(Vector256.Load((T*)at + t3), y, s3);
                    s4 = Lanes.MultiplyAdd(Vector256.Load((T*)at + t4), y, s4);
                }
                if (rest == 0)
                    continue;
                var (end, last) = ((nint)(x + j), Vector256.Load(gradient + j) & mask);
                s0 = Lanes.MultiplyAdd(Vector256.Load((T*)end + t0) & mask, last, s0);
                s1 = Lanes.MultiplyAdd(Vector256.Load((T*)end + t1) & mask, last, s1);
                s2 = Lanes.MultiplyAdd(Vector256.Load((T*)end + t2) & mask, last, s2);
                s3 = Lanes.MultiplyAdd(Vector256.Load((T*)end + t3) & mask, last, s3);
                s4 = Lanes.MultiplyAdd(Vector256.Load((T*)end + t4) & mask, last, s4);
            }
        }
        ReadOnlySpan<Vector256<T>> found = [s0, s1, s2, s3, s4];
        for (var tap = 0; tap < sums.Length; tap++)
            sums[tap] += Vector256.Sum(found[tap]);

        long Offset(int tap) => _band.TapOffset(Math.Min(firstTap + tap, _shape.FilterSize - 1));
    }
}
