namespace DeepSym;

public sealed partial class RandomStream
{
    /// <summary>
    /// For each row of <paramref name="probabilities"/> [..., classes] a class number, as int64 [...]. A row need not have the sum 1.
    /// </summary>
    /// <exception cref="ShapeException">The probabilities have no axis.</exception>
    public Expr Categorical(Expr probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.Rank == 0) throw new ShapeException($"categorical({probabilities.Describe()}): the probabilities need an axis, that of classes.");
        return Drawn(Uniform(probabilities.Shape.Dims.AsSpan()[..^1], dtype: DType.Float64), probabilities);
    }

    /// <summary>As the other form, a tensor of numbers drawn with the same probabilities, a vector.</summary>
    /// <exception cref="ShapeException">The probabilities are no vector.</exception>
    public Expr Categorical(ReadOnlySpan<Dim> shape, Expr probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.Rank != 1) throw new ShapeException($"categorical({probabilities.Describe()}): with a shape the probabilities are one vector.");
        return Drawn(Uniform(shape, dtype: DType.Float64), probabilities);
    }

    /// <summary>
    /// How often each class is drawn in a number of <paramref name="trials"/>, as int64 [shape..., classes]: for each element of the shape, none by default, with the
    /// same probabilities, a vector.
    /// </summary>
    /// <exception cref="ShapeException">The probabilities are no vector.</exception>
    public Expr Multinomial(Dim trials, Expr probabilities, params ReadOnlySpan<Dim> shape)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        var classes = T.OneHot(Categorical([.. shape, trials], probabilities), probabilities.Shape[0], DType.Int64);
        return T.Sum(classes, shape.Length);
    }

    /// <summary>The numbers from 0 up to, not including, <paramref name="count"/> in random order, as int64.</summary>
    public Expr Permutation(Dim count) => T.ArgSort(Uniform([count], dtype: DType.Float64));

    /// <summary>x with its slices along an axis in random order.</summary>
    public Expr Shuffle(Expr x, int axis = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        return T.Take(x, Permutation(x.Shape[x.Axis(axis, "shuffle")]), axis);
    }

    /// <summary>
    /// Slices of x along its first axis, picked at random: <c>shape + x.shape[1..]</c>. With <paramref name="replace"/>, the default, one can be picked again;
    /// probabilities, a vector, need not have the sum 1 and are equal by default.
    /// </summary>
    /// <exception cref="ShapeException">x has no axis, or more slices are wanted without replacement than there are known to be.</exception>
    public Expr Choice(Expr x, ReadOnlySpan<Dim> shape, bool replace = true, Expr? probabilities = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank == 0) throw new ShapeException($"choice({x.Describe()}): there must be an axis to choose from. For numbers below n use T.Arange(n).");
        var wanted = Shape.Create(shape);
        if (replace) return T.Take(x, probabilities is null ? Integers(shape, 0, x.Length) : Categorical(shape, probabilities));
        if ((x.Shape[0] - wanted.Length) is { IsStatic: true, Constant: < 0 }) throw new ShapeException($"choice({x.Describe()}): {wanted.Length} slices without replacement are more than there are.");
        var keys = Exponential([x.Shape[0]], dtype: DType.Float64);   // the first arrivals of exponential clocks
        var order = T.ArgSort(probabilities is null ? keys : keys / T.Cast(probabilities, DType.Float64));
        var first = T.Part(order, 0, 0, Dim.Min(x.Shape[0], wanted.Length));
        return T.Take(x, T.Reshape(first, wanted));
    }

    // The class in whose part of the cumulated probabilities a uniform number falls.
    static Expr Drawn(Expr uniform, Expr probabilities)
    {
        var sums = T.CumSum(T.Cast(probabilities, DType.Float64), probabilities.Rank - 1);
        var places = T.ExpandDims(uniform, -1) * sums[T.Ellipsis, ^1..];
        return T.Sum(places >= sums[T.Ellipsis, ..^1], -1);
    }
}
