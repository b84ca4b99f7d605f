namespace DeepSym;

/// <summary>How shapes meet: aligned at the last axis; a size that is known to be 1 when the graph is built stretches, any other must agree.</summary>
static class Broadcasting
{
    public static Expr[] Align(string what, Expr[] exprs)
    {
        var shape = Common(what, exprs);
        return [.. exprs.Select(e => To(e, shape))];
    }

    public static Shape Common(string what, Expr[] exprs)
    {
        var rank = exprs.Max(e => e.Rank);
        var dims = new Dim[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            var result = Dim.One;
            foreach (var expr in exprs)
            {
                var own = axis - (rank - expr.Rank);
                if (own < 0 || expr.Shape[own].IsOne) continue;
                result = result.IsOne ? expr.Shape[own] : Guards.None.Equal(result, expr.Shape[own], () => Message(what, exprs));
            }
            dims[axis] = result;
        }
        return Shape.Create(dims);
    }

    // Sizes that are equal only by a guard keep the input as it is: the op above states the guard.
    public static Expr To(Expr expr, Shape shape)
    {
        var offset = shape.Rank - expr.Rank;
        var stretched = offset > 0;
        for (var axis = 0; !stretched && axis < expr.Rank; axis++)
            stretched = expr.Shape[axis].IsOne && !shape[axis + offset].IsOne;
        if (!stretched) return expr;
        var target = Shape.Of(shape.Select((dim, axis) => axis >= offset && !expr.Shape[axis - offset].IsOne ? expr.Shape[axis - offset] : dim));
        return new BroadcastTo(target, Enumerable.Range(offset, expr.Rank).ToEquatable()).On(expr);
    }

    public static string Message(string what, Expr[] exprs) =>
        $"{what}({string.Join(", ", exprs.Select(e => e.Describe()))}): sizes along an axis must be equal, or 1 where the graph is built. "
        + "Reshape or index with T.NewAxis, or declare the axis to be of size 1.";
}
