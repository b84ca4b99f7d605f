using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>Picking by index arrays: less to pick from, and no picking at all where the indices only count.</summary>
static class Gathers
{
    public static readonly RuleSet Rules =
    [
        Of("gather of everything", "gather(x, arange(n)) → x, n its size", Exact, OfEverything, dtype => [T.Take(T.Matrix("x", 2, 3, dtype), T.Arange(3), 1)]),
        Of("gather at a known place", "gather(x, 2) → x[2], the place within a known size", Exact, AtKnownPlace, dtype => [new Gather([0], 0).On(T.Matrix("x", 2, 3, dtype), 1), new Gather([1], 1).On(T.Matrix("x", 2, 3, dtype), -1)]),
        Of("gather of a gather", "gather(gather(x, i), j) → gather(x, gather(i, j)), along one axis", Exact, OfGather,
            dtype => [T.Take(T.Take(T.Matrix("x", 4, 3, dtype), T.Constant(Tensor.From(new[] { 2L, 0, 3 }))), T.Constant(Tensor.From(new[] { -1L, 1 })))]),
        Of("gather of what repeats", "gather(broadcast(x), i) → broadcast(gather(x)), i known to be in range", Exact, OfBroadcast,
            dtype => [T.BroadcastTo(T.Matrix("x", 2, 1, dtype), 2, 3)[T.Arange(2), T.Constant(Tensor.From(new[] { 2L, 0 }))]]),
        Of("gather of a function", "gather(f(x), i, j) → f(gather(x, i, j)), when the result has fewer axes", Exact, OfFunction, dtype =>
        [
            T.Sqr(T.Matrix("x", 2, 3, dtype))[T.Arange(2), T.Constant(Tensor.From(new[] { 2L, 0 }))],
            (T.Matrix("x", 2, 3, dtype) - T.Matrix("y", 2, 1, dtype))[T.Arange(2), T.Constant(Tensor.From(new[] { 2L, 0 }))],
        ]),
        new FunctionRule("scatter along rows", "scatter_add(x, arange(n), t) → switch(t == column, x, 0)", Exact, [typeof(ScatterAdd)], AlongRows,
            dtype => [new ScatterAdd(new Gather([0, 1], 0), [2, 3]).On(T.Vector("x", 2, dtype), T.Arange(2), T.Constant(Tensor.From(new[] { 2L, -3 })))]),
    ];

    static FunctionRule Of(string name, string says, Promise promise, Func<Expr, Expr?> rewrite, Func<DType, IEnumerable<Expr>> examples) =>
        new(name, says, promise, [typeof(Gather)], rewrite, examples);

    static Expr? OfEverything(Expr expr) =>
        expr is { Op: Gather { Axes: [var axis], Position: var position }, Inputs: [var x, { Op: Iota { Target: [var count] } }] } && position == axis && count == x.Shape[axis] ? x : null;

    // The place is checked here, so that an index out of range stays an error of the call.
    static Expr? AtKnownPlace(Expr expr)
    {
        if (expr is not { Op: Gather { Axes: [var axis] }, Inputs: [var x, Constant { Rank: 0 } index] } || !x.Shape[axis].IsStatic) return null;
        var (place, size) = (index.Value.ToScalar<long>(), x.Shape[axis].Constant);
        if (place < -size || place >= size) return null;
        var slice = new Slice(
            x.Shape.Select((_, a) => a == axis ? (Dim)(place < 0 ? place + size : place) : Dim.Zero).ToEquatable(),
            x.Shape.Select((dim, a) => a == axis ? Dim.One : dim).ToEquatable(),
            x.Shape.Select(_ => 1).ToEquatable());
        return T.Reshape(slice.On(x), expr.Shape);
    }

    static Expr? OfGather(Expr expr) =>
        expr is { Op: Gather { Axes: [var outer], Position: var position } gather, Inputs: [{ Op: Gather { Axes: [var inner], Position: var place }, Inputs: [var x, { Rank: 1 } first] }, var second] }
            && outer == position && inner == place && inner == outer
            ? gather.On(x, new Gather([0], 0).On(first, second))
            : null;

    static Expr? OfBroadcast(Expr expr)
    {
        var (gather, x) = ((Gather)expr.Op!, expr.Inputs[0]);
        if (x.Op is not BroadcastTo) return null;
        var varies = Views.Varying(x);
        for (var i = 0; i < gather.Axes.Count; i++)
            if (!varies[gather.Axes[i]] && !IsInRange(expr.Inputs[i + 1], x.Shape[gather.Axes[i]])) return null;
        return Repeated(expr, x);
    }

    // The gather without the axes along which x only repeats itself; null where there are none.
    static Expr? Repeated(Expr expr, Expr x)
    {
        var gather = (Gather)expr.Op!;
        var kept = Views.Varying(x);
        var axes = gather.Axes.Where(axis => kept[axis]).ToArray();
        if (axes.Length == gather.Axes.Count) return null;
        for (var axis = 0; axis < kept.Length; axis++) kept[axis] |= !gather.Axes.Contains(axis);   // only axes that are picked from go
        var below = Views.Without(x, kept);
        int[] rest = [.. Enumerable.Range(0, x.Rank).Where(axis => !gather.Axes.Contains(axis))];
        var indexRank = expr.Inputs[1].Rank;
        if (axes.Length == 0)
            return Views.Broadcast(below, expr.Shape, Enumerable.Range(0, rest.Length).Select(i => i < gather.Position ? i : i + indexRank).ToEquatable());
        var renumbered = axes.Select(axis => Enumerable.Range(0, axis).Count(a => kept[a])).ToEquatable();
        var indices = Enumerable.Range(0, gather.Axes.Count).Where(i => axes.Contains(gather.Axes[i])).Select(i => expr.Inputs[i + 1]);
        return new Gather(renumbered, gather.Position).On([below, .. indices]);
    }

    static bool IsInRange(Expr index, Dim size) => index switch
    {
        { Op: Iota(var target, var axis) } => (size - target[axis]).IsNonNegative,
        Constant { Value: var value } when size.IsStatic => Enumerable.Range(0, (int)value.Length).All(i => value.Number(i).Integer >= -size.Constant && value.Number(i).Integer < size.Constant),
        _ => false,
    };

    // One argument at least is picked from along all the axes, so that indices out of range are still found.
    static Expr? OfFunction(Expr expr)
    {
        var (gather, x) = ((Gather)expr.Op!, expr.Inputs[0]);
        if (x.Op is not Map || expr.Rank >= x.Rank || !x.Inputs.Any(input => Views.Varying(input) is var varies && gather.Axes.All(axis => varies[axis]))) return null;
        return x.Op.On([.. x.Inputs.Select(input => (input.Op is BroadcastTo ? Repeated(expr, input) : null) ?? Views.Moved(expr, input))]);
    }

    // Row i receives one value, at column t[i]: a comparison with the index of the column, which fuses with what follows.
    static Expr? AlongRows(Expr expr)
    {
        if (expr is not { Op: ScatterAdd { Gather: { Axes: [0, 1], Position: 0 }, Target: var target }, Inputs: [var values, { Op: Iota } rows, var columns] }
            || values.Rank != 1 || target[0] != values.Shape[0] || rows.Shape[0] != values.Shape[0]) return null;
        var own = T.Cast(columns, DType.Int64);
        own = T.Switch(own < 0, own + T.Size(target[1]), own);
        return T.Switch(T.Eq(T.ExpandDims(own, 1), new Iota(target, 1).On()), T.ExpandDims(values, 1), 0);
    }
}
