using System.Collections.Immutable;

namespace DeepSym;

/// <summary>Axes in another order: axis i of the output is axis <c>Permutation[i]</c> of the input.</summary>
public sealed record Transpose(EquatableArray<int> Permutation) : ViewOp
{
    /// <inheritdoc/>
    public override string Name => "transpose";

    /// <summary>The permutation that leads back.</summary>
    public EquatableArray<int> Inverse => Enumerable.Range(0, Permutation.Count).Select(axis => Permutation.ToList().IndexOf(axis)).ToEquatable();

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var x = inputs[0];
        if (!Permutation.Order().SequenceEqual(Enumerable.Range(0, x.Rank)))
            throw new ShapeException($"transpose({x.Describe()}, {Permutation}): the axes must be 0 to {x.Rank - 1}, each once.");
        return x.Type with { Shape = Shape.Of(Permutation.Select(axis => x.Shape[axis])) };
    }

    /// <inheritdoc/>
    public override ImmutableArray<AxisForm>? Forms(Shape input, Shape output) => [.. Inverse.Select(axis => AxisForm.Of(axis))];

    /// <inheritdoc/>
    protected override Expr TransposeView(Expr input, Expr cotangent) => new Transpose(Inverse).On(cotangent);

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 4]).Select(x => x.Transpose(2, 0, 1));

    /// <inheritdoc/>
    protected override string Text => $"transpose{Permutation}";
}

/// <summary>The input repeated: its axis i becomes axis <c>Axes[i]</c> of <paramref name="Target"/>; axes of size 1 and new axes are stretched.</summary>
public sealed record BroadcastTo(Shape Target, EquatableArray<int> Axes) : ViewOp
{
    /// <inheritdoc/>
    public override string Name => "broadcast";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var x = inputs[0];
        if (Axes.Count != x.Rank || Axes.Any(a => a < 0 || a >= Target.Rank) || Axes.Zip(Axes.Skip(1)).Any(p => p.First >= p.Second))
            throw new ShapeException($"broadcast({x.Describe()}) to {Target}: {Axes} must name an axis of the result for each axis of the input, in order.");
        for (var i = 0; i < x.Rank; i++)
            if (!x.Shape[i].IsOne)
                guards.Equal(x.Shape[i], Target[Axes[i]], () => $"broadcast({x.Describe()}) to {Target}: axis {i} has size {x.Shape[i]}, which is neither 1 nor {Target[Axes[i]]}.");
        return x.Type with { Shape = Target };
    }

    /// <inheritdoc/>
    public override ImmutableArray<AxisForm>? Forms(Shape input, Shape output) =>
        [.. Axes.Select((axis, i) => input[i].IsOne && !output[axis].IsOne ? AxisForm.Zero : AxisForm.Of(axis))];

    /// <inheritdoc/>
    protected override Expr TransposeView(Expr input, Expr cotangent)
    {
        var stretched = Enumerable.Range(0, Target.Rank).Where(a => !Axes.Contains(a) || input.Shape[Axes.ToList().IndexOf(a)].IsOne && !Target[a].IsOne).ToArray();
        var sum = T.SumKeepingType(cotangent, stretched);
        return sum.Rank == input.Rank ? sum : T.Reshape(sum, input.Shape);
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 1]).Select(x => new BroadcastTo([2, 3, 4], [1, 2]).On(x));

    /// <inheritdoc/>
    protected override string Text => $"broadcast{Axes}->{Target}";
}

/// <summary>The same elements in row-major order under another shape.</summary>
public sealed record Reshape(Shape Target) : ViewOp
{
    /// <inheritdoc/>
    public override string Name => "reshape";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var x = inputs[0];
        guards.Equal(x.Shape.Length, Target.Length, () => $"reshape({x.Describe()}) to {Target}: the number of elements must stay {x.Shape.Length}, and would be {Target.Length}.");
        return x.Type with { Shape = Target };
    }

    /// <inheritdoc/>
    public override ImmutableArray<AxisForm>? Forms(Shape input, Shape output)
    {
        // Where only axes of size 1 come or go, each remaining axis keeps its index.
        var kept = Enumerable.Range(0, output.Rank).Where(a => !output[a].IsOne).ToArray();
        if (!kept.Select(a => output[a]).SequenceEqual(input.Where(d => !d.IsOne))) return null;
        var next = 0;
        return [.. input.Select(dim => dim.IsOne ? AxisForm.Zero : AxisForm.Of(kept[next++]))];
    }

    /// <inheritdoc/>
    protected override Expr TransposeView(Expr input, Expr cotangent) => new Reshape(input.Shape).On(cotangent);

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 6]).SelectMany(x => new[] { x.Reshape(3, 4), x.Reshape(2, 1, 6) });

    /// <inheritdoc/>
    protected override string Text => $"reshape->{Target}";
}

