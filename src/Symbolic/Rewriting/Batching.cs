using System.Collections.Immutable;

namespace DeepSym.Rewriting;

/// <summary>An expression of one step as an expression of all steps at once: the same ops with one more axis in front.</summary>
sealed class Batching
{
    readonly Dim _count;
    readonly Dictionary<Expr, Expr?> _batched = [];   // null: the same in every step, or not to be batched
    readonly Func<Expr, bool> _isOwnSize;

    public Batching(Dim count, Func<Expr, bool> isOwnSize) => (_count, _isOwnSize) = (count, isOwnSize);

    /// <summary>Says what stands for an expression when all steps are taken at once.</summary>
    public void Add(Expr one, Expr all) => _batched[one] = all;

    /// <summary>Whether the op of a node can take one more axis.</summary>
    public bool Accepts(Expr node) => !SizeValues.Of(node.Op).Any(_isOwnSize) && node.Inputs.All(HasFixedShape) && node.Op switch
    {
        Map or Transpose or BroadcastTo or Reshape or Slice or Pad or Windows or StopGradient or Reduce or Concat or Contract or Gather or MatrixOp or ArgSort or ArgReduce or Recurrence => true,
        _ => false,
    };

    bool HasFixedShape(Expr expr) => expr.Shape.All(dim => dim.IsStatic || !SizeValues.AtomsIn(dim).Any(atom => atom is ValueDim(var value) && _isOwnSize(value)));

    /// <summary>The expression for all steps; every node below it that changes from step to step is accepted, or was added.</summary>
    public Expr Apply(Expr root)
    {
        foreach (var node in Traversal.Topological([root], node => _batched.ContainsKey(node) ? [] : node.Inputs.AsSpan()))
            if (!_batched.ContainsKey(node)) _batched[node] = node.Inputs.Any(IsBatched) ? Node(node) : null;
        return Rows(root);
    }

    bool IsBatched(Expr expr) => _batched.GetValueOrDefault(expr) is not null;

    // Repeated for every step, if it does not change.
    Expr Rows(Expr expr) => _batched[expr] ?? new BroadcastTo([_count, .. expr.Shape], Enumerable.Range(1, expr.Rank).ToEquatable()).On(expr);

    Expr Node(Expr node) => node.Op switch
    {
        Map map => map.On([.. node.Inputs.Select(Rows)]),
        Concat concat => new Concat(concat.Axis + 1).On([.. node.Inputs.Select(Rows)]),
        Contract contract => Product(contract, node.Inputs[0], node.Inputs[1]),
        Gather gather => Picked(gather, node),
        MatrixOp matrix => matrix.On([.. node.Inputs.Select(Rows)]),
        Recurrence recurrence => (recurrence with { Axis = recurrence.Axis + 1 }).On([.. node.Inputs.Select(Rows)]),
        var op => Shifted(op!).On(Rows(node.Inputs[0])),
    };

    Op Shifted(Op op) => op switch
    {
        Transpose transpose => new Transpose([0, .. transpose.Permutation.Select(axis => axis + 1)]),
        BroadcastTo broadcast => new BroadcastTo([_count, .. broadcast.Target], [0, .. broadcast.Axes.Select(axis => axis + 1)]),
        Reshape reshape => new Reshape([_count, .. reshape.Target]),
        Slice slice => new Slice([Dim.Zero, .. slice.Starts], [_count, .. slice.Lengths], [1, .. slice.Steps]),
        Pad pad => new Pad([Dim.Zero, .. pad.Starts], [1, .. pad.Steps], [_count, .. pad.Target]),
        Windows windows => windows with { Axes = windows.Axes.Select(axis => axis + 1).ToEquatable() },
        Reduce reduce => reduce with { Axes = reduce.Axes.Select(axis => axis + 1).ToEquatable() },
        ArgReduce reduce => reduce with { Axis = reduce.Axis + 1 },
        ArgSort sort => sort with { Axis = sort.Axis + 1 },
        _ => op,
    };

    Expr Product(Contract contract, Expr x, Expr y)
    {
        var (left, right) = (_batched[x], _batched[y]);
        var (dx, dy) = (left is null ? 0 : 1, right is null ? 0 : 1);
        EquatableArray<AxisPair> Shift(EquatableArray<AxisPair> pairs) => pairs.Select(p => new AxisPair(p.Left + dx, p.Right + dy)).ToEquatable();
        if (left is not null && right is not null) return new Contract([new AxisPair(0, 0), .. Shift(contract.Batch)], Shift(contract.Sum)).On(left, right);
        var product = new Contract(Shift(contract.Batch), Shift(contract.Sum)).On(left ?? x, right ?? y);
        return InFront(product, left is not null ? contract.Batch.Count : contract.Batch.Count + contract.FreeLeft(x.Rank).Length);
    }

    Expr Picked(Gather gather, Expr node)
    {
        var axes = gather.Axes.Select(axis => axis + 1);
        if (IsBatched(node.Inputs[0]) && node.Inputs.Skip(1).Any(IsBatched))
        {
            // Each step picks from its own rows: its number is one more index. Picked axes come in front, and then go where they belong.
            Expr[] indices = [.. node.Inputs.Skip(1).Select(Rows)];
            var (count, before) = (indices[0].Rank, gather.Position);
            var picked = new Gather([0, .. axes], 0).On([Rows(node.Inputs[0]), new Iota(indices[0].Shape, 0).On(), .. indices]);
            return T.Transpose(picked, [0, .. Enumerable.Range(count, before), .. Enumerable.Range(1, count - 1), .. Enumerable.Range(count + before, picked.Rank - count - before)]);
        }
        if (_batched[node.Inputs[0]] is { } source) return new Gather(axes.ToEquatable(), gather.Position + 1).On([source, .. node.Inputs.Skip(1)]);
        return InFront(gather.On([node.Inputs[0], .. node.Inputs.Skip(1).Select(Rows)]), gather.Position);
    }

    static Expr InFront(Expr expr, int axis) => axis == 0 ? expr : T.Transpose(expr, [axis, .. Enumerable.Range(0, expr.Rank).Where(a => a != axis)]);
}
