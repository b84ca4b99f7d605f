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

    /// <summary>x with <paramref name="value"/> at the index: where the transposed indexing of ones is not zero.</summary>
    public static Expr Set(Expr x, AxisIndex[] index, Expr value)
    {
        var part = x[index];
        if (Traversal.Topological([part]).Any(e => e.Op is Gather))
            throw new ShapeException($"Setting {x.Describe()} at index arrays is not a sum of places: use Add, or set with ranges.");
        var placed = Gradients.Pullback(part, x, Fit(x, part, value));
        var mask = Gradients.Pullback(part, x, Broadcasting.To(T.Constant(Tensor.Scalar(1.0).To(x.DType)), part.Shape));
        return T.Switch(T.Neq(mask, 0), placed, x);
    }

    static Expr Fit(Expr x, Expr part, Expr value)
    {
        if (!value.IsWeak && value.DType.Kind() > x.DType.Kind())
            throw new DTypeException($"{value.Describe()} cannot be put into {x.Describe()} without loss. Cast one of them.");
        return Broadcasting.To(T.Cast(value, x.DType), part.Shape);
    }
}
