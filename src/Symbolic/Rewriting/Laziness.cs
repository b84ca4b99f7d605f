namespace DeepSym.Rewriting;

/// <summary>
/// Puts what only one branch of a choice needs into a body of its own. Choices with the same condition share their bodies, so that what several
/// results of a branch need is computed once.
/// </summary>
sealed class Laziness
{
    readonly List<Expr> _order;
    readonly Dictionary<Expr, (Expr Condition, bool Side)?> _home = [];   // the only branch that needs a node; null: not only one
    readonly Dictionary<Expr, int> _round = [];                            // of a choice: above those that it needs otherwise than within a branch of its own condition

    Laziness(IReadOnlyList<Expr> roots)
    {
        _order = Traversal.Topological(roots);
        foreach (var root in roots) _home[root] = null;
        foreach (var node in _order.AsEnumerable().Reverse())
            for (var i = 0; i < node.Inputs.Length; i++)
                Need(node.Inputs[i], _home[node] ?? (node.Op is IfElse && i > 0 ? (node.Inputs[0], i == 1) : null));
    }

    /// <summary>The graph in which every choice is a branch.</summary>
    public static Graph Apply(Graph graph, Sources sources) =>
        Traversal.Topological(graph.Roots).Any(node => node.Op is IfElse) ? graph.WithRoots(new Laziness(graph.Roots).Rebuild(graph.Roots, sources)) : graph;

    void Need(Expr node, (Expr, bool)? by) => _home[node] = _home.TryGetValue(node, out var known) && known != by ? null : by;

    List<Expr> Rebuild(IReadOnlyList<Expr> roots, Sources sources)
    {
        Rank();
        var groups = _order.Where(IsChoice).ToLookup(e => (e.Inputs[0], _round[e]));
        var rebuilt = new Dictionary<Expr, Expr>();
        foreach (var node in _order)
        {
            if (_home[node] is not null || rebuilt.ContainsKey(node)) continue;
            if (!IsChoice(node)) rebuilt[node] = node is Leaf ? node : Traversal.WithInputs(node, node.Op!, input => rebuilt[input]);
            else Branches([.. groups[(node.Inputs[0], _round[node])]], rebuilt);
        }
        foreach (var (before, after) in rebuilt) sources.Replaced(before, after);
        return [.. roots.Select(root => rebuilt[root])];
    }

    bool IsChoice(Expr node) => node.Op is IfElse && _home[node] is null;

    // Choices with one condition and round depend on one another only within their branches, and on choices with another condition only of lower rounds.
    void Rank()
    {
        foreach (var node in _order)
        {
            var condition = IsChoice(node) ? node.Inputs[0] : _home[node]?.Condition;
            var highest = 0;
            foreach (var input in node.Inputs)
                highest = Math.Max(highest, _round[input] + (IsChoice(input) && input.Inputs[0] != condition ? 1 : 0));
            _round[node] = highest;
        }
    }

    void Branches(Expr[] choices, Dictionary<Expr, Expr> rebuilt)
    {
        var condition = choices[0].Inputs[0];
        var (then, thenCaptured) = Body(choices, condition, side: true);
        var (otherwise, otherwiseCaptured) = Body(choices, condition, side: false);
        foreach (var needed in thenCaptured.Concat(otherwiseCaptured)) Outside(needed, rebuilt);
        Outside(condition, rebuilt);
        var results = new Branch(then, otherwise).PartsOn([rebuilt[condition], .. thenCaptured.Concat(otherwiseCaptured).Select(e => rebuilt[e])]);
        for (var i = 0; i < choices.Length; i++) rebuilt[choices[i]] = results[i];
    }

    // What the branches of later choices of a group capture may come later in the order than the first of the group.
    void Outside(Expr root, Dictionary<Expr, Expr> rebuilt)
    {
        foreach (var node in Traversal.Topological([root], e => rebuilt.ContainsKey(e) ? [] : e.Inputs.AsSpan()))
        {
            if (rebuilt.ContainsKey(node)) continue;
            if (IsChoice(node)) Branches([.. _order.Where(e => IsChoice(e) && e.Inputs[0] == node.Inputs[0] && _round[e] == _round[node])], rebuilt);
            else rebuilt[node] = node is Leaf ? node : Traversal.WithInputs(node, node.Op!, input => rebuilt[input]);
        }
    }

    // The results of one side. Within it a choice with the same condition is decided.
    (Lambda Body, List<Expr> Captured) Body(Expr[] choices, Expr condition, bool side)
    {
        var (captured, parameters, inside) = (new List<Expr>(), new List<Variable>(), new Dictionary<Expr, Expr>());
        Expr[] results = [.. choices.Select(choice => choice.Inputs[side ? 1 : 2])];
        foreach (var node in Traversal.Topological(results, Below))
            if (IsDecided(node)) inside[node] = inside[Decided(node)];
            else if (IsInside(node)) inside[node] = node is Leaf ? node : Traversal.WithInputs(node, node.Op!, input => inside[input]);
            else
            {
                var parameter = new Variable(node.Name ?? "captured", node.DType, [.. node.Shape]);
                captured.Add(node);
                parameters.Add(parameter);
                inside[node] = parameter;
            }
        var values = results.Select((result, i) => inside[result] is var value && value.Shape == choices[i].Shape ? value
            : new BroadcastTo(choices[i].Shape, Enumerable.Range(0, value.Rank).ToEquatable()).On(value)).ToArray();
        var (body, further) = Lambda.Close(parameters, values);
        return (body, [.. captured, .. further]);

        ReadOnlySpan<Expr> Below(Expr node) => IsDecided(node) ? new[] { Decided(node) } : IsInside(node) ? node.Inputs.AsSpan() : [];
        bool IsDecided(Expr node) => node.Op is IfElse && node.Inputs[0] == condition;
        Expr Decided(Expr node) => node.Inputs[side ? 1 : 2];
        bool IsInside(Expr node) => node is Constant || _home[node] == (condition, side) && (node.Op is not Project || IsInside(node.Inputs[0]));   // results are captured, not tuples
    }
}
