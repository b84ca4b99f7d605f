namespace DeepSym;

/// <summary>From integer expressions to sizes and back.</summary>
static class Dims
{
    /// <summary>The size that an integer scalar expression stands for: algebra over sizes where it is that, else a value that the call computes.</summary>
    public static Dim Of(Expr expr)
    {
        if (expr.Rank != 0 || expr.DType.IsFloating()) throw new ShapeException($"A size or bound must be an integer scalar, and {expr.Describe()} is not.");
        var known = new Dictionary<Expr, Dim>();
        foreach (var node in Traversal.Topological([expr], e => Arithmetic(e) is null ? [] : e.Inputs.AsSpan()))
            known[node] = node switch
            {
                Constant constant => constant.Value.ToScalar<long>(),
                { Op: DimValue(var dim) } => dim,
                _ when Arithmetic(node) is { } combine => combine(node, known),
                _ => Dim.Of(new ValueDim(T.Cast(node, DType.Int64))),
            };
        return known[expr];
    }

    static Func<Expr, Dictionary<Expr, Dim>, Dim>? Arithmetic(Expr expr) => expr.Op is Map { Function.Name: var name } && !expr.DType.IsFloating() ? name switch
    {
        "add" => (e, d) => d[e.Inputs[0]] + d[e.Inputs[1]],
        "sub" => (e, d) => d[e.Inputs[0]] - d[e.Inputs[1]],
        "mul" => (e, d) => d[e.Inputs[0]] * d[e.Inputs[1]],
        "neg" => (e, d) => -1 * d[e.Inputs[0]],
        "floordiv" => (e, d) => d[e.Inputs[0]] / d[e.Inputs[1]],
        "minimum" => (e, d) => Dim.Min(d[e.Inputs[0]], d[e.Inputs[1]]),
        "maximum" => (e, d) => Dim.Max(d[e.Inputs[0]], d[e.Inputs[1]]),
        "cast_int64" => (e, d) => d[e.Inputs[0]],
        _ => null,
    } : null;
}
