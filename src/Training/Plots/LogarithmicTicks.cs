using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace DeepSym.Training;

/// <summary>Ticks of an axis that shows log10 of its values: named at 1, 2 and 5 times a power of ten, or at the powers alone where they are many.</summary>
internal sealed class LogarithmicTicks : ITickGenerator
{
    private static readonly int[] Named = [1, 2, 5];

    public Tick[] Ticks { get; set; } = [];

    public int MaxTickCount { get; set; } = 1000;

    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        var (low, high) = ((int)Math.Floor(range.Min), (int)Math.Ceiling(range.Max));
        var every = Math.Max(1, (high - low) / 10);
        var ticks = new List<Tick>();
        for (var power = low; power <= high; power++)
        for (var digit = 1; digit <= 9; digit++)
        {
            var place = power + Math.Log10(digit);
            if (!range.Contains(place) || (high - low > 20 && digit > 1)) continue;
            var named = high - low <= 4 ? Named.Contains(digit) : digit == 1 && power % every == 0;
            ticks.Add(named ? Tick.Major(place, Label(place)) : Tick.Minor(place));
        }
        if (ticks.Count(tick => tick.IsMajor) < 3)
        {
            var automatic = new NumericAutomatic { LabelFormatter = Label };
            automatic.Regenerate(range, edge, size, paint, labelStyle);
            ticks = [.. automatic.Ticks];
        }
        Ticks = [.. ticks];
    }

    private static string Label(double place) => Math.Pow(10, place).ToString("G3", CultureInfo.InvariantCulture);
}
