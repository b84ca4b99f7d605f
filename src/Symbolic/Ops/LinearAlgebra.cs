namespace DeepSym;

public static partial class T
{
    /// <summary>
    /// NumPy's dot: the product with a scalar; otherwise the sum over the last axis of x and the last but one of y (the only one of a vector).
    /// </summary>
    /// <exception cref="ShapeException">The summed axes differ in size.</exception>
    public static Expr Dot(Expr x, Expr y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Rank == 0 || y.Rank == 0) return x * y;
        return Product(x, y, [], [new AxisPair(x.Rank - 1, Math.Max(0, y.Rank - 2))]);
    }

    /// <summary>The matrix product over the last two axes; leading axes are batches and broadcast (a size known to be 1 stretches). Vectors are rows on the left and columns on the right.</summary>
    public static Expr MatMul(Expr x, Expr y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Rank == 0 || y.Rank == 0) throw new ShapeException($"matmul({x.Describe()}, {y.Describe()}): both sides need an axis; multiply by a scalar with *.");
        if (x.Rank <= 2 && y.Rank <= 2 || x.Rank == 1 || y.Rank == 1) return Dot(x, y);
        var stack = StackOf("matmul", x, y);
        (x, y) = (Stacked(x, stack), Stacked(y, stack));
        return Product(x, y, [.. Enumerable.Range(0, stack.Rank).Select(i => new AxisPair(i, i))], [new AxisPair(stack.Rank + 1, stack.Rank)]);
    }

    // The axes before the last two, broadcast.
    static Shape StackOf(string what, Expr x, Expr y)
    {
        var (shorter, longer) = x.Rank < y.Rank ? (x, y) : (y, x);
        var ahead = longer.Rank - shorter.Rank;
        return Shape.Of(longer.Shape.SkipLast(2).Select((size, axis) => axis < ahead || shorter.Shape[axis - ahead].IsOne ? size
            : size.IsOne ? shorter.Shape[axis - ahead]
            : Guards.None.Equal(size, shorter.Shape[axis - ahead], () => $"{what}({x.Describe()}, {y.Describe()}): sizes along the axes before the last two must be equal, or 1 where the graph is built.")));
    }

    // The matrices of x for each element of a stack.
    static Expr Stacked(Expr x, Shape stack) => Broadcasting.To(x, Shape.Of([.. stack, .. x.Shape.TakeLast(2)]));

    /// <summary>The inner product of vectors along the last axis of both; leading axes are stacks and broadcast.</summary>
    public static Expr VecDot(Expr x, Expr y) => Einsum("...i,...i->...", x, y);

    /// <summary>Each matrix (the last two axes of x) times each vector (the last of y); leading axes are stacks and broadcast.</summary>
    public static Expr MatVec(Expr x, Expr y) => Einsum("...ij,...j->...i", x, y);

    /// <summary>Each vector (the last axis of x) times each matrix (the last two of y); leading axes are stacks and broadcast.</summary>
    public static Expr VecMat(Expr x, Expr y) => Einsum("...i,...ij->...j", x, y);

    /// <summary>The sum over pairs of axes: the last <paramref name="count"/> axes of x with the first of y.</summary>
    public static Expr TensorDot(Expr x, Expr y, int count = 2)
    {
        CheckCount("tensordot", x, y, count, batch: 0);
        return TensorDot(x, y, [.. Enumerable.Range(x.Rank - count, count)], [.. Enumerable.Range(0, count)]);
    }

    static void CheckCount(string what, Expr x, Expr y, int count, int batch)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (count < 0 || count + batch > Math.Min(x.Rank, y.Rank))
            throw new ShapeException($"{what}({x.Describe()}, {y.Describe()}) over {count} axes: both sides need as many{(batch > 0 ? " beside that of the batch" : "")}.");
    }

    /// <summary>The sum over the given axes of x, paired with those of y in order.</summary>
    public static Expr TensorDot(Expr x, Expr y, int[] axesX, int[] axesY)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(axesX);
        ArgumentNullException.ThrowIfNull(axesY);
        if (axesX.Length != axesY.Length) throw new ShapeException($"tensordot({x.Describe()}, {y.Describe()}): as many axes of the left as of the right must be named.");
        return Product(x, y, [], [.. axesX.Zip(axesY, (a, b) => new AxisPair(x.Axis(a, "tensordot"), y.Axis(b, "tensordot")))]);
    }

    /// <summary>A dot for each index of the first axis of both. (Theano: <c>batched_dot</c>.)</summary>
    public static Expr BatchedDot(Expr x, Expr y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Rank < 1 || y.Rank < 1) throw new ShapeException($"batched_dot({x.Describe()}, {y.Describe()}): both sides need a batch axis.");
        if (x.Rank == 1 || y.Rank == 1)
            return x.Rank == 1 ? Reshape(x, Shape.Of([.. x.Shape, .. y.Shape.Skip(1).Select(_ => Dim.One)])) * y : x * Reshape(y, Shape.Of([.. y.Shape, .. x.Shape.Skip(1).Select(_ => Dim.One)]));
        return Product(x, y, [new AxisPair(0, 0)], [new AxisPair(x.Rank - 1, Math.Max(1, y.Rank - 2))]);
    }

    /// <summary>All products of an element of x with one of y (both flattened): <c>x yᵀ</c>.</summary>
    public static Expr Outer(Expr x, Expr y) => Product(Flatten(x), Flatten(y), [], []);

    static Expr Product(Expr x, Expr y, EquatableArray<AxisPair> batch, EquatableArray<AxisPair> sum)
    {
        var pairs = batch.Concat(sum).ToArray();
        if (pairs.DistinctBy(p => p.Left).Count() < pairs.Length || pairs.DistinctBy(p => p.Right).Count() < pairs.Length)
            throw new ShapeException($"tensordot({x.Describe()}, {y.Describe()}): an axis is named twice in {string.Join(", ", pairs)}.");
        var dtype = Promotion.Common(x, y);
        return new Contract(batch, sum).On(Cast(x, dtype), Cast(y, dtype));
    }
}
