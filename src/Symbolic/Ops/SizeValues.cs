using System.Collections.Immutable;

namespace DeepSym;

/// <summary>What sizes are made of: their atoms, and the expressions whose values are sizes.</summary>
static class SizeValues
{
    /// <summary>The atoms of a size, also inside of quotients, minima and maxima.</summary>
    public static IEnumerable<DimAtom> AtomsIn(Dim dim) =>
        dim.Atoms.SelectMany(atom => atom is DimFunction(_, var left, var right) ? AtomsIn(left).Concat(AtomsIn(right)) : [atom]);

    /// <summary>The expressions whose values are sizes that an op holds.</summary>
    public static IEnumerable<Expr> Of(Op? op) => OpSizes.Of(op).Where(dim => !dim.IsStatic).SelectMany(AtomsIn).OfType<ValueDim>().Select(atom => atom.Value);

    /// <summary>The size with every atom replaced, also inside of quotients, minima and maxima.</summary>
    public static Dim Replace(Dim dim, Func<DimAtom, Dim> replace) => dim.IsStatic ? dim : dim.Substitute(atom => atom is DimFunction(var kind, var left, var right)
        ? Combine(kind, Replace(left, replace), Replace(right, replace))
        : replace(atom));

    static Dim Combine(DimFunctionKind kind, Dim left, Dim right) => kind switch
    {
        DimFunctionKind.FloorDivide => left / right,
        DimFunctionKind.Min => Dim.Min(left, right),
        _ => Dim.Max(left, right),
    };

    /// <summary>
    /// Which nodes below <paramref name="roots"/> depend on one of <paramref name="on"/>, be it through a size. Nodes that occur only in sizes are among them.
    /// </summary>
    public static HashSet<Expr> Depending(IEnumerable<Expr> roots, IEnumerable<Expr> on)
    {
        var depending = new HashSet<Expr>(on);
        var below = new Dictionary<Expr, ImmutableArray<Expr>>();
        foreach (var node in Traversal.Topological(roots, node => Below(node).AsSpan()))
            if (Below(node).Any(depending.Contains)) depending.Add(node);
        return depending;

        ImmutableArray<Expr> Below(Expr node) => below.TryGetValue(node, out var known) ? known : below[node] = [.. node.Inputs, .. Of(node.Op)];
    }
}
