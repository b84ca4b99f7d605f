namespace DeepSym;

/// <summary>
/// For each of <paramref name="Length"/> places the number of the last element of the input, positions from 0 on, that is this place; -1 where there is
/// none. As int64: how assignment at index arrays knows which value counts.
/// </summary>
public sealed record LastWriter(Dim Length) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "last_writer";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        if (inputs[0].DType != DType.Int64 || inputs[0].Rank != 1) throw new DTypeException($"last_writer({inputs[0].Describe()}): a vector of int64 positions is needed.");
        return new TensorType(DType.Int64, [Length]);
    }

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var positions = inputs[0].AsSpan<long>();
        var last = output.AsSpan<long>();
        last.Fill(-1);
        for (var i = 0; i < positions.Length; i++) last[checked((int)positions[i])] = i;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => [new LastWriter(4).On(T.Constant(Tensor.From([2L, 0, 2])))];

    /// <inheritdoc/>
    protected override string Text => $"last_writer->{Length}";
}
