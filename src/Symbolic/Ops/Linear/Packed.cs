namespace DeepSym;

/// <summary>
/// Several results of one factorisation as one tensor: each is flattened and they lie one behind the other along the last axis, out of which they are
/// sliced. So a factorisation is an ordinary op, not a <see cref="TupleOp"/>: one derivative rule gives both modes by transposition, it has one buffer, and
/// the copy is small beside the work.
/// </summary>
static class Packed
{
    /// <summary>The number of elements of results of the given shapes.</summary>
    public static Dim Length(params ReadOnlySpan<Shape> cores)
    {
        var sum = Dim.Zero;
        foreach (var core in cores) sum += core.Length;
        return sum;
    }

    /// <summary>The results, each of one of the shapes for every element of the stack.</summary>
    public static Expr[] Parts(Expr packed, params ReadOnlySpan<Shape> cores)
    {
        var stack = packed.Shape.SkipLast(1).ToArray();
        var parts = new Expr[cores.Length];
        var start = Dim.Zero;
        for (var i = 0; i < parts.Length; i++)
        {
            var length = cores[i].Length;
            var slice = new Slice([.. stack.Select(_ => Dim.Zero), start], [.. stack, length], [.. stack.Select(_ => 1), 1]).On(packed);
            parts[i] = T.Reshape(slice, Shape.Of([.. stack, .. cores[i]]));
            start += length;
        }
        return parts;
    }

    /// <summary>The results as one expression; their first <paramref name="stack"/> axes are the stack.</summary>
    public static Expr Of(int stack, params ReadOnlySpan<Expr> parts) =>
        T.Concatenate([.. parts.ToArray().Select(part => T.Reshape(part, Shape.Of([.. part.Shape.Take(stack), Shape.Of(part.Shape.Skip(stack)).Length])))], -1);
}
