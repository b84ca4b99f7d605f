using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace DeepSym.Training;

/// <summary>Ticks of an axis that shows log10 of its values: named at 1, 2 and 5 times a power of ten, or at the powers alone where they are
/// many.</summary>
internal sealed class LogarithmicTicks : ITickGenerator
{
    private static readonly int[] Named = [1, 2, 5];

    public Tick[] Ticks { get; set; } = [];

    public int MaxTickCount { get; set; } = 1000;

    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        const float Room = 24; // pixels that a number takes
        var (low, high) = ((int)Math.Floor(range.Min), (int)Math.Ceiling(range.Max));
        var within = 3 * (range.Max - range.Min) <= size.Length / Room;
        var every = (int)Math.Max(1, Math.Ceiling((high - low) * Room / size.Length));
        var ticks = new List<Tick>();
        for (var power = low; power <= high; power++)
        for (var digit = 1; digit <= 9; digit++)
        {
            var place = power + Math.Log10(digit);
            if (!range.Contains(place) || (every > 1 && (digit > 1 || power % every != 0))) continue;
            var named = digit == 1 || (within && Named.Contains(digit));
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