/// <summary>Every <c>Steps</c>-th element from <c>Starts</c> on, <c>Lengths</c> of them, along each axis. A negative step walks backwards.</summary>
public sealed record Slice(EquatableArray<Dim> Starts, EquatableArray<Dim> Lengths, EquatableArray<int> Steps) : ViewOp
{
    /// <inheritdoc/>
    public override string Name => "slice";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var x = inputs[0];
        for (var i = 0; i < x.Rank; i++)
        {
            if (Lengths[i].IsStatic && Lengths[i].Constant == 0) continue;
            var last = Starts[i] + (Lengths[i] - 1) * Steps[i];
            var (low, high) = Steps[i] > 0 ? (Starts[i], last) : (last, Starts[i]);
            if (Lengths[i].IsOne)   // an index; ranges are clipped when they are built
            {
                guards.AtLeast(low, 0, () => OutOfRange(x, i));
                guards.AtLeast(x.Shape[i] - 1, high, () => OutOfRange(x, i));
            }
        }
        return x.Type with { Shape = Shape.Create(Lengths.AsSpan()) };
    }

    string OutOfRange(Expr x, int axis) => $"Index {Starts[axis]} is out of bounds for axis {axis} of {x.Describe()}: it must be from 0 to {x.Shape[axis] - 1}.";

    /// <inheritdoc/>
    public override ImmutableArray<AxisForm>? Forms(Shape input, Shape output) =>
        [.. Starts.Select((start, axis) => new AxisForm(start, [new AxisTerm(axis, Steps[axis])]))];

    /// <inheritdoc/>
    protected override Expr TransposeView(Expr input, Expr cotangent) => new Pad(Starts, Steps, input.Shape).On(cotangent);

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([4, 5]).SelectMany(x => new[] { x[1..3, 4], x[T.Range(null, null, -2), 1..^1] });

    /// <inheritdoc/>
    protected override string Text => $"slice[{string.Join(", ", Starts.Select((s, i) => $"{s}+{Lengths[i]}{(Steps[i] == 1 ? "" : "*" + Steps[i])}"))}]";
}

/// <summary>Zeros of shape <paramref name="Target"/> with the input placed at <c>Starts + Steps·index</c>: the transpose of <see cref="Slice"/>.</summary>
public sealed record Pad(EquatableArray<Dim> Starts, EquatableArray<int> Steps, Shape Target) : ViewOp
{
    /// <inheritdoc/>
    public override string Name => "pad";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var x = inputs[0];
        if (x.Rank != Target.Rank) throw new ShapeException($"pad({x.Describe()}) to {Target}: the ranks must agree.");
        return x.Type with { Shape = Target };
    }

    /// <inheritdoc/>
    public override ImmutableArray<AxisForm>? Forms(Shape input, Shape output) =>
        [.. Starts.Select((start, axis) => Starts[axis] == Dim.Zero && Steps[axis] == 1 && input[axis] == output[axis]
            ? AxisForm.Of(axis)
            : new AxisForm(Math.Sign(Steps[axis]) * -1 * start, [new AxisTerm(axis, Math.Sign(Steps[axis]))], Math.Abs(Steps[axis]), IsGuarded: true))];

    /// <inheritdoc/>
    protected override Expr TransposeView(Expr input, Expr cotangent) => new Slice(Starts, input.Shape.Dims, Steps).On(cotangent);

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3]).SelectMany(x => new[] { new Pad([1, 0], [1, 1], [4, 3]).On(x), new Pad([4, 0], [-3, 2], [6, 6]).On(x) });

    /// <inheritdoc/>
    protected override string Text => $"pad{Starts}*{Steps}->{Target}";
}

/// <summary>
/// Sliding windows: axis <c>Axes[i]</c> of the input becomes the axis of the windows' positions, <c>⌊(n - (Sizes-1)·Dilations - 1)/Strides⌋ + 1</c> of them,
/// and one axis of size <c>Sizes[i]</c> inside a window is appended at the end.
/// </summary>
public sealed record Windows(EquatableArray<int> Axes, EquatableArray<int> Sizes, EquatableArray<int> Strides, EquatableArray<int> Dilations) : ViewOp
{
    /// <inheritdoc/>
    public override string Name => "windows";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var x = inputs[0];
        var shape = x.Shape;
        for (var i = 0; i < Axes.Count; i++)
        {
            var (axis, extent) = (Axes[i], (Sizes[i] - 1) * Dilations[i] + 1);
            guards.AtLeast(x.Shape[axis], extent, () => $"A window of {extent} does not fit into axis {axis} of {x.Describe()}: make it smaller or pad the input.");
            shape = shape.With(axis, (x.Shape[axis] - extent) / Strides[i] + 1);
        }
        return x.Type with { Shape = Shape.Of(shape.Concat(Sizes.Select(size => (Dim)size))) };
    }

    /// <inheritdoc/>
    public override ImmutableArray<AxisForm>? Forms(Shape input, Shape output) =>
        [.. Enumerable.Range(0, input.Rank).Select(axis => Axes.ToList().IndexOf(axis) is >= 0 and var i
            ? new AxisForm(Dim.Zero, [new AxisTerm(axis, Strides[i]), new AxisTerm(input.Rank + i, Dilations[i])])
            : AxisForm.Of(axis))];

    /// <inheritdoc/>
    protected override Expr TransposeView(Expr input, Expr cotangent) => new Fold(this, input.Shape).On(cotangent);

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 7]).Select(x => new Windows([1], [3], [2], [1]).On(x));

    /// <inheritdoc/>
    protected override string Text => $"windows{Axes} of {Sizes} by {Strides} dilated {Dilations}";
}

/// <summary>The identity, through which no derivative flows. (Theano: <c>disconnected_grad</c>, <c>consider_constant</c>.)</summary>
public sealed record StopGradient : ViewOp
{
    /// <inheritdoc/>
    public override string Name => "stop_gradient";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => inputs[0].Type;

    /// <inheritdoc/>
    public override Linearity Linearity => Linearity.None;

    /// <inheritdoc/>
    public override ImmutableArray<AxisForm>? Forms(Shape input, Shape output) => [.. Enumerable.Range(0, input.Rank).Select(axis => AxisForm.Of(axis))];

    /// <inheritdoc/>
    protected override Expr TransposeView(Expr input, Expr cotangent) => throw new GradientException("No derivative flows through stop_gradient.");

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3]).Select(x => On(x));
}
