namespace DeepSym;

/// <summary>What the user wrote for each expression of a rewritten graph: messages name that.</summary>
sealed class Sources
{
    readonly IReadOnlyList<Expr> _roots;
    readonly Lazy<HashSet<Expr>> _written;
    readonly Dictionary<Expr, Expr> _replaced = [];

    /// <summary>Of a graph with these roots, before it is rewritten.</summary>
    public Sources(IReadOnlyList<Expr> roots)
    {
        _roots = roots;
        _written = new(() => [.. Traversal.WithBodies(_roots)]);
    }

    /// <summary>Notes that one expression stands in the place of another.</summary>
    public void Replaced(Expr before, Expr after)
    {
        if (before == after || after is Leaf) return;
        Origins.Inherit(before, after);
        var source = Of(before);
        if (source is not null && Of(after) is not { Name: not null }) _replaced[after] = source;
    }

    /// <summary>What the user wrote; null for a part of what stands for it.</summary>
    public Expr? Of(Expr expr) => _written.Value.Contains(expr) ? expr : _replaced.GetValueOrDefault(expr);

    /// <summary>What the user wrote and where, for a message: of a part of something, that which it is a part of among the expressions that the <paramref name="roots"/> depend on.</summary>
    public string Describe(Expr expr, IEnumerable<Expr> roots)
    {
        if (Of(expr) is { } source) return Placed(source, source);
        var parts = new HashSet<Expr> { expr };
        foreach (var node in Traversal.Topological(roots))
        {
            if (!node.Inputs.Any(parts.Contains)) continue;
            if (Of(node) is { } whole) return $"{Infix.Short(expr)}: {expr.Type}, a part of {Placed(whole, whole)}";
            parts.Add(node);
        }
        return Placed(expr, expr);
    }

    /// <summary>An expression as the user wrote it, its type, and the place where that was if it was recorded.</summary>
    public static string Placed(Expr expr, Expr built) => $"{Infix.Short(expr)}: {expr.Type}{(Origins.Of(built) is { } origin ? $" ({origin})" : "")}";
}
