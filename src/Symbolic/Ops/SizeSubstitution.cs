namespace DeepSym;

/// <summary>
/// Replacing expressions also in the sizes that ops hold: when a slice stands for an input, the sizes of that input's axes become those of the slice.
/// </summary>
static class SizeSubstitution
{
    public static List<Expr> Apply(IReadOnlyList<Expr> roots, Dictionary<Expr, Expr> map)
    {
        var sizes = new Dictionary<DimAtom, Dim>();
        foreach (var (replaced, by) in map)
            for (var axis = 0; axis < replaced.Rank; axis++)
                if (replaced is Leaf && replaced.Shape[axis].SingleAtom is { } atom) sizes.TryAdd(atom, by.Shape[axis]);
        return Traversal.Rebuild(roots, map.GetValueOrDefault, op => Renamed(op, sizes, map));
    }

    /// <summary>The leaves that the roots depend on, through sizes too.</summary>
    public static HashSet<Leaf> LeavesWithSizes(IEnumerable<Expr> roots)
    {
        var found = new HashSet<Leaf>();
        var pending = new Queue<Expr>(roots);
        var seen = new HashSet<Expr>();
        while (pending.TryDequeue(out var root))
            foreach (var node in Traversal.Topological([root]))
            {
                if (!seen.Add(node)) continue;
                if (node is Leaf leaf) found.Add(leaf);
                foreach (var dim in OpSizes.Of(node.Op).SelectMany(SizeValues.AtomsIn))
                    if (dim is AxisDim(var variable, _)) found.Add(variable);
                    else if (dim is ValueDim(var value)) pending.Enqueue(value);
            }
        return found;
    }

    static Op Renamed(Op op, Dictionary<DimAtom, Dim> sizes, Dictionary<Expr, Expr> map) => OpSizes.Replace(op, dim => SizeValues.Replace(dim, atom => atom switch
    {
        _ when sizes.TryGetValue(atom, out var size) => size,
        ValueDim(var value) => Dims.Of(Apply([value], map)[0]),
        _ => Dim.Of(atom),
    }));
}
