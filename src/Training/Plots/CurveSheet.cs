using System.Collections.Immutable;
using System.Globalization;
using ScottPlot;
using ScottPlot.AxisPanels;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace DeepSym.Training;

/// <summary>Plots side by side in one picture, such as the loss and the accuracy of a training.</summary>
public sealed class CurveSheet
{
    /// <summary>Lays the plots out from left to right.</summary>
    public CurveSheet(params IEnumerable<CurvePlot> plots)
    {
        Plots = [.. plots];
        if (Plots.IsEmpty) throw new ArgumentException("A sheet of curves needs at least one plot.", nameof(plots));
    }

    /// <summary>The plots from left to right.</summary>
    public ImmutableArray<CurvePlot> Plots { get; }

    /// <summary>Writes the sheet as a PNG picture, atomically; the default width is 640 for each plot.</summary>
    public void SavePng(string path, int width = 0, int height = 480)
    {
        var size = Size(width, height);
        using var bitmap = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap)) Render(canvas, size);
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        AtomicFile.Write(path, encoded.SaveTo);
    }

    /// <summary>Writes the sheet as an SVG drawing, atomically; letters are drawn as strokes, so that it looks the same everywhere.</summary>
    public void SaveSvg(string path, int width = 0, int height = 480)
    {
        var size = Size(width, height);
        using var drawing = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(size.Width, size.Height), drawing)) Render(canvas, size);
        var svg = SvgLetters.ToStrokes(drawing.ToArray());
        AtomicFile.Write(path, stream => stream.Write(svg));
    }

    private SKSizeI Size(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        return new(width == 0 ? 640 * Plots.Length : width, height);
    }

    private void Render(SKCanvas canvas, SKSizeI size)
    {
        canvas.Clear(SKColors.White);
        for (var i = 0; i < Plots.Length; i++)
        {
            using var plot = Draw(Plots[i]);
            var place = new PixelRect(i * size.Width / Plots.Length, (i + 1) * size.Width / Plots.Length, size.Height, 0);

            // The first rendering runs twice, to learn the width of the ticks, and a drawing would keep both: so it is done elsewhere.
            plot.RenderInMemory((int)place.Width, (int)place.Height);
            plot.RenderManager.ClearCanvasBeforeEachRender = false;
            plot.Render(canvas, place);
        }
    }

    private static Plot Draw(CurvePlot content)
    {
        var plot = new Plot();
        var drawn = new List<Coordinates>();
        foreach (var curve in content.Curves)
        {
            var points = Points(curve, content.Logarithmic).ToArray();
            var line = plot.Add.Scatter(points);
            line.LegendText = StrokeFont.Writable(curve.Name);
            line.LineWidth = 2;
            line.MarkerSize = points.Length <= 30 ? 5 : 0;
            drawn.AddRange(points.Where(point => double.IsFinite(point.Y)));
        }
        var (x, y) = (Around(drawn.Select(point => point.X), least: .3), Around(drawn.Select(point => point.Y), least: 1e-3));
        plot.Axes.SetLimits(x, y);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true, MinorTickGenerator = new EvenlySpacedMinorTickGenerator(1) };
        plot.Axes.Left.TickGenerator = content.Logarithmic
            ? new LogarithmicTicks()
            : new NumericAutomatic { LabelFormatter = value => Number(value, y) };
        ((AxisBase)plot.Axes.Left).PaddingBetweenTickAndAxisLabels = new(8);
        plot.Title(StrokeFont.Writable(content.Title));
        plot.XLabel(StrokeFont.Writable(content.XLabel));
        plot.YLabel(StrokeFont.Writable(content.YLabel));
        plot.ShowLegend(EmptiestCorner(drawn, x, y));
        plot.Axes.Bottom.TickLabelStyle.FontSize = plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Legend.FontSize = 13;
        if (plot.Font.Set(StrokeFont.Family)?.FamilyName != StrokeFont.Family)
            throw new InvalidOperationException("The font of the plots was removed from ScottPlot's resolvers; without it their text might vanish.");
        plot.Axes.Title.Label.Font = StrokeFont.Typeface(bold: true);
        return plot;
    }

    private static IEnumerable<Coordinates> Points(Curve curve, bool logarithmic) => curve.Values.Select((value, i) =>
    {
        var drawn = Math.Abs(value) <= Curve.Largest && (!logarithmic || value >= 1 / Curve.Largest);
        return new Coordinates(curve.First + i, !drawn ? double.NaN : logarithmic ? Math.Log10(value) : value);
    });

    private static CoordinateRange Around(IEnumerable<double> coordinates, double least)
    {
        double[] values = [.. coordinates];
        if (values.Length == 0) return new(0, 1);
        var (low, high) = (values.Min(), values.Max());
        var size = Math.Max(Math.Abs(low), Math.Abs(high));
        var distinct = high - low > Math.Max(1e-9 * size, 1 / Curve.Largest);
        var margin = distinct ? .05 * (high - low) : Math.Max(least, .1 * size);
        return new(low - margin, high + margin);
    }

    // As many digits as tell the numbers of the axis apart.
    private static string Number(double value, CoordinateRange range)
    {
        var span = range.Max - range.Min;
        if (Math.Abs(value) < 1e-6 * span) return "0";
        var digits = Math.Clamp(3 + (int)Math.Ceiling(Math.Log10(Math.Max(Math.Abs(range.Min), Math.Abs(range.Max)) / span)), 3, 15);
        return value.ToString($"G{digits}", CultureInfo.InvariantCulture);
    }

    // The legend goes where the fewest points lie beneath it.
    private static Alignment EmptiestCorner(List<Coordinates> points, CoordinateRange x, CoordinateRange y)
    {
        static bool Near(double value, CoordinateRange range, int end, double share) =>
            Math.Abs(((value - range.Min) / (range.Max - range.Min)) - end) < share;

        (Alignment Alignment, int X, int Y)[] corners =
            [(Alignment.UpperRight, 1, 1), (Alignment.LowerRight, 1, 0), (Alignment.UpperLeft, 0, 1), (Alignment.LowerLeft, 0, 0)];
        return corners.MinBy(corner => points.Count(point => Near(point.X, x, corner.X, .4) && Near(point.Y, y, corner.Y, .3))).Alignment;
    }
}
