using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// The first input with the second added at the places that the others name: <c>x + scatter_add(values, indices)</c> as one op, so that only the places named
/// are touched where x may be overwritten.
/// </summary>
public sealed record ScatterOnto(ScatterAdd Scatter) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "scatter_onto";

    /// <inheritdoc/>
    public override bool CanFail => true;

    /// <inheritdoc/>
    public override bool ChecksFirst => true;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var (x, placed) = (inputs[0], Scatter.Infer(inputs[1..], guards));
        for (var axis = 0; axis < placed.Shape.Rank; axis++)
            guards.Equal(x.Shape[axis], placed.Shape[axis], () => $"scatter_onto({x.Describe()}): it must have shape {placed.Shape}.");
        return x.Type;
    }

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) => (tangents[0], tangents[1]) switch
    {
        (var x, null) => x,
        (null, { } values) => Scatter.On([values, .. inputs[2..]]),
        ({ } x, { } values) => On([x, values, .. inputs[2..]]),
    };

    /// <inheritdoc/>
    public override Linearity Linearity => Linearity.Joint;

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) =>
        [wanted[0] ? cotangent : null, .. Scatter.Transpose(output, inputs[1..], cotangent, wanted[1..])];

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        Scatter.Evaluate(inputs[1..], output);
        var (x, y) = (inputs[0], output);
        for (var i = 0L; i < y.Length; i++) y.SetNumber(i, y.DType.IsFloating() ? new Number(x.Number(i).Real + y.Number(i).Real, 0) : new Number(0, x.Number(i).Integer + y.Number(i).Integer));
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 4]).Select(x =>
        new ScatterOnto(new ScatterAdd(new Gather([0], 0), [5, 4])).On(new Variable("z", x.DType, [5, 4]), x, T.Constant(Tensor.From(new[] { 4L, 0, 4 }))));

    /// <inheritdoc/>
    protected override string Text => $"scatter_onto{Scatter.Gather.Axes}@{Scatter.Gather.Position}";
}
