using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// Elements picked by index arrays: axis <c>Axes[i]</c> of the first input is read at the i-th index array. All index arrays have one shape,
/// whose axes stand at <paramref name="Position"/> among the axes that remain. Negative indices count from the end; others out of range are an error.
/// </summary>
public sealed record Gather(EquatableArray<int> Axes, int Position) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "gather";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => inputs[0].Type with { Shape = Layout(inputs[0].Shape, inputs[1..], guards) };

    // The shape of what is gathered from, or scattered into, a tensor of the given shape.
    internal Shape Layout(Shape shape, ReadOnlySpan<Expr> indices, Guards guards)
    {
        if (indices.Length != Axes.Count) throw new ArgumentException($"gather over axes {Axes} needs {Axes.Count} index arrays, and got {indices.Length}.", nameof(indices));
        var first = indices[0];
        foreach (var index in indices)
        {
            if (!index.DType.IsInteger()) throw new DTypeException($"An index must be an integer, and {index.Describe()} is not. Cast it, or use a comparison with T.Switch.");
            if (index.Rank != first.Rank) throw new ShapeException($"Index arrays {first.Describe()} and {index.Describe()} must have one shape.");
            for (var axis = 0; axis < index.Rank; axis++)
                guards.Equal(first.Shape[axis], index.Shape[axis], () => $"Index arrays {first.Describe()} and {index.Describe()} must have one shape.");
        }
        var rest = shape.Where((_, axis) => !Axes.Contains(axis)).ToArray();
        return Shape.Of([.. rest[..Position], .. first.Shape, .. rest[Position..]]);
    }

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) =>
        tangents[0] is { } tangent ? On(inputs.SetItem(0, tangent).AsSpan()) : null;

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) =>
        [wanted[0] ? new ScatterAdd(this, inputs[0].Shape).On([cotangent, .. inputs[1..]]) : null, .. inputs.Skip(1).Select(_ => (Expr?)null)];

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var from = inputs[0];
        var walk = new IndexWalk(this, from, inputs[1..], output);
        var size = from.DType.Size();
        for (var i = 0L; i < output.Length; i++)
            from.AsBytes().Slice(checked((int)(walk.Next() * size)), size).CopyTo(output.AsBytes()[checked((int)(i * size))..]);
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 4]).SelectMany(x => new[]
    {
        new Gather([0], 0).On(x, T.Constant(Tensor.From(new[] { 2L, 0, 2 }))),
        new Gather([1], 1).On(x, T.Constant(Tensor.From<long>([-1, 0], 1, 2))),
        new Gather([0, 1], 0).On(x, T.Constant(Tensor.From(new[] { 0L, 1, 2 })), T.Constant(Tensor.From(new[] { 1L, 0, 3 }))),
    });

    /// <inheritdoc/>
    protected override string Text => $"gather{Axes}@{Position}";
}

/// <summary>Zeros of shape <paramref name="Target"/> to which the first input is added at the places that <paramref name="Gather"/> would read: its transpose.</summary>
public sealed record ScatterAdd(Gather Gather, Shape Target) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "scatter_add";

    /// <inheritdoc/>
    public override bool CanFail => true;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var layout = Gather.Layout(Target, inputs[1..], guards);
        var x = inputs[0];
        if (layout.Rank != x.Rank) throw new ShapeException($"scatter_add({x.Describe()}) into {Target}: the values must have shape {layout}.");
        for (var axis = 0; axis < layout.Rank; axis++)
            guards.Equal(x.Shape[axis], layout[axis], () => $"scatter_add({x.Describe()}) into {Target}: the values must have shape {layout}.");
        return x.Type with { Shape = Target };
    }

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) =>
        tangents[0] is { } tangent ? On(inputs.SetItem(0, tangent).AsSpan()) : null;

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) =>
        [wanted[0] ? Gather.On([cotangent, .. inputs[1..]]) : null, .. inputs.Skip(1).Select(_ => (Expr?)null)];

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        output.AsBytes().Clear();
        var walk = new IndexWalk(Gather, output, inputs[1..], inputs[0]);
        switch (output.DType)
        {
            case DType.Float32: Add<float>(inputs[0], output, walk); break;
            case DType.Float64: Add<double>(inputs[0], output, walk); break;
            case DType.Int32: Add<int>(inputs[0], output, walk); break;
            case DType.Int64: Add<long>(inputs[0], output, walk); break;
            default: Add<byte>(inputs[0], output, walk); break;
        }
    }

    static void Add<TElement>(Tensor values, Tensor output, IndexWalk walk) where TElement : unmanaged, System.Numerics.INumber<TElement>
    {
        var y = output.AsRaw<TElement>();
        foreach (var value in values.AsRaw<TElement>())
        {
            ref var place = ref y[checked((int)walk.Next())];
            place = typeof(TElement) == typeof(byte) ? TElement.Max(place, value) : place + value;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 4]).Select(x => new ScatterAdd(new Gather([0], 0), [5, 4]).On(x, T.Constant(Tensor.From(new[] { 4L, 0, 4 }))));

    /// <inheritdoc/>
    protected override string Text => $"scatter_add{Gather.Axes}@{Gather.Position}->{Target}";
}

