using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The part of the input that the windows of a box read, copied with its padding so that nothing outside has to be asked about.
/// Columns that a stride sets apart lie together (column x is element x / stride of phase x mod stride), so the columns that
/// one tap reads for neighbouring positions are contiguous for any stride.
/// </summary>
internal readonly unsafe struct Band<T> where T : unmanaged
{
    private readonly ConvolutionShape _shape;
    private readonly long _phaseLength, _rowPitch, _planePitch, _imagePitch;
    private readonly long _planes, _rows;

    public Band(in ConvolutionShape shape, in Boxes boxes, long channels)
    {
        _shape = shape;
        _planes = (boxes.DepthStep - 1) * shape.Depth.Stride + shape.Depth.Span;
        _rows = (boxes.RowStep - 1) * shape.Height.Stride + shape.Height.Span;
        _phaseLength = boxes.ColumnStep + (shape.Width.Span - 1) / shape.Width.Stride;
        _rowPitch = shape.Width.Stride * _phaseLength;
        _planePitch = _rows * _rowPitch;
        ChannelPitch = _planes * _planePitch;
        _imagePitch = channels * ChannelPitch;
        Size = boxes.ImageStep * _imagePitch + Lanes.Count<T>();
    }

    /// <summary>Elements of memory that a band needs; a whole vector may be read at any element that counts.</summary>
    public long Size { get; }

    /// <summary>From one channel to the next.</summary>
    public long ChannelPitch { get; }

    /// <summary>Where element <paramref name="tap"/> of a filter finds the first position of the box.</summary>
    public long TapOffset(long tap)
    {
        var (depth, row, column) = _shape.Tap(tap);
        var stride = _shape.Width.Stride;
        var x = _shape.Width.Offset(column, _shape.Flip) + _shape.Width.PadLow;
        return (_shape.Depth.Offset(depth, _shape.Flip) + _shape.Depth.PadLow) * _planePitch
            + (_shape.Height.Offset(row, _shape.Flip) + _shape.Height.PadLow) * _rowPitch + x % stride * _phaseLength + x / stride;
    }

    /// <summary>How far from the first position of the box one of its rows begins, the rows of all planes and images counted through.</summary>
    public long LineOffset(in Box box, long line)
    {
        if (line < box.Rows)
            return line * _shape.Height.Stride * _rowPitch;
        var (planes, row) = Math.DivRem(line, box.Rows);
        var (image, plane) = Math.DivRem(planes, box.Depth);
        return image * _imagePitch + plane * _shape.Depth.Stride * _planePitch + row * _shape.Height.Stride * _rowPitch;
    }

    /// <summary>Copies <paramref name="channels"/> channels of the images of a box, from <paramref name="channel"/> on.</summary>
    public void Fill(T* input, long channel, long channels, in Box box, T* band)
    {
        var (depth, height, width) = (_shape.Depth, _shape.Height, _shape.Width);
        var firstPlane = box.DepthBegin * depth.Stride - depth.PadLow;
        var firstRow = box.RowBegin * height.Stride - height.PadLow;
        var firstColumn = box.ColumnBegin * width.Stride - width.PadLow;
        for (var image = box.ImageBegin; image < box.ImageEnd; image++)
            for (long c = 0; c < channels; c++)
            {
                var from = input + (image * _shape.Channels + channel + c) * _shape.InputSize;
                var to = band + (image - box.ImageBegin) * _imagePitch + c * ChannelPitch;
                for (var plane = firstPlane; plane < firstPlane + _planes; plane++)
                    for (var row = firstRow; row < firstRow + _rows; row++, to += _rowPitch)
                        if (plane < 0 || plane >= depth.Input || row < 0 || row >= height.Input)
                            new Span<T>(to, checked((int)_rowPitch)).Clear();
                        else
                            FillRow(from + (plane * height.Input + row) * width.Input, firstColumn, to);
            }
    }

    // Bounds: element i of a phase is column x + i * stride, which lies in the input for i from low up to high.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillRow(T* source, long x, T* target)
    {
        var (stride, length) = (_shape.Width.Stride, _shape.Width.Input);
        for (long phase = 0; phase < stride; phase++, x++, target += _phaseLength)
        {
            var low = Math.Min(_phaseLength, x >= 0 ? 0 : (-x + stride - 1) / stride);
            var high = Math.Max(low, Math.Min(_phaseLength, x >= length ? 0 : (length - x + stride - 1) / stride));
            for (long i = 0; i < low; i++)
                target[i] = default;
            if (stride == 1)
                new ReadOnlySpan<T>(source + x + low, (int)(high - low)).CopyTo(new Span<T>(target + low, (int)(high - low)));
            else
                for (var i = low; i < high; i++)
                    target[i] = source[x + i * stride];
            for (var i = high; i < _phaseLength; i++)
                target[i] = default;
        }
    }
}
