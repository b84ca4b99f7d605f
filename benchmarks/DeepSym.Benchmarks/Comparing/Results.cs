using DeepSym.Benchmarks.Measuring;

namespace DeepSym.Benchmarks.Comparing;

/// <summary>All measurements of a comparison.</summary>
sealed class Results
{
    readonly List<(Engine Engine, int Threads, Measurement Measurement)> _found = [];

    public void Add(Engine engine, int threads, IEnumerable<Measurement> found) => _found.AddRange(found.Select(f => (engine, threads, f)));

    /// <summary>The rows of this project, in order, without the limits.</summary>
    public IReadOnlyList<string> Rows =>
        [.. _found.Where(f => f.Engine == Engine.Own && !f.Measurement.Bench.StartsWith("limit.", StringComparison.Ordinal)).Select(f => f.Measurement.Bench).Distinct()];

    /// <summary>The median over the rounds of something measured of a row; null when it was not.</summary>
    public double? Median(Engine engine, int threads, string row, Func<Measurement, double?> what)
    {
        var values = _found.Where(f => f.Engine == engine && f.Threads == threads && f.Measurement.Bench == row).Select(f => what(f.Measurement)).OfType<double>().Order().ToArray();
        return values.Length == 0 ? null : (values[values.Length / 2] + values[(values.Length - 1) / 2]) / 2;
    }

    /// <summary>The best of each limit of the machine.</summary>
    public IReadOnlyDictionary<string, double> Limits(int threads) => _found
        .Where(f => f.Threads == threads && f.Measurement.Bench.StartsWith("limit.", StringComparison.Ordinal))
        .GroupBy(f => f.Measurement.Bench).ToDictionary(g => g.Key, g => g.Max(f => f.Measurement.Ms));
}
