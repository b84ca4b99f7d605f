namespace DeepSym.Layers;

/// <summary>Everything behind the batch axis in one axis: <c>[n, a, b, ...]</c> becomes <c>[n, a·b·...]</c>.</summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) => x.Rank < 2
        ? throw new ShapeException($"it flattens what follows the batch axis, and the input has {x.Rank} axes in all.")
        : T.Reshape(x, x.Shape[0], Shape.Of(x.Shape.Skip(1)).Length);
}

/// <summary>Each sample in another shape, of which one size may be -1: it follows from the others. The batch axis stays.</summary>
public sealed class ReshapeLayer(params IReadOnlyList<int> shape) : Layer
{
    /// <summary>The sizes behind the batch axis.</summary>
    public IReadOnlyList<int> Shape { get; } = shape is not null && shape.Count(size => size == -1) <= 1 && shape.All(size => size is > 0 or -1)
        ? shape
        : throw new ArgumentException($"[{string.Join(", ", shape ?? [])}] is no shape of a sample: sizes are above 0, and one may be -1.", nameof(shape));

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        var sample = DeepSym.Shape.Of(x.Shape.Skip(1)).Length;
        var known = Shape.Where(size => size != -1).Aggregate(1L, (product, size) => product * size);
        if (sample.IsStatic && (Shape.Contains(-1) ? sample.Constant % known : sample.Constant - known) != 0)
            throw new ShapeException($"a sample of {sample} elements does not fill the shape [{string.Join(", ", Shape)}].");
        Dim[] sizes = [x.Shape[0], .. Shape.Select(size => size == -1 ? sample / known : size)];
        return T.Reshape(x, sizes);
    }
}

/// <summary>The axes of each sample in another order: <c>new Permute(2, 1)</c> swaps the two behind the batch axis, which is axis 0 and stays.</summary>
public sealed class Permute(params IReadOnlyList<int> axes) : Layer
{
    /// <summary>Which axis comes first, which second: a permutation of 1, 2, ...</summary>
    public IReadOnlyList<int> Axes { get; } = axes is not null && axes.Order().SequenceEqual(Enumerable.Range(1, axes.Count))
        ? axes
        : throw new ArgumentException($"[{string.Join(", ", axes ?? [])}] is no order of the axes 1, 2, ... of a sample; the batch axis 0 stays where it is.", nameof(axes));

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        x.Type.Rank(Axes.Count + 1, $"inputs of an order of {Axes.Count} axes and the batch axis");
        return x.Transpose([0, .. Axes]);
    }
}
