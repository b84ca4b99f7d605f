namespace DeepSym.Compilation;

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
                foreach (var dim in OpSizes.Of(node.Op).SelectMany(AtomsIn))
                    if (dim is AxisDim(var variable, _)) found.Add(variable);
                    else if (dim is ValueDim(var value)) pending.Enqueue(value);
            }
        return found;
    }

    static IEnumerable<DimAtom> AtomsIn(Dim dim) =>
        dim.Atoms.SelectMany(atom => atom is DimFunction(_, var left, var right) ? AtomsIn(left).Concat(AtomsIn(right)) : [atom]);

    static Op Renamed(Op op, Dictionary<DimAtom, Dim> sizes, Dictionary<Expr, Expr> map) => OpSizes.Replace(op, dim => Renamed(dim, sizes, map));

    static Dim Renamed(Dim dim, Dictionary<DimAtom, Dim> sizes, Dictionary<Expr, Expr> map) => dim.IsStatic ? dim : dim.Substitute(atom => atom switch
    {
        _ when sizes.TryGetValue(atom, out var size) => size,
        ValueDim(var value) => Dims.Of(Apply([value], map)[0]),
        DimFunction(var kind, var left, var right) => Combine(kind, Renamed(left, sizes, map), Renamed(right, sizes, map)),
        _ => Dim.Of(atom),
    });

    static Dim Combine(DimFunctionKind kind, Dim left, Dim right) => kind switch
    {
        DimFunctionKind.FloorDivide => left / right,
        DimFunctionKind.Min => Dim.Min(left, right),
        _ => Dim.Max(left, right),
    };
}
