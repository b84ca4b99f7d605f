using SkiaSharp;

namespace DeepSym.Training;

/// <summary>A picture in memory: bytes in [height, width, channels] order with one channel (grey) or three (red, green, blue).</summary>
public sealed class Image
{
    /// <summary>Wraps <paramref name="pixels"/> without copying; throws <see cref="ArgumentException"/> when their number is not height x width x
    /// channels.</summary>
    public Image(byte[] pixels, int height, int width, int channels = 1)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A picture has 1 channel (grey) or 3 (red, green, blue).");
        if (pixels.LongLength != (long)height * width * channels)
            throw new ArgumentException(
                $"A picture of {height} x {width} x {channels} has {(long)height * width * channels} bytes; there are {pixels.Length}.",
                nameof(pixels));
        (Pixels, Height, Width, Channels) = (pixels, height, width, channels);
    }

    /// <summary>The values, row after row, the channels of a pixel beside each other.</summary>
    public byte[] Pixels { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>1 for grey, 3 for colour.</summary>
    public int Channels { get; }

    /// <summary>Reads a PNG, JPEG, WebP, BMP or GIF file; grey where the file is. Transparent parts become white. Throws
    /// <see cref="InvalidDataException"/> when it holds no whole picture.</summary>
    public static Image Load(string path)
    {
        using var stream = File.OpenRead(path);
        using var codec = SKCodec.Create(stream, out _)
            ?? throw new InvalidDataException($"{path}: not a picture in a known format (PNG, JPEG, WebP, BMP, GIF).");
        var grey = codec.Info.ColorType == SKColorType.Gray8;
        var (color, alpha) = grey ? (SKColorType.Gray8, SKAlphaType.Opaque) : (SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, color, alpha);
        using var bitmap = new SKBitmap(info);
        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success) throw new InvalidDataException($"{path}: the picture cannot be read to its end ({result}).");
        var pixels = Rows(bitmap.GetPixelSpan(), bitmap.RowBytes, info);
        return new(grey ? pixels : OnWhite(pixels), info.Height, info.Width, grey ? 1 : 3);
    }

    /// <summary>Writes the picture, atomically, as its extension says: <c>.png</c> (exact), <c>.jpg</c> or <c>.webp</c>.</summary>
    public void Save(string path)
    {
        var format = Path.GetExtension(path)?.ToUpperInvariant() switch
        {
            ".PNG" => SKEncodedImageFormat.Png,
            ".JPG" or ".JPEG" => SKEncodedImageFormat.Jpeg,
            ".WEBP" => SKEncodedImageFormat.Webp,
            _ => throw new ArgumentException($"'{path}': a picture is written as .png, .jpg or .webp.", nameof(path)),
        };
        using var image = ToSkia();
        using var encoded = image.Encode(format, quality: 92);
        AtomicFile.Write(path, encoded.SaveTo);
    }

    internal SKImage ToSkia()
    {
        if (Channels == 1) return SKImage.FromPixelCopy(new SKImageInfo(Width, Height, SKColorType.Gray8, SKAlphaType.Opaque), Pixels);
        var rgba = new byte[4 * Width * Height];
        for (var i = 0; i < Width * Height; i++)
        {
            Pixels.AsSpan(3 * i, 3).CopyTo(rgba.AsSpan(4 * i));
            rgba[(4 * i) + 3] = byte.MaxValue;
        }
        return SKImage.FromPixelCopy(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque), rgba);
    }

    private static byte[] Rows(ReadOnlySpan<byte> source, int stride, SKImageInfo info)
    {
        var row = info.Width * info.BytesPerPixel;
        var pixels = new byte[info.Height * row];
        for (var y = 0; y < info.Height; y++) source.Slice(y * stride, row).CopyTo(pixels.AsSpan(y * row));
        return pixels;
    }

    private static byte[] OnWhite(byte[] rgba)
    {
        var rgb = new byte[rgba.Length / 4 * 3];
        for (var i = 0; i < rgb.Length; i++)
        {
            var (pixel, channel) = Math.DivRem(i, 3);
            var alpha = rgba[(4 * pixel) + 3];
            rgb[i] = (byte)(((rgba[(4 * pixel) + channel] * alpha) + (255 * (255 - alpha)) + 127) / 255);
        }
        return rgb;
    }
}
