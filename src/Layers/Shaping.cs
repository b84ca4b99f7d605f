namespace DeepSym.Layers;

/// <summary>Everything behind the batch axis in one axis: <c>[n, a, b, ...]</c> becomes <c>[n, a·b·...]</c>.</summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) => x.Rank < 2
        ? throw new ShapeException($"it flattens what follows the batch axis, and the input has {x.Rank} axes in all.")
        : T.Reshape(x, x.Shape[0], x.Shape.Skip(1).Aggregate(Dim.One, (product, dim) => product * dim));
}

/// <summary>Each sample in another shape, of which one size may be -1: it follows from the others. The batch axis stays.</summary>
public sealed class ReshapeLayer(params IReadOnlyList<int> shape) : Layer
{
    /// <summary>The sizes behind the batch axis.</summary>
    public IReadOnlyList<int> Shape { get; } = shape ?? throw new ArgumentNullException(nameof(shape));

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        var sample = x.Shape.Skip(1).Aggregate(Dim.One, (product, dim) => product * dim);
        var known = Shape.Where(size => size != -1).Aggregate(1L, (product, size) => product * size);
        if (Shape.Count(size => size == -1) > 1 || Shape.Any(size => size is 0 or < -1))
            throw new ShapeException($"[{string.Join(", ", Shape)}] is no shape of a sample: sizes are above 0, and one may be -1.");
        Dim[] sizes = [x.Shape[0], .. Shape.Select(size => size == -1 ? sample / known : size)];
        return T.Reshape(x, sizes);
    }
}
