namespace DeepSym.Rewriting;

/// <summary>
/// Applies tables of rules to graphs: bottom-up, each node once a pass, until a pass changes nothing. Rules that chase each other run out of budget, and
/// the error names them.
/// </summary>
static class Rewriter
{
    const int MaxPasses = 40;
    const int MaxAtNode = 60;

    /// <summary>The roots rewritten. Nodes in <paramref name="barriers"/> stay as they are.</summary>
    public static List<Expr> Apply(IReadOnlyList<Expr> roots, RuleSet rules, Numerics numerics, RewriteTrace? trace = null, IReadOnlySet<Expr>? barriers = null)
    {
        List<Expr> current = [.. roots];
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            var next = Pass(current, rules, numerics, trace, barriers);
            if (next.SequenceEqual(current)) return next;
            current = next;
        }
        throw new CompileException($"DeepSym broke an invariant: rewriting did not end after {MaxPasses} passes; the last rules were {trace?.Last ?? "not traced"}. Please report this.");
    }

    static List<Expr> Pass(List<Expr> roots, RuleSet rules, Numerics numerics, RewriteTrace? trace, IReadOnlySet<Expr>? barriers)
    {
        var rewritten = new Dictionary<Expr, Expr>();
        foreach (var node in Traversal.Topological(roots, e => barriers?.Contains(e) == true ? [] : e.Inputs.AsSpan()))
        {
            if (node is Leaf || barriers?.Contains(node) == true)
            {
                rewritten[node] = node;
                continue;
            }
            var result = AtNode(Traversal.WithInputs(node, node.Op!, input => rewritten[input]), rules, numerics, trace);
            if (!ReferenceEquals(result, node) && node.Name is { } name && result is Apply && result.Name is null) result.Named(name);
            rewritten[node] = result;
        }
        return [.. roots.Select(root => rewritten[root])];
    }

    static Expr AtNode(Expr node, RuleSet rules, Numerics numerics, RewriteTrace? trace)
    {
        string? last = null;
        for (var count = 0; node.Op is { } op; count++)
        {
            Rule? fired = null;
            var before = node;
            foreach (var rule in rules.For(op))
            {
                if (!IsAllowed(rule.Promise, numerics) || rule.Apply(node) is not { } replacement || ReferenceEquals(replacement, node)) continue;
                if (replacement.DType != node.DType || replacement.Rank != node.Rank || replacement.Type.Parts.Count != node.Type.Parts.Count)
                    throw new CompileException($"DeepSym broke an invariant: the rule '{rule.Name}' turned {node.Type} into {replacement.Type}. Please report this.");
                (fired, node) = (rule, replacement);
                break;
            }
            if (fired is null) return node;
            trace?.Fired(fired, before, node);
            if (count > MaxAtNode) throw new CompileException($"DeepSym broke an invariant: the rules '{last}' and '{fired.Name}' undo each other at {before}. Please report this.");
            last = fired.Name;
        }
        return node;
    }

    /// <summary>Whether rules with a promise may fire.</summary>
    public static bool IsAllowed(Promise promise, Numerics numerics) => promise switch
    {
        Promise.Exact => true,
        Promise.AssumesFinite => numerics == Numerics.Fast,
        _ => numerics != Numerics.Strict,
    };
}

/// <summary>Which rules fired, and how often.</summary>
sealed class RewriteTrace
{
    readonly Dictionary<string, int> _counts = [];
    string _before = "", _last = "";

    /// <summary>The counts, in the order in which rules fired first.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>The last two rules.</summary>
    public string Last => $"'{_before}' and '{_last}'";

    public void Fired(Rule rule, Expr before, Expr after)
    {
        _counts[rule.Name] = _counts.GetValueOrDefault(rule.Name) + 1;
        if (rule.Name != _last) (_before, _last) = (_last, rule.Name);
    }
}
