using System.Collections.Immutable;
using SkiaSharp;

namespace DeepSym.Training;

/// <summary>A picture of a confusion matrix: the counts, coloured by their share of the true class, right ones blue and wrong ones red.</summary>
public sealed record ConfusionMatrixPlot(ConfusionMatrix Matrix)
{
    /// <summary>Stands above the matrix. Default <c>confusion matrix</c>.</summary>
    public string Title { get; init; } = "confusion matrix";

    /// <summary>The names of the classes; empty, the default, names them 0, 1, 2, ...</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>Width and height of a cell in pixels. Default 52.</summary>
    public int Cell { get; init; } = 52;

    /// <summary>Writes the picture as its extension says (<see cref="Image.Save"/>), atomically.</summary>
    public void Save(string path) => Draw().Save(path);

    /// <summary>Draws the picture; throws <see cref="ArgumentException"/> when the number of names is not that of the classes.</summary>
    public Image Draw()
    {
        var classes = Matrix.Classes;
        if (!Names.IsEmpty && Names.Length != classes) throw new ArgumentException($"There are {Names.Length} names for {classes} classes.");
        ArgumentOutOfRangeException.ThrowIfLessThan(Cell, 8, nameof(Cell));
        string[] names = Names.IsEmpty ? [.. Enumerable.Range(0, classes).Select(i => $"{i}")] : [.. Names];
        var title = $"{Title}   accuracy {Matrix.Accuracy:0.0000}";
        var letter = Math.Clamp(.3f * Cell, 8, 18);
        var widest = names.Max(name => Drawing.Measure(name, letter));
        var upwards = widest > .95f * Cell; // long names of the columns stand on end
        var (left, top) = ((4.4f * letter) + widest, (4.8f * letter) + (upwards ? widest : letter));
        var side = classes * Cell;
        var width = Math.Max(left + side, letter + Drawing.Measure(title, letter, bold: true)) + letter;

        using var sheet = new Drawing((int)width, (int)(top + side + letter));
        sheet.Text(title, letter, 1.3f * letter, letter, SKColors.Black, SKTextAlign.Left, bold: true);
        sheet.Text("predicted", left + (side / 2f), 3 * letter, letter, SKColors.Black);
        sheet.TextUpwards("true", 1.2f * letter, top + (side / 2f), letter, SKColors.Black);
        for (var i = 0; i < classes; i++)
        {
            var middle = (i + .5f) * Cell;
            if (upwards) sheet.TextUpwards(names[i], left + middle, top - (.5f * letter), letter, SKColors.Black, SKTextAlign.Left);
            else sheet.Text(names[i], left + middle, top - (.9f * letter), letter, SKColors.Black);
            sheet.Text(names[i], left - (.7f * letter), top + middle, letter, SKColors.Black, SKTextAlign.Right);
            var row = Matrix.RowTotal(i);
            for (var j = 0; j < classes; j++)
            {
                var share = row == 0 ? 0 : Matrix[i, j] / (float)row;
                var count = $"{Matrix[i, j]}";
                sheet.Fill(left + (j * Cell), top + (i * Cell), Cell, Cell, Shade(share, right: i == j));
                sheet.Text(count, left + ((j + .5f) * Cell), top + middle, Fit(count, letter, Cell), Ink(Matrix[i, j], share, right: i == j));
            }
        }
        for (var i = 0; i <= classes; i++)
        {
            sheet.Fill(left, top + (i * Cell), side + 1, 1, SKColors.LightGray);
            sheet.Fill(left + (i * Cell), top, 1, side + 1, SKColors.LightGray);
        }
        return sheet.ToImage();
    }

    private static float Fit(string text, float size, float room) => Math.Min(size, size * (.9f * room) / Drawing.Measure(text, size));

    // Errors are few: a fifth of a class is the full red.
    private static SKColor Shade(float share, bool right) =>
        right ? Mix(new SKColor(8, 81, 156), share) : Mix(new SKColor(203, 24, 29), Math.Min(1, 5 * share));

    private static SKColor Ink(long count, float share, bool right) =>
        count == 0 ? SKColors.LightGray : (right ? share > .5f : share > .12f) ? SKColors.White : SKColors.Black;

    private static SKColor Mix(SKColor full, float share)
    {
        byte Channel(byte value) => (byte)(255 + (share * (value - 255)));
        return new(Channel(full.Red), Channel(full.Green), Channel(full.Blue));
    }
}
