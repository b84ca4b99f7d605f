namespace DeepSym;

/// <summary>The index of each element along <paramref name="Axis"/> of <paramref name="Target"/>, as int64.</summary>
public sealed record Iota(Shape Target, int Axis) : Op
{
    /// <inheritdoc/>
    public override string Name => "iota";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => new(DType.Int64, Target);

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => [new Iota([3, 4], 0).On(), new Iota([3, 4], 1).On()];

    /// <inheritdoc/>
    protected override string Text => $"iota{Target}@{Axis}";
}

/// <summary>The size of an axis as an int64 scalar: how shapes enter expressions.</summary>
public sealed record DimValue(Dim Dim) : Op
{
    /// <inheritdoc/>
    public override string Name => "size";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => new(DType.Int64, Shape.Scalar);

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => [new DimValue(3).On()];

    /// <inheritdoc/>
    protected override string Text => $"size<{Dim}>";
}
