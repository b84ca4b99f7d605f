using System.Collections.Immutable;

namespace DeepSym.Training;

/// <summary>A named row of values, one an epoch; the first belongs to epoch <see cref="First"/>. A value that is not a number, or beyond ±1e300,
/// leaves a gap.</summary>
public sealed record Curve(string Name, ImmutableArray<double> Values)
{
    // The drawing library cannot lay out an axis of all finite numbers.
    internal const double Largest = 1e300;

    /// <summary>The epoch of the first value. Default 1.</summary>
    public int First { get; init; } = 1;
}
