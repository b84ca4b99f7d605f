using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace DeepSym.Rewriting;

/// <summary>Which rules fired, how often, and how long it took; also where, if that is kept.</summary>
sealed class RewriteTrace
{
    readonly Dictionary<object, Entry> _entries = new(ReferenceEqualityComparer.Instance);
    readonly List<Entry> _order = [];
    readonly List<RewriteStep> _steps = [];
    readonly bool _keepsSteps;

    /// <summary>An empty trace.</summary>
    public RewriteTrace(bool keepsSteps = false) => _keepsSteps = keepsSteps;

    // The same trace for another graph.
    RewriteTrace(RewriteTrace whole, Sources sources) => (_entries, _order, _steps, _keepsSteps, Sources) = (whole._entries, whole._order, whole._steps, whole._keepsSteps, sources);

    /// <summary>Where it is noted what the user wrote; null where nobody asks.</summary>
    public Sources? Sources { get; }

    /// <summary>The same trace, for a graph of its own.</summary>
    public RewriteTrace For(Sources sources) => new(this, sources);

    /// <summary>The rules that fired with their counts, and the time they took where they did not apply too, in the order in which they were tried first.</summary>
    public IEnumerable<(string Rule, int Count, TimeSpan Time)> Counts => _order.Where(entry => entry.Count > 0).Select(entry => (entry.Rule, entry.Count, Stopwatch.GetElapsedTime(0, entry.Ticks)));

    /// <summary>The time of all attempts, of rules that never applied too.</summary>
    public TimeSpan Time => Stopwatch.GetElapsedTime(0, _order.Sum(entry => entry.Ticks));

    /// <summary>What was replaced by what, where that is kept.</summary>
    public IReadOnlyList<RewriteStep> Steps => _steps;

    /// <summary>Notes an attempt that began at a time stamp.</summary>
    public void Tried(Rule rule, long began) => Of(rule, rule.Name).Ticks += Stopwatch.GetTimestamp() - began;

    /// <summary>Notes an attempt that began at a time stamp.</summary>
    public void Tried(LoopRule rule, long began) => Of(rule, rule.Name).Ticks += Stopwatch.GetTimestamp() - began;

    /// <summary>Notes that a rule replaced an expression.</summary>
    public void Fired(Rule rule, Expr before, Expr after)
    {
        Of(rule, rule.Name).Count++;
        if (_keepsSteps) _steps.Add(new RewriteStep(rule.Name, rule.Promise, before, after));
    }

    /// <summary>Notes that a rule replaced the results of a loop.</summary>
    public void Fired(LoopRule rule, IReadOnlyDictionary<Expr, Expr> replaced)
    {
        Of(rule, rule.Name).Count++;
        if (!_keepsSteps) return;
        foreach (var (before, after) in replaced)
            if (before != after) _steps.Add(new RewriteStep(rule.Name, rule.Promise, before, after));
    }

    /// <summary>A line for each step that was kept, then the counts.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (rule, _, before, after) in _steps) text.Append(rule).Append(": ").Append(ExprPrinter.Brief(before)).Append(" → ").AppendLine(ExprPrinter.Brief(after));
        foreach (var (rule, count, _) in Counts.OrderByDescending(c => c.Count)) text.Append(CultureInfo.InvariantCulture, $"{count} x {rule}").AppendLine();
        return text.ToString();
    }

    Entry Of(object rule, string name)
    {
        if (_entries.TryGetValue(rule, out var known)) return known;
        var entry = new Entry(name);
        _order.Add(entry);
        return _entries[rule] = entry;
    }

    sealed class Entry(string rule)
    {
        public string Rule { get; } = rule;

        public int Count { get; set; }

        public long Ticks { get; set; }
    }
}

/// <summary>That a rule put one expression in the place of another.</summary>
sealed record RewriteStep(string Rule, Promise Promise, Expr Before, Expr After);
