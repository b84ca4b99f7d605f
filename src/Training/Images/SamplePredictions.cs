using System.Collections.Immutable;
using SkiaSharp;

namespace DeepSym.Training;

/// <summary>A picture of samples with what was predicted for them; wrong predictions are framed in red and name the true class.</summary>
public sealed record SamplePredictions(LabelledImages Images, ImmutableArray<int> Predicted)
{
    /// <summary>Samples in a row. Default 8.</summary>
    public int Columns { get; init; } = 8;

    /// <summary>How often each pixel is repeated in both directions. Default 3.</summary>
    public int Zoom { get; init; } = 3;

    /// <summary>The names of the classes; empty, the default, names them 0, 1, 2, ...</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>Writes the picture as its extension says (<see cref="Image.Save"/>), atomically.</summary>
    public void Save(string path) => Draw().Save(path);

    /// <summary>Draws all samples; throws <see cref="ArgumentException"/> when there are none or not one prediction for each.</summary>
    public Image Draw()
    {
        if (Images.Count == 0 || Predicted.Length != Images.Count)
            throw new ArgumentException(
                $"There are {Images.Count} images and {Predicted.Length} predictions; at least one image and as many predictions are needed.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Zoom);

        const int Gap = 10, Line = 20;
        var (width, height) = (Images.Width * Zoom, Images.Height * Zoom);
        var columns = Math.Min(Columns, Images.Count);
        var rows = (Images.Count + columns - 1) / columns;
        using var sheet = new Drawing((columns * (width + Gap)) + Gap, (rows * (height + Line + Gap)) + Gap);
        for (var i = 0; i < Images.Count; i++)
        {
            var (x, y) = (Gap + (i % columns * (width + Gap)), Gap + (i / columns * (height + Line + Gap)));
            var right = Predicted[i] == Images.Labels[i];
            var color = right ? new SKColor(0, 109, 44) : new SKColor(203, 24, 29);
            var text = right ? Name(Predicted[i]) : $"{Name(Predicted[i])}, not {Name(Images.Labels[i])}";
            sheet.Picture(new Image(Images[i].ToArray(), Images.Height, Images.Width), x, y, width, height);
            if (!right) sheet.Frame(x - 1.5f, y - 1.5f, width + 3, height + 3, color, 3);
            sheet.Text(text, x + (width / 2f), y + height + (.6f * Line), Math.Min(15, 15 * width / Drawing.Measure(text, 15)), color, bold: !right);
        }
        return sheet.ToImage();
    }

    private string Name(int index) => (uint)index < (uint)(Names.IsDefaultOrEmpty ? 0 : Names.Length) ? Names[index] : $"{index}";
}
