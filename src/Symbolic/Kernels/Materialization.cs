namespace DeepSym.Kernels;

/// <summary>
/// Chooses which expressions get a buffer; all others are computed inside the kernels that use them. A value is stored when something needs
/// it in memory (an output, an operand of a library op), when computing it again would cost more than loading it, or when a kernel would grow too large.
/// </summary>
sealed class Materialization
{
    const int MaxCost = 600;        // of one kernel, in multiplications
    const int MaxNodes = 120;       // inside one kernel
    const int WorthStoring = 6;     // the cost from which a value that several kernels use is stored
    const int WorthStoringRepeated = 4; // the cost from which a value is stored before it is repeated along an axis

    readonly HashSet<Expr> _stored = [];

    Materialization() { }

    /// <summary>Whether the expression has a buffer of its own.</summary>
    public bool IsStored(Expr expr) => _stored.Contains(expr);

    public static Materialization Of(List<Expr> order, IEnumerable<Expr> roots)
    {
        var chosen = new Materialization();
        foreach (var root in roots) chosen.Store(root);
        foreach (var node in order) chosen.Demand(node);
        var cost = chosen.Bound(order);
        chosen.Share(order, cost);
        return chosen;
    }

    /// <summary>Whether the expression can be loaded from memory without being stored first: leaves, and reshapes of what is in memory.</summary>
    static bool IsInMemory(Expr expr) => expr is Leaf;

    /// <summary>Whether the reshape only gives another shape to a buffer.</summary>
    public static bool IsAlias(Expr expr) => expr.Op is Reshape view && view.Forms(expr.Inputs[0].Shape, expr.Shape) is null;

    // What an op needs in memory.
    void Demand(Expr node)
    {
        switch (node.Op)
        {
            case Gather:
                Store(node.Inputs[0]);
                break;
            case Contract:
                _stored.Add(node);
                foreach (var input in node.Inputs) Store(input.Op is Transpose ? input.Inputs[0] : input);
                break;
            case Scan scan:
                _stored.Add(node);
                for (var i = 0; i < node.Inputs.Length; i++) Store(scan.IsSequence(i) ? RowRange.Of(node.Inputs[i]).Memory : node.Inputs[i]);
                break;
            case Project:
                _stored.Add(node);
                break;
            case TupleOp:
                _stored.Add(node);
                foreach (var input in node.Inputs) Store(input);
                break;
            case LibraryOp:
                _stored.Add(node);
                foreach (var input in node.Inputs) Store(input);
                break;
            case Reduce or Fold:
                _stored.Add(node);
                break;
            case Pad pad:   // outside it reads zero, so nothing may be computed between the buffer and it
                var inner = node.Inputs[0];
                if (pad.Steps.All(step => Math.Abs(step) == 1))
                    while (inner.Op is ViewOp and not Reshape) inner = inner.Inputs[0];
                Store(inner);
                break;
            case Reshape when IsAlias(node):
                Store(node.Inputs[0]);
                break;
        }
    }

    void Store(Expr expr)
    {
        while (IsAlias(expr)) expr = expr.Inputs[0];
        if (!IsInMemory(expr)) _stored.Add(expr);
    }

    // Cuts what would grow too large, and what is expensive and repeated; gives the cost of computing each node once inside a kernel.
    Dictionary<Expr, int> Bound(List<Expr> order)
    {
        var found = new Dictionary<Expr, (int Cost, int Nodes)>();
        foreach (var node in order)
        {
            if (node is Leaf) { found[node] = default; continue; }
            if (node.Op is BroadcastTo && Cost(node.Inputs[0]) >= WorthStoringRepeated) Store(node.Inputs[0]);
            var (cost, nodes) = (node.Op is Map { Function.Cost: var own } ? own : 0, 1);
            foreach (var input in node.Inputs)
                if (!_stored.Contains(input)) (cost, nodes) = (cost + found[input].Cost, nodes + found[input].Nodes);
            if ((cost > MaxCost || nodes > MaxNodes) && node.Op is not DimValue) _stored.Add(node);
            found[node] = (cost, nodes);
        }
        return found.ToDictionary(pair => pair.Key, pair => pair.Value.Cost);

        int Cost(Expr expr) => _stored.Contains(expr) ? 0 : found[expr].Cost;
    }

    // Stores what is expensive and would be computed in more than one kernel; not a few cheap steps from one expensive value, which is then stored itself.
    void Share(List<Expr> order, Dictionary<Expr, int> cost)
    {
        var home = new Dictionary<Expr, Expr?>();   // the stored expression whose kernel computes the node; null: several
        var steps = new Dictionary<Expr, int>();    // the cost of what several kernels compute again from the node
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            if (node is Leaf) continue;
            if (!_stored.Contains(node) && home.TryGetValue(node, out var single) && single is null && cost[node] >= WorthStoring)
            {
                var again = steps.GetValueOrDefault(node) + (node.Op is Map { Function.Cost: var own } ? own : WorthStoring);
                if (again < WorthStoring && OnlySource(node, cost) is { } source) steps[source] = Math.Max(steps.GetValueOrDefault(source), again);
                else _stored.Add(node);
            }
            var user = _stored.Contains(node) ? node : home.GetValueOrDefault(node);
            foreach (var input in node.Inputs)
                home[input] = !home.TryGetValue(input, out var known) || ReferenceEquals(known, user) ? user : null;
        }
    }

    // The one input that costs something, if it is as large as the node.
    Expr? OnlySource(Expr node, Dictionary<Expr, int> cost)
    {
        Expr? source = null;
        foreach (var input in node.Inputs)
        {
            if (_stored.Contains(input) || cost[input] == 0 || ReferenceEquals(input, source)) continue;
            if (source is not null || input.Shape != node.Shape) return null;
            source = input;
        }
        return source;
    }
}
