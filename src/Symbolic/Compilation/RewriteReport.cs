using System.Globalization;
using System.Text;

namespace DeepSym;

/// <summary>What rewriting did to a function: which rules fired, how often, how long they took. The rules are those of <c>docs/rewrites.md</c>.</summary>
/// <param name="Rules">The rules that fired, the most frequent first.</param>
/// <param name="NodesBefore">The nodes of the graph as it was written, those in bodies of loops and branches included.</param>
/// <param name="NodesAfter">The nodes of the graph that was made into kernels.</param>
/// <param name="Time">The time that all rules took, those that did not apply included.</param>
public sealed record RewriteReport(IReadOnlyList<RewriteCount> Rules, int NodesBefore, int NodesAfter, TimeSpan Time)
{
    /// <summary>A table.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{NodesBefore} nodes became {NodesAfter} in {Time.TotalMilliseconds:0.0} ms").AppendLine();
        if (Rules.Count > 0) text.AppendLine("  times        ms  rule");
        foreach (var (rule, count, time) in Rules) text.Append(CultureInfo.InvariantCulture, $"{count,7} {time.TotalMilliseconds,9:0.000}  {rule}").AppendLine();
        return text.ToString();
    }
}

/// <summary>How often a rule fired while a function was compiled, and how long it took, attempts that failed included.</summary>
public sealed record RewriteCount(string Rule, int Count, TimeSpan Time);
