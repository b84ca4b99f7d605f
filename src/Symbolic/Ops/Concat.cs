using System.Collections.Immutable;

namespace DeepSym;

/// <summary>The inputs one after the other along <paramref name="Axis"/>.</summary>
public sealed record Concat(int Axis) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "concatenate";

    /// <inheritdoc/>
    public override Linearity Linearity => Linearity.Joint;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var first = inputs[0];
        var shape = first.Shape;
        foreach (var input in inputs[1..])
        {
            if (input.Rank != first.Rank) throw new ShapeException($"concatenate({first.Describe()}, {input.Describe()}): the ranks must agree.");
            if (input.DType != first.DType) throw new DTypeException($"concatenate({first.Describe()}, {input.Describe()}): the dtypes must agree.");
            for (var axis = 0; axis < shape.Rank; axis++)
                shape = shape.With(axis, axis == Axis
                    ? shape[axis] + input.Shape[axis]
                    : guards.Equal(shape[axis], input.Shape[axis], () => $"concatenate({first.Describe()}, {input.Describe()}, axis {Axis}): axis {axis} must agree."));
        }
        return new TensorType(first.DType, shape);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted)
    {
        var parts = new Expr?[inputs.Length];
        var start = Dim.Zero;
        for (var i = 0; i < parts.Length; i++)
        {
            if (wanted[i])
                parts[i] = new Slice(output.Shape.Select((_, axis) => axis == Axis ? start : Dim.Zero).ToEquatable(), inputs[i].Shape.Dims, output.Shape.Select(_ => 1).ToEquatable()).On(cotangent);
            start += inputs[i].Shape[Axis];
        }
        return [.. parts];
    }

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var (outer, count, inner) = ArgReduce.Split(output.Shape, Axis);
        var row = inner * output.DType.Size();
        var start = 0;
        foreach (var input in inputs)
        {
            var part = input.Shape[Axis] * row;
            for (var o = 0; o < outer; o++) input.AsBytes().Slice(o * part, part).CopyTo(output.AsBytes()[(o * count * row + start)..]);
            start += part;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3]).Zip(Sample.Of([2, 1])).Select(p => new Concat(1).On(p.First, p.Second));

    /// <inheritdoc/>
    protected override string Text => $"concatenate@{Axis}";
}
