namespace DeepSym.Rewriting;

/// <summary>A named rewrite of one loop, which may look at what the rest of the graph does with its results. It gives null where it does not apply.</summary>
sealed record LoopRule(string Name, Promise Promise, Func<LoopUse, Dictionary<Expr, Expr>?> Apply)
{
    /// <summary>Whether the rule does not look at the graph around the loop, so that it need not be asked again.</summary>
    public bool IsLocal { get; init; }
}

/// <summary>A loop and what a graph uses of it.</summary>
sealed class LoopUse(Expr node, IReadOnlyList<Expr> order, Numerics numerics, RewriteTrace? trace = null)
{
    readonly HashSet<int> _used = [.. order.Where(e => e.Op is Project && e.Inputs[0] == node).Select(e => ((Project)e.Op!).Index)];

    public Expr Node { get; } = node;

    public Scan Scan { get; } = (Scan)node.Op!;

    public Numerics Numerics { get; } = numerics;

    /// <summary>Where rewriting of the body is noted.</summary>
    public RewriteTrace? Trace { get; } = trace;

    /// <summary>Whether something uses a result.</summary>
    public bool IsUsed(int part) => _used.Contains(part);

    /// <summary>The loops of the graph.</summary>
    public IEnumerable<Expr> Loops => order.Where(e => e.Op is Scan);

    /// <summary>The loop taken apart.</summary>
    public ScanDraft Draft() => new(Node);

    /// <summary>What stands for each used result.</summary>
    public Dictionary<Expr, Expr> With(Func<int, Expr> carry, Func<int, Expr> trace, Func<int, Expr> output, Func<Expr>? steps = null)
    {
        var replaced = new Dictionary<Expr, Expr>();
        for (var i = 0; i < Scan.Carries; i++)
        {
            Put(Scan.Final(i), () => carry(i));
            Put(Scan.Trace(i), () => trace(i));
        }
        for (var j = 0; j < Scan.Outputs; j++) Put(Scan.Output(j), () => output(j));
        if (Scan.HasStop) Put(Scan.Steps, steps!);
        return replaced;

        void Put(int part, Func<Expr> by)
        {
            if (IsUsed(part)) replaced[new Project(part).On(Node)] = by();
        }
    }

    /// <summary>The results of another loop for those of this one, given the numbers that carries and outputs have there.</summary>
    public Dictionary<Expr, Expr> With(ScanParts parts, Func<int, int>? carry = null, Func<int, int>? output = null) => With(
        i => parts.Final(carry?.Invoke(i) ?? i), i => parts.Trace(carry?.Invoke(i) ?? i), j => parts.Output(output?.Invoke(j) ?? j), () => new Project(parts.Scan.Steps).On(parts.Tuple));
}
