using System.Numerics.Tensors;

namespace DeepSym.Training;

/// <summary>How the values of a grid's tiles become grey values.</summary>
public enum TileRange
{
    /// <summary>Each tile from its own smallest value (black) to its own largest (white).</summary>
    PerTile,

    /// <summary>All tiles on one scale, from the smallest value of all to the largest.</summary>
    Shared,
}

/// <summary>Lays many small grey images of one size, such as the weights of a layer or samples of a data set, side by side into one
/// picture.</summary>
public sealed record ImageGrid
{
    /// <summary>Tiles in a row; 0, the default, makes the grid about square.</summary>
    public int Columns { get; init; }

    /// <summary>Pixels of the lines between and around the tiles. Default 1.</summary>
    public int Border { get; init; } = 1;

    /// <summary>Grey value of the border. Default 64.</summary>
    public byte BorderValue { get; init; } = 64;

    /// <summary>How often each value is repeated in both directions. Default 1.</summary>
    public int Zoom { get; init; } = 1;

    /// <summary>How values become grey. Default <see cref="TileRange.PerTile"/>.</summary>
    public TileRange Range { get; init; } = TileRange.PerTile;

    /// <summary>The picture of <paramref name="tiles"/>, [count, height, width]; a tile whose values are all equal is mid grey, a value that is not
    /// finite black. Throws <see cref="ArgumentException"/> when the tiles do not fill their shape.</summary>
    public Image Draw(ReadOnlySpan<float> tiles, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegative(Columns);
        ArgumentOutOfRangeException.ThrowIfNegative(Border);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Zoom);
        var size = height * width;
        if (tiles.IsEmpty || tiles.Length % size != 0)
            throw new ArgumentException($"{tiles.Length} values are not a whole number of tiles of {height} x {width}.", nameof(tiles));

        var count = tiles.Length / size;
        var columns = Math.Min(count, Columns == 0 ? (int)Math.Ceiling(Math.Sqrt(count)) : Columns);
        var rows = (count + columns - 1) / columns;
        var (stepX, stepY) = ((width * Zoom) + Border, (height * Zoom) + Border);
        var (sheetHeight, sheetWidth) = ((rows * stepY) + Border, (columns * stepX) + Border);
        var image = new Image(new byte[checked(sheetHeight * sheetWidth)], sheetHeight, sheetWidth);
        image.Pixels.AsSpan().Fill(BorderValue);

        var shared = Scale.Of(tiles);
        for (var i = 0; i < count; i++)
        {
            var tile = tiles.Slice(i * size, size);
            var scale = Range == TileRange.Shared ? shared : Scale.Of(tile);
            var (top, left) = (Border + (i / columns * stepY), Border + (i % columns * stepX));
            for (var y = 0; y < height * Zoom; y++)
            for (var x = 0; x < width * Zoom; x++)
                image.Pixels[((top + y) * image.Width) + left + x] = scale.Grey(tile[(y / Zoom * width) + (x / Zoom)]);
        }
        return image;
    }

    /// <summary>The picture of a tensor whose last two axes are the height and width of a tile, such as the filters of a convolution; throws
    /// <see cref="ArgumentException"/> for fewer axes.</summary>
    public Image Draw(Tensor tiles)
    {
        ArgumentNullException.ThrowIfNull(tiles);
        if (tiles.Rank < 2) throw new ArgumentException($"Tiles need two axes for height and width; the tensor has {tiles.Rank}.", nameof(tiles));
        var shape = tiles.Shape;
        return Draw(tiles.To(DType.Float32).ToArray<float>(), shape[^2], shape[^1]);
    }

    /// <summary>The picture of the images of a data set, on the common scale of 0 to 255.</summary>
    public Image Draw(LabelledImages images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var values = new float[images.Pixels.Length];
        TensorPrimitives.ConvertTruncating<byte, float>(images.Pixels, values);
        return (this with { Range = TileRange.Shared }).Draw(values, images.Height, images.Width);
    }

    private readonly record struct Scale(float Low, float High)
    {
        public static Scale Of(ReadOnlySpan<float> values)
        {
            var (low, high) = (float.PositiveInfinity, float.NegativeInfinity);
            foreach (var value in values)
                if (float.IsFinite(value)) (low, high) = (Math.Min(low, value), Math.Max(high, value));
            return new(low, high);
        }

        public byte Grey(float value) =>
            !float.IsFinite(value) ? (byte)0
            : High <= Low ? (byte)128
            : (byte)(255 * (((double)value - Low) / ((double)High - Low)) + .5);
    }
}
