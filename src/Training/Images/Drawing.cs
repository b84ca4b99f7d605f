using SkiaSharp;

namespace DeepSym.Training;

/// <summary>A white sheet to draw rectangles, pictures and words on; all measures in pixels, y downwards.</summary>
internal sealed class Drawing : IDisposable
{
    private readonly SKBitmap bitmap;
    private readonly SKCanvas canvas;

    public Drawing(int width, int height)
    {
        bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        canvas = new(bitmap);
        canvas.Clear(SKColors.White);
    }

    public void Fill(float x, float y, float width, float height, SKColor color)
    {
        using var paint = new SKPaint { Color = color };
        canvas.DrawRect(x, y, width, height, paint);
    }

    public void Frame(float x, float y, float width, float height, SKColor color, float thickness)
    {
        using var paint = new SKPaint { Color = color, Style = SKPaintStyle.Stroke, StrokeWidth = thickness };
        canvas.DrawRect(x, y, width, height, paint);
    }

    /// <summary>Draws the picture into the rectangle; each of its pixels stays a sharp square.</summary>
    public void Picture(Image image, float x, float y, float width, float height)
    {
        using var picture = image.ToSkia();
        canvas.DrawImage(picture, SKRect.Create(x, y, width, height), new SKSamplingOptions(SKFilterMode.Nearest));
    }

    /// <summary>Writes one line whose middle height is at <paramref name="y"/> and whose left end, middle or right end is at
    /// <paramref name="x"/>.</summary>
    public void Text(string text, float x, float y, float size, SKColor color, SKTextAlign align = SKTextAlign.Center, bool bold = false)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        using var font = Font(size, bold);
        canvas.DrawText(StrokeFont.Writable(text), x, y + (.35f * size), align, font, paint);
    }

    /// <summary>Writes one line upwards, its lower end, middle or upper end at (x, y).</summary>
    public void TextUpwards(string text, float x, float y, float size, SKColor color, SKTextAlign align = SKTextAlign.Center)
    {
        canvas.Save();
        canvas.RotateDegrees(-90, x, y);
        Text(text, x, y, size, color, align);
        canvas.Restore();
    }

    public static float Measure(string text, float size, bool bold = false)
    {
        using var font = Font(size, bold);
        return font.MeasureText(StrokeFont.Writable(text));
    }

    public Image ToImage()
    {
        canvas.Flush();
        var rgba = bitmap.GetPixelSpan();
        var rgb = new byte[3 * bitmap.Width * bitmap.Height];
        for (var i = 0; i < bitmap.Width * bitmap.Height; i++) rgba.Slice(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        return new(rgb, bitmap.Height, bitmap.Width, 3);
    }

    public void Dispose()
    {
        canvas.Dispose();
        bitmap.Dispose();
    }

    private static SKFont Font(float size, bool bold) =>
        new(StrokeFont.Typeface(bold), size) { Subpixel = true, Edging = SKFontEdging.Antialias, Hinting = SKFontHinting.None };
}
