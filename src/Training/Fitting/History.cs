using System.Collections.Immutable;

namespace DeepSym.Training;

/// <summary>
/// The figures of every epoch, by name: <c>loss</c>, the metrics, and the same with <c>val_</c> before for the validation data. (Keras's <c>History</c>.)
/// </summary>
public sealed class History
{
    readonly Dictionary<string, List<double>> _values = [];
    readonly List<string> _names = [];

    /// <summary>The names, in the order in which they appeared.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The number of epochs.</summary>
    public int Epochs { get; private set; }

    /// <summary>The values of a figure, one for each epoch.</summary>
    /// <exception cref="KeyNotFoundException">There is no such figure; the message lists those there are.</exception>
    public IReadOnlyList<double> this[string name] => _values.TryGetValue(name, out var values)
        ? values
        : throw new KeyNotFoundException($"The history has no '{name}'; it has {string.Join(", ", _names)}.");

    /// <summary>Whether there is a figure of that name.</summary>
    public bool Contains(string name) => _values.ContainsKey(name);

    /// <summary>Adds the figures of an epoch.</summary>
    public void Add(IEnumerable<KeyValuePair<string, double>> figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        foreach (var (name, value) in figures)
        {
            if (!_values.TryGetValue(name, out var values))
            {
                _values[name] = values = [.. Enumerable.Repeat(double.NaN, Epochs)];
                _names.Add(name);
            }
            values.Add(value);
        }
        Epochs++;
        foreach (var values in _values.Values)
            if (values.Count < Epochs) values.Add(double.NaN);
    }

    /// <summary>The figures of one epoch, from 0.</summary>
    public IReadOnlyDictionary<string, double> Epoch(int epoch) => _names.ToDictionary(name => name, name => _values[name][epoch]);

    /// <summary>Training curves: one picture for the loss and one for each metric, training and validation together.</summary>
    public CurveSheet Plot()
    {
        var plots = new List<CurvePlot>();
        foreach (var name in _names.Where(n => !n.StartsWith("val_", StringComparison.Ordinal)))
        {
            var plot = new CurvePlot { Title = name, XLabel = "epoch", YLabel = name }.With("training", _values[name]);
            plots.Add(_values.TryGetValue("val_" + name, out var validation) ? plot.With("validation", validation) : plot);
        }
        return new CurveSheet(plots.ToImmutableArray());
    }
}