/// <summary>Walks over the elements of what is gathered in row-major order and gives the offset of each in the tensor it is gathered from.</summary>
sealed class IndexWalk
{
    readonly Gather _gather;
    readonly int[] _shape;
    readonly long[][] _indices;
    readonly int[] _sizes;        // of the gathered tensor
    readonly long[] _strides;     // into the source, for axes that are not indexed
    readonly long[] _indexStrides; // into the index arrays, for axes that are
    readonly long[] _axisStrides;
    readonly int[] _counter;
    bool _started;

    public IndexWalk(Gather gather, Tensor source, ReadOnlySpan<Tensor> indices, Tensor gathered)
    {
        _gather = gather;
        _shape = source.Shape.ToArray();
        _indices = new long[indices.Length][];
        for (var i = 0; i < indices.Length; i++) _indices[i] = indices[i].To(DType.Int64).ToArray<long>();
        _sizes = gathered.Shape.ToArray();
        var own = source.Strides();
        _axisStrides = [.. gather.Axes.Select(a => own[a])];
        _strides = new long[_sizes.Length];
        _indexStrides = new long[_sizes.Length];
        var rest = new Queue<long>(Enumerable.Range(0, own.Length).Where(a => !gather.Axes.Contains(a)).Select(a => own[a]));
        var indexRank = indices[0].Rank;
        var indexStrides = indices[0].Strides();
        for (var axis = 0; axis < _sizes.Length; axis++)
            if (axis >= gather.Position && axis < gather.Position + indexRank) _indexStrides[axis] = indexStrides[axis - gather.Position];
            else _strides[axis] = rest.Dequeue();
        _counter = new int[_sizes.Length];
    }

    public long Next()
    {
        if (_started)
            for (var axis = _counter.Length - 1; axis >= 0 && ++_counter[axis] == _sizes[axis]; axis--) _counter[axis] = 0;
        _started = true;
        var (offset, at) = (0L, 0L);
        for (var axis = 0; axis < _counter.Length; axis++)
        {
            offset += _counter[axis] * _strides[axis];
            at += _counter[axis] * _indexStrides[axis];
        }
        for (var i = 0; i < _indices.Length; i++) offset += Checked(_indices[i][at], _gather.Axes[i], _shape) * _axisStrides[i];
        return offset;
    }

    /// <summary>The index counted from the start.</summary>
    public static long Checked(long index, int axis, ReadOnlySpan<int> shape) =>
        index < -shape[axis] || index >= shape[axis] ? throw OutOfBounds(index, axis, shape[axis]) : index < 0 ? index + shape[axis] : index;

    public static ArgumentOutOfRangeException OutOfBounds(long index, int axis, long size) => new(null, $"Index {index} is out of bounds for axis {axis} of size {size}: {(size == 0 ? "there is no element" : $"it must be from {-size} to {size - 1}")}.");
}
