using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The gradient of filters that read few and small channels, such as a first layer's: scalar products of the output's gradient and what an element of the filters read.
/// For each column of the filters, what it reads is copied row by row; then each element's share of an image lies in one piece, as the output's gradient does, and nothing
/// is transposed. The images are divided into splits by the shapes alone; each split has its own sums, lane by lane, which are added in order, so the bits do not depend on
/// the number of threads.
/// </summary>
internal sealed unsafe class NarrowFilterGradient<T> : KeptWork<NarrowFilterGradient<T>> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long MostChannels = 4;
    private const long MostBytes = 48 << 10;   // of copies of an image
    private const long MostSumBytes = 256 << 10;
    private const long ShortestPiece = 64;
    private const long Splits = 32;
    private const long LineBytes = 64;
    private const int FiltersAtATime = 4, ElementsAtATime = 2;   // so many sums stay in registers

    private readonly SumOfSplits<T> _summing = new();

    private ConvolutionShape _shape;
    private T* _input, _outputGradient, _gradient, _partial;
    private long _elements, _splits, _columnSize, _channelSize;
    private long* _offsets;

    /// <summary>Whether the gradient is better made here: for planes without strides along their columns, where vectors are not wider than those used here.</summary>
    public static bool Suits(in ConvolutionShape shape) =>
        Lanes.Bytes <= Vector256<byte>.Count && shape.GroupChannels <= MostChannels && shape.GroupFilters >= FiltersAtATime && shape.Depth == ConvolutionAxis.One && shape.Height.Stride == 1 && shape.OutputSize >= ShortestPiece
        && shape.GroupChannels * shape.Width.Filter * ColumnSize(shape) * sizeof(T) <= MostBytes
        && shape.GroupFilters * shape.GroupChannels * shape.FilterSize * Vector256<byte>.Count <= MostSumBytes;

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

    // The rows that a column of the filters reads, as long as rows of the output.
    private static long ColumnSize(in ConvolutionShape shape) => (shape.Height.Output + shape.Height.Span - 1) * shape.Width.Output;

    private void Run(int threads)
    {
        _elements = _shape.GroupChannels * _shape.FilterSize;
        _splits = Math.Min(Splits, _shape.Images);
        _columnSize = ColumnSize(_shape);
        _channelSize = _shape.Width.Filter * _columnSize;
        var size = _shape.Filters * _elements;
        using var offsets = Scratch.Rent((_elements + 1) * sizeof(long));
        using var partial = Scratch.Rent(_splits * size * sizeof(T));
        _offsets = (long*)offsets.Pointer;
        _partial = (T*)partial.Pointer;
        for (long element = 0; element <= _elements; element++)
        {
            var (channel, tap) = Math.DivRem(Math.Min(element, _elements - 1), _shape.FilterSize);
            var (_, row, column) = _shape.Tap(tap);
            _offsets[element] = channel * _channelSize + column * _columnSize + (_shape.Height.Offset(row, _shape.Flip) + _shape.Height.PadLow) * _shape.Width.Output;
        }
        WorkerPool.Shared.For(this, _shape.Groups * _splits, 1, threads);
        _summing.Run(_gradient, _partial, size, _splits, threads);
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        var filters = Blocks.Count(_shape.GroupFilters, FiltersAtATime) * FiltersAtATime;
        var elements = Blocks.Count(_elements, ElementsAtATime) * ElementsAtATime;
        var sumBytes = filters * elements * Vector256<byte>.Count;
        using var scratch = Scratch.Rent(sumBytes + (_shape.GroupChannels * _channelSize + Vector256<T>.Count) * sizeof(T));
        T* sums = (T*)scratch.Pointer, copies = (T*)(scratch.Pointer + sumBytes);
        for (var task = begin; task < end; task++)
        {
            var (group, split) = Math.DivRem(task, _splits);
            new Span<byte>(sums, checked((int)sumBytes)).Clear();
            for (var image = _shape.Images * split / _splits; image < _shape.Images * (split + 1) / _splits; image++)
            {
                for (long channel = 0; channel < _shape.GroupChannels; channel++)
                    Copy(_input + (image * _shape.Channels + group * _shape.GroupChannels + channel) * _shape.InputSize, copies + channel * _channelSize);
                AddImage(_outputGradient + (image * _shape.Filters + group * _shape.GroupFilters) * _shape.OutputSize, copies, sums, elements);
            }
            var target = _partial + (split * _shape.Filters + group * _shape.GroupFilters) * _elements;
            for (long filter = 0; filter < _shape.GroupFilters; filter++)
                for (long element = 0; element < _elements; element++)
                    target[filter * _elements + element] = Vector256.Sum(Vector256.Load(Sums(sums, elements, filter, element)));
        }
    }

    // For each column of the filters, the rows that it reads, with zeros for the padding.
    private void Copy(T* channel, T* copies)
    {
        var (height, width) = (_shape.Height, _shape.Width);
        var rows = height.Output + height.Span - 1;
        for (long column = 0; column < width.Filter; column++)
        {
            var x = width.Offset(column, _shape.Flip);
            var (first, count) = width.Inside(x);
            for (var row = -height.PadLow; row < rows - height.PadLow; row++, copies += width.Output)
                CopyRow(row < 0 || row >= height.Input ? null : channel + row * width.Input + x, width.Stride, width.Output, first, first + count, copies);
        }
    }

    // Bounds: of a row, or none, the elements from first to last times the stride.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRow(T* source, long stride, long count, long first, long last, T* target)
    {
        if (source == null)
            first = last = 0;
        long i = 0;
        for (; i < first; i++)
            target[i] = default;
        if (stride == 1)
            for (; i + Vector256<T>.Count <= last; i += Vector256<T>.Count)
                Vector256.Load(source + i).Store(target + i);
        for (; i < last; i++)
            target[i] = source[i * stride];
        for (; i < count; i++)
            target[i] = default;
    }

    // The sums of one call of AddDots lie together.
    private static T* Sums(T* sums, long elements, long filter, long element) =>
        sums + ((filter / FiltersAtATime * elements + element / ElementsAtATime * ElementsAtATime) * FiltersAtATime + filter % FiltersAtATime * ElementsAtATime + element % ElementsAtATime)
        * Vector256<T>.Count;

    // Where fewer filters or elements are left, the last one is read again for nothing. Meanwhile the gradient of the next filters is fetched, bit by bit.
    private void AddImage(T* gradient, T* copies, T* sums, long elements)
    {
        var (size, last) = (_shape.OutputSize, _shape.GroupFilters - 1);
        for (long filter = 0; filter <= last; filter += FiltersAtATime)
        {
            T* y0 = gradient + filter * size, y1 = gradient + Math.Min(filter + 1, last) * size, y2 = gradient + Math.Min(filter + 2, last) * size, y3 = gradient + Math.Min(filter + 3, last) * size;
            var next = (byte*)(y0 + FiltersAtATime * size);
            var step = FiltersAtATime * size * sizeof(T) * ElementsAtATime / elements;
            for (long element = 0; element < _elements; element += ElementsAtATime, next += step)
            {
                if (Sse.IsSupported)
                    for (long line = 0; line < step; line += LineBytes)
                        Sse.Prefetch1(next + line);
                AddDots(size, copies + _offsets[element], copies + _offsets[element + 1], y0, y1, y2, y3, Sums(sums, elements, filter, element));
            }
        }
    }

    // Bounds: the last elements are read as the last lanes of a vector that ends with them; the lanes before them, added before, are cleared.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddDots(long size, T* x0, T* x1, T* y0, T* y1, T* y2, T* y3, T* sums)
    {
        long w = Vector256<T>.Count, i = 0;
        Vector256<T> a0 = Vector256.Load(sums), b0 = Vector256.Load(sums + w), a1 = Vector256.Load(sums + 2 * w), b1 = Vector256.Load(sums + 3 * w);
        Vector256<T> a2 = Vector256.Load(sums + 4 * w), b2 = Vector256.Load(sums + 5 * w), a3 = Vector256.Load(sums + 6 * w), b3 = Vector256.Load(sums + 7 * w);
        for (; i + w <= size; i += w)
        {
            var x = Vector256.Load(x0 + i);
            var z = Vector256.Load(x1 + i);
            var y = Vector256.Load(y0 + i);
            a0 = Lanes.MultiplyAdd(x, y, a0);
            b0 = Lanes.MultiplyAdd(z, y, b0);
            y = Vector256.Load(y1 + i);
            a1 = Lanes.MultiplyAdd(x, y, a1);
            b1 = Lanes.MultiplyAdd(z, y, b1);
            y = Vector256.Load(y2 + i);
            a2 = Lanes.MultiplyAdd(x, y, a2);
            b2 = Lanes.MultiplyAdd(z, y, b2);
            y = Vector256.Load(y3 + i);
            a3 = Lanes.MultiplyAdd(x, y, a3);
            b3 = Lanes.MultiplyAdd(z, y, b3);
        }
        if (i < size)
        {
            var mask = Vector256.GreaterThanOrEqual(Vector256<T>.Indices, Vector256.Create(T.CreateTruncating(w - (size - i))));
            i = size - w;
            var x = Vector256.Load(x0 + i) & mask;
            var z = Vector256.Load(x1 + i) & mask;
            var y = Vector256.Load(y0 + i) & mask;
            a0 = Lanes.MultiplyAdd(x, y, a0);
            b0 = Lanes.MultiplyAdd(z, y, b0);
            y = Vector256.Load(y1 + i) & mask;
            a1 = Lanes.MultiplyAdd(x, y, a1);
            b1 = Lanes.MultiplyAdd(z, y, b1);
            y = Vector256.Load(y2 + i) & mask;
            a2 = Lanes.MultiplyAdd(x, y, a2);
            b2 = Lanes.MultiplyAdd(z, y, b2);
            y = Vector256.Load(y3 + i) & mask;
            a3 = Lanes.MultiplyAdd(x, y, a3);
            b3 = Lanes.MultiplyAdd(z, y, b3);
        }
        a0.Store(sums);
        b0.Store(sums + w);
        a1.Store(sums + 2 * w);
        b1.Store(sums + 3 * w);
        a2.Store(sums + 4 * w);
        b2.Store(sums + 5 * w);
        a3.Store(sums + 6 * w);
        b3.Store(sums + 7 * w);
    }
}
