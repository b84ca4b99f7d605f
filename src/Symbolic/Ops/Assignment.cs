namespace DeepSym;

/// <summary>Values put into parts of an expression: the transpose of indexing tells where they go.</summary>
static class Assignment
{
    /// <summary>x with <paramref name="value"/> added at the index: x plus the transposed indexing of the value.</summary>
    public static Expr Add(Expr x, AxisIndex[] index, Expr value)
    {
        var part = x[index];
        return x + Gradients.Pullback(part, x, Fit(x, part, value));
    }

    /// <summary>x with <paramref name="value"/> at the index; of values for one place the last counts.</summary>
    public static Expr Set(Expr x, AxisIndex[] index, Expr value)
    {
        if (index is [ExprIndex { Index: { DType: DType.Bool, Rank: > 0 } mask }] && value.Rank == 0 && mask.Rank <= x.Rank)
            return T.Switch(Over(x, mask), Fit(x, x, value), x);
        var part = x[index];
        var values = Fit(x, part, value);
        if (Traversal.Topological([part], e => ReferenceEquals(e, x) ? [] : e.Inputs.AsSpan()).Any(e => e.Op is Gather)) return Overwritten(x, index, T.SpecifyShape(values, part.Shape.ToArray()));
        var placed = Gradients.Pullback(part, x, values);
        var places = Gradients.Pullback(part, x, Broadcasting.To(T.Constant(Tensor.Scalar(1.0).To(x.DType)), part.Shape));
        return T.Switch(T.Neq(places, 0), placed, x);
    }

    // The same indexing of the positions in x tells where each value goes; each place then takes the last value that goes there.
    static Expr Overwritten(Expr x, AxisIndex[] index, Expr values)
    {
        var positions = T.Flatten(T.Reshape(new Iota([x.Shape.Length], 0).On(), x.Shape)[index]);
        var writer = T.Reshape(new LastWriter(x.Shape.Length).On(positions), x.Shape);
        var isWritten = writer >= 0;
        var source = T.Concatenate([T.Flatten(values), T.Zeros([Dim.One], x.DType)]);   // what is not written reads the zero at the end
        return T.Switch(isWritten, T.Take(source, T.Switch(isWritten, writer, T.Size(values.Shape.Length))), x);
    }

    // A mask over the leading axes, repeated along the others.
    static Expr Over(Expr x, Expr mask)
    {
        var known = T.SpecifyShape(mask, x.Shape.Take(mask.Rank).ToArray());
        return new BroadcastTo(x.Shape, Enumerable.Range(0, mask.Rank).ToEquatable()).On(known);
    }

    static Expr Fit(Expr x, Expr part, Expr value)
    {
        if (Promotion.Loses(value, x.DType))
            throw new DTypeException($"{value.Describe()} cannot be put into {x.Describe()} without loss. Cast one of them.");
        return Broadcasting.To(T.Cast(value, x.DType), part.Shape);
    }
}
