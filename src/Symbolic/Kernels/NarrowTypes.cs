namespace DeepSym.Kernels;

/// <summary>Computes in wider dtypes what has no code of its own: 8- and 16-bit integers in int32, uint32 in int64, 16-bit floats in float32, rounded after every op.</summary>
static class NarrowTypes
{
    public static Graph Widen(Graph graph, Sources sources)
    {
        var wide = new Dictionary<Expr, Expr>();
        foreach (var node in Traversal.Topological(graph.Roots))
        {
            var rebuilt = node is Leaf ? node : Traversal.WithInputs(node, node.Op!, input => wide[input]);
            wide[node] = rebuilt.Op is Map { Function.Types: not ScalarTypes.Conversion } or Reduce or Fold or (LibraryOp and not Gather) ? Widened(rebuilt) : rebuilt;
            sources.Replaced(node, wide[node]);
        }
        return graph.WithRoots([.. graph.Roots.Select(root => wide[root])]);
    }

    /// <summary>The dtype in which a library op computes: of unsigned 64-bit numbers that of their bits.</summary>
    public static DType OfLibrary(DType dtype) => dtype == DType.UInt64 ? DType.Int64 : dtype.Computed();

    static Expr Widened(Expr node)
    {
        Func<DType, DType> computed = node.Op is LibraryOp ? OfLibrary : dtype => dtype.Computed();
        if (!node.Inputs.Any(input => computed(input.DType) != input.DType)) return node;
        return T.Cast(node.Op!.On([.. node.Inputs.Select(input => T.Cast(input, computed(input.DType)))]), node.DType);
    }
}
