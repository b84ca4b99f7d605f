namespace DeepSym.Backends.Cpu;

/// <summary>A range of images and of each spatial axis; its columns are its positions, image by image, row by row.</summary>
internal readonly record struct Box(
    long ImageBegin, long ImageEnd, long DepthBegin, long DepthEnd, long RowBegin, long RowEnd, long ColumnBegin, long ColumnEnd)
{
    public long Depth => DepthEnd - DepthBegin;
    public long Rows => RowEnd - RowBegin;
    public long Width => ColumnEnd - ColumnBegin;

    /// <summary>Positions in each of its images.</summary>
    public long PerImage => Depth * Rows * Width;

    /// <summary>Positions in all.</summary>
    public long Count => (ImageEnd - ImageBegin) * PerImage;
}

/// <summary>
/// Divides the positions of all images into boxes of about one size, each contiguous within an image: several images,
/// or else several planes of one, or several rows of a plane, or a part of a row.
/// </summary>
internal struct Boxes
{
    private readonly long _images, _depth, _rows, _columns;
    private readonly long _depthBoxes, _rowBoxes, _columnBoxes;

    public Boxes(long images, long depth, long rows, long columns, long size)
    {
        (_images, _depth, _rows, _columns) = (images, depth, rows, columns);
        ColumnStep = Blocks.EvenSize(columns, size);
        RowStep = ColumnStep < columns ? 1 : Blocks.EvenSize(rows, size / columns);
        DepthStep = RowStep < rows || ColumnStep < columns ? 1 : Blocks.EvenSize(depth, size / (rows * columns));
        ImageStep = DepthStep < depth || RowStep < rows || ColumnStep < columns ? 1 : Blocks.EvenSize(images, size / (depth * rows * columns));
        (_columnBoxes, _rowBoxes, _depthBoxes) = (Blocks.Count(columns, ColumnStep), Blocks.Count(rows, RowStep), Blocks.Count(depth, DepthStep));
        Count = Blocks.Count(images, ImageStep) * _depthBoxes * _rowBoxes * _columnBoxes;
    }

    /// <summary>The extents of a box; those at the end may be smaller.</summary>
    public long ImageStep { get; }

    public long DepthStep { get; }

    public long RowStep { get; }

    public long ColumnStep { get; }

    /// <summary>How many boxes there are.</summary>
    public long Count { get; }

    /// <summary>Box number <paramref name="i"/>, in the order of memory.</summary>
    public readonly Box this[long i]
    {
        get
        {
            long column = i % _columnBoxes * ColumnStep, row = i / _columnBoxes % _rowBoxes * RowStep;
            long depth = i / (_columnBoxes * _rowBoxes) % _depthBoxes * DepthStep, image = i / (_columnBoxes * _rowBoxes * _depthBoxes) * ImageStep;
            return new Box(
                image, Math.Min(_images, image + ImageStep), depth, Math.Min(_depth, depth + DepthStep),
                row, Math.Min(_rows, row + RowStep), column, Math.Min(_columns, column + ColumnStep));
        }
    }
}
