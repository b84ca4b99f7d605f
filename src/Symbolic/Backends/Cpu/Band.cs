using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// The part of the source that the windows of a box read, copied with its padding so that nothing outside has to be asked about.
/// Columns that a stride sets apart lie together (column x is element x / stride of phase x mod stride), so the columns that
/// one tap reads for neighbouring positions are contiguous for any stride.
/// </summary>
internal readonly unsafe struct Band<T> where T : unmanaged
{
    private readonly CorrelationAxis _depth, _height, _width;
    private readonly long _phaseLength, _rowPitch, _planePitch, _imagePitch;
    private readonly long _planes, _rows;

    public Band(in CorrelationAxis depth, in CorrelationAxis height, in CorrelationAxis width, in Boxes boxes, long channels)
    {
        (_depth, _height, _width) = (depth, height, width);
        (_planes, _rows) = ((boxes.DepthStep - 1) * depth.Stride + depth.Span, (boxes.RowStep - 1) * height.Stride + height.Span);
        _phaseLength = boxes.ColumnStep + (width.Span - 1) / width.Stride;
        _rowPitch = width.Stride * _phaseLength;
        _planePitch = _rows * _rowPitch;
        ChannelPitch = _planes * _planePitch;
        _imagePitch = channels * ChannelPitch;
        Size = boxes.ImageStep * _imagePitch + Lanes.Count<T>();
    }

    /// <summary>Elements of memory that a band needs; a whole vector may be read at any element that counts.</summary>
    public long Size { get; }

    /// <summary>From one channel to the next.</summary>
    public long ChannelPitch { get; }

    /// <summary>Where tap (i, j, k) finds the first position of the box.</summary>
    public long TapOffset(long i, long j, long k)
    {
        var plane = _depth.FirstOffset + i * _depth.OffsetStep - _depth.MinimumOffset;
        var row = _height.FirstOffset + j * _height.OffsetStep - _height.MinimumOffset;
        var column = _width.FirstOffset + k * _width.OffsetStep - _width.MinimumOffset;
        return plane * _planePitch + row * _rowPitch + column % _width.Stride * _phaseLength + column / _width.Stride;
    }

    /// <summary>How far from the first position of the box a position lies, given from the box's corner.</summary>
    public long PositionOffset(long image, long depth, long row, long column) =>
        image * _imagePitch + depth * _depth.Stride * _planePitch + row * _height.Stride * _rowPitch + column;

    /// <summary>Copies <paramref name="channels"/> channels of the images of a box; <paramref name="source"/> is the first of them in image zero.</summary>
    public void Fill(T* source, long imageStride, long channels, in Box box, T* band)
    {
        var channelSize = _depth.Source * _height.Source * _width.Source;
        var firstPlane = box.DepthBegin * _depth.Stride + _depth.MinimumOffset;
        var firstRow = box.RowBegin * _height.Stride + _height.MinimumOffset;
        var firstColumn = box.ColumnBegin * _width.Stride + _width.MinimumOffset;
        for (var image = box.ImageBegin; image < box.ImageEnd; image++)
            for (long channel = 0; channel < channels; channel++)
            {
                var from = source + image * imageStride + channel * channelSize;
                var to = band + (image - box.ImageBegin) * _imagePitch + channel * ChannelPitch;
                for (long i = 0; i < _planes; i++)
                    for (long j = 0; j < _rows; j++, to += _rowPitch)
                    {
                        long plane = firstPlane + i, row = firstRow + j;
                        if (plane < 0 || plane >= _depth.Source || row < 0 || row >= _height.Source)
                            new Span<T>(to, (int)_rowPitch).Clear();
                        else
                            FillRow(from + (plane * _height.Source + row) * _width.Source, firstColumn, to);
                    }
            }
    }

    // Bounds: element i of a phase is column x + i * stride, which lies in the source for i from low up to high.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillRow(T* source, long x, T* target)
    {
        var stride = _width.Stride;
        for (long phase = 0; phase < stride; phase++, x++, target += _phaseLength)
        {
            var low = Math.Min(_phaseLength, x >= 0 ? 0 : (-x + stride - 1) / stride);
            var high = Math.Max(low, Math.Min(_phaseLength, x >= _width.Source ? 0 : (_width.Source - x + stride - 1) / stride));
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
