namespace DeepSym;

public static partial class T
{
    /// <summary>
    /// The coordinates of every point of the grid that vectors span: for each vector one tensor of the grid's shape. Axis i of the grid belongs to vector i
    /// (Theano: <c>mgrid</c>; NumPy: <c>meshgrid(indexing='ij')</c>); <paramref name="cartesian"/> exchanges the first two axes, as NumPy does by default.
    /// </summary>
    /// <exception cref="ShapeException">One is no vector.</exception>
    public static Expr[] Meshgrid(IReadOnlyList<Expr> vectors, bool cartesian = false)
    {
        var open = OpenGrid(vectors);
        var shape = Shape.Of(vectors.Select(v => v.Shape[0]));
        Expr[] full = [.. open.Select(v => Broadcasting.To(v, shape))];
        return cartesian && full.Length > 1 ? [.. full.Select(v => SwapAxes(v, 0, 1))] : full;
    }

    /// <summary>The vectors along axes of their own, so that together they broadcast to the grid that they span. (Theano: <c>ogrid</c>.)</summary>
    /// <exception cref="ShapeException">One is no vector.</exception>
    public static Expr[] OpenGrid(IReadOnlyList<Expr> vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        foreach (var vector in vectors)
            if (vector.Rank != 1) throw new ShapeException($"A grid is spanned by vectors, and {vector.Describe()} is none.");
        return [.. vectors.Select((v, i) => Reshape(v, Shape.Of(Enumerable.Range(0, vectors.Count).Select(axis => axis == i ? v.Shape[0] : Dim.One))))];
    }
}
