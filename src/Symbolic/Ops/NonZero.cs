namespace DeepSym;

/// <summary>
/// The positions at which a vector of truth values holds, in order, as int64. There are <paramref name="Count"/> of them: a size that is computed
/// from the values, so that what follows has a shape like any other.
/// </summary>
public sealed record NonZero(Dim Count) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "nonzero";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        if (inputs[0].DType != DType.Bool || inputs[0].Rank != 1) throw new DTypeException($"nonzero({inputs[0].Describe()}): a vector of truth values is needed.");
        return new TensorType(DType.Int64, [Count]);
    }

    /// <summary>The positions at which a vector of truth values holds.</summary>
    public static Expr Of(Expr mask) => new NonZero(Dims.Of(T.Sum(mask))).On(mask);

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var mask = inputs[0].AsBytes();
        var places = output.AsSpan<long>();
        for (int i = 0, next = 0; i < mask.Length; i++)
            if (mask[i] != 0) places[next++] = i;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([6]).Select(x => Of(x > 0));

    /// <inheritdoc/>
    protected override string Text => Name;
}

public static partial class T
{
    /// <summary>
    /// Where x holds (is not 0): for each axis the indices along it, as int64 vectors of one length, which only a call can know. Together they index:
    /// <c>x[i, j]</c> for a matrix. (NumPy: <c>nonzero</c>.)
    /// </summary>
    /// <exception cref="ShapeException">x is a scalar.</exception>
    public static Expr[] NonZero(Expr x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank == 0) throw new ShapeException($"nonzero({x.Describe()}): a scalar has no positions. Give it an axis with x[T.NewAxis].");
        return Unravelled(FlatNonZero(x), x.Shape.Dims.AsSpan());
    }

    /// <summary>Where the flattened x holds (is not 0), as int64.</summary>
    public static Expr FlatNonZero(Expr x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return DeepSym.NonZero.Of(AsBool(Flatten(x)));
    }

    /// <summary>The elements of x that are not 0, in row-major order.</summary>
    public static Expr NonZeroValues(Expr x) => Take(Flatten(x), FlatNonZero(x));

    /// <summary>The slices of x along an axis (of the flattened x when it is null) at which a vector of conditions holds; it may be shorter than the axis. (NumPy: <c>compress</c>.)</summary>
    public static Expr Compress(Expr condition, Expr x, int? axis = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Take(axis is null ? Flatten(x) : x, FlatNonZero(condition), axis ?? 0);
    }
}
