namespace DeepSym.Backends.Il;

/// <summary>Writes scalar expressions in terms of what backends have instructions for, by the lowerings of their functions.</summary>
sealed class Expansion
{
    readonly Dictionary<Expr, Expr> _known = [];

    /// <summary>The expression over primitives, and functions that have no lowering.</summary>
    public Expr Of(Expr expr)
    {
        foreach (var node in Traversal.Topological([expr], e => _known.ContainsKey(e) ? [] : e.Inputs.AsSpan()))
        {
            if (_known.ContainsKey(node)) continue;
            var same = node is Leaf ? node : Traversal.WithInputs(node, node.Op!, input => _known[input]);
            _known[node] = same.Op is Map { Function: { IsPrimitive: false, Lowering: { } lowering } } && lowering(same.Inputs) is { } lowered
                ? Of(T.Cast(lowered, same.DType))   // lowerings are as deep as functions are built on each other
                : same;
        }
        return _known[expr];
    }
}
