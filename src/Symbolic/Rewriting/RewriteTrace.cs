using System.Globalization;
using System.Text;

namespace DeepSym.Rewriting;

/// <summary>Which rules fired, and how often; also where, if that is kept.</summary>
sealed class RewriteTrace(bool keepsSteps = false)
{
    readonly Dictionary<Rule, int> _counts = new(ReferenceEqualityComparer.Instance);
    readonly List<Rule> _order = [];
    readonly List<(Rule Rule, Expr Before, Expr After)> _steps = [];

    /// <summary>The rules with their counts, in the order in which they fired first.</summary>
    public IEnumerable<(Rule Rule, int Count)> Counts => _order.Select(rule => (rule, _counts[rule]));

    public void Fired(Rule rule, Expr before, Expr after)
    {
        if (!_counts.TryGetValue(rule, out var count)) _order.Add(rule);
        _counts[rule] = count + 1;
        if (keepsSteps) _steps.Add((rule, before, after));
    }

    /// <summary>A line for each step that was kept, then the counts.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (rule, before, after) in _steps) text.Append(rule.Name).Append(": ").Append(ExprPrinter.Brief(before)).Append(" → ").AppendLine(ExprPrinter.Brief(after));
        foreach (var (rule, count) in Counts.OrderByDescending(c => c.Count)) text.Append(CultureInfo.InvariantCulture, $"{count} x {rule.Name}").AppendLine();
        return text.ToString();
    }
}
