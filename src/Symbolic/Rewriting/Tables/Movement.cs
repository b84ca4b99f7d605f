using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>Ops that only move elements: views of views as one view, and none where nothing moves.</summary>
static class Movement
{
    public static readonly RuleSet Rules =
    [
        new FunctionRule("what only gradients see", "stop_gradient(x) → x, once the gradient is taken; scaled, clipped and overridden gradients too", Exact,
            [typeof(StopGradient), typeof(GradientScale), typeof(GradientClip), typeof(GradientOverride)], expr => expr.Inputs[0],
            dtype => [T.StopGradient(T.Vector("x", 3, dtype))]),

        new FunctionRule("transpose of a transpose", "transpose(transpose(x)) → transpose(x), or x", Exact, [typeof(Transpose)], TransposeOfTranspose,
            dtype => [T.Transpose(T.Transpose(T.Tensor3("x", 2, 3, 4, dtype), 1, 0, 2), 2, 0, 1), T.Transpose(T.Transpose(T.Matrix("x", 2, 3, dtype))), new Transpose([0, 1]).On(T.Matrix("x", 2, 3, dtype))]),
        new FunctionRule("transpose of axes of size 1", "transpose(x) → reshape(x), only axes of size 1 move", Exact, [typeof(Transpose)], TransposeOfUnits,
            dtype => [T.Transpose(T.Matrix("x", 1, 3, dtype)), T.Transpose(T.Tensor3("x", 2, 1, 3, dtype), 0, 2, 1)]),
        new FunctionRule("transposes around axes of size 1 that come", "transpose(reshape(transpose(x))) → reshape(transpose(x)), only axes of size 1 come", Exact, [typeof(Transpose)], TransposeOverUnits,
            dtype => [T.Transpose(T.ExpandDims(T.Transpose(T.Matrix("x", 2, 3, dtype)), 1), 2, 0, 1)]),
        new FunctionRule("transpose of a broadcast", "transpose(broadcast(x)) → broadcast(transpose(x))", Exact, [typeof(Transpose)], TransposeOfBroadcast,
            dtype => [T.Transpose(T.BroadcastTo(T.Vector("x", 3, dtype), 2, 3)), T.Transpose(T.BroadcastTo(T.Matrix("x", 2, 3, dtype), 4, 2, 3))]),

        new FunctionRule("reshape to the same shape", "reshape(x) → x, of that shape", Exact, [typeof(Reshape)], expr => expr.Inputs[0].Shape == expr.Shape ? expr.Inputs[0] : null,
            dtype => [new Reshape([3]).On(T.Vector("x", 3, dtype))]),
        new FunctionRule("reshape of a reshape", "reshape(reshape(x)) → reshape(x)", Exact, [typeof(Reshape)], expr => expr.Inputs[0].Op is Reshape ? T.Reshape(expr.Inputs[0].Inputs[0], expr.Shape) : null,
            dtype => [T.Matrix("x", 2, 3, dtype).Reshape(6).Reshape(3, 2), T.Matrix("x", 2, 3, dtype).Reshape(6).Reshape(2, 3)]),
        new FunctionRule("reshape of a broadcast", "reshape(broadcast(x)) → broadcast(x), only axes of size 1 come or go", Exact, [typeof(Reshape)], ReshapeOfBroadcast,
            dtype => [T.BroadcastTo(T.Vector("x", 3, dtype), 2, 3).Reshape(2, 1, 3)]),

        new FunctionRule("broadcast to the same shape", "broadcast(x) → x, of that shape", Exact, [typeof(BroadcastTo)], expr => expr.Inputs[0].Shape == expr.Shape ? expr.Inputs[0] : null,
            dtype => [new BroadcastTo([3], [0]).On(T.Vector("x", 3, dtype))]),
        new FunctionRule("broadcast of a broadcast", "broadcast(broadcast(x)) → broadcast(x)", Exact, [typeof(BroadcastTo)], BroadcastOfBroadcast,
            dtype => [T.BroadcastTo(T.BroadcastTo(T.Vector("x", 3, dtype), 2, 3), 4, 2, 3)]),
        new FunctionRule("broadcast of axes of size 1 added", "broadcast(reshape(x)) → broadcast(x), only axes of size 1 come or go", Exact, [typeof(BroadcastTo)], BroadcastOfReshape,
            dtype => [T.BroadcastTo(T.ExpandDims(T.Vector("x", 3, dtype), 1), 2, 3, 4)]),

        new FunctionRule("slice of everything", "slice(x) → x, all of it", Exact, [typeof(Slice)], SliceOfEverything,
            dtype => [new Slice([0], [3], [1]).On(T.Vector("x", 3, dtype))]),
        new FunctionRule("slice of a slice", "slice(slice(x)) → slice(x)", Exact, [typeof(Slice)], SliceOfSlice,
            dtype => [T.Vector("x", 9, dtype)[1..8][T.Range(5, 0, -2)], T.Matrix("x", 4, 5, dtype)[1..3][1]]),
        new FunctionRule("slice of a pad", "slice(pad(x)) → x, what was padded", Exact, [typeof(Slice)], SliceOfPad,
            dtype => [T.Pad(T.Vector("x", 3, dtype), (1, 2))[1..4]]),
        new FunctionRule("slice of a broadcast", "slice(broadcast(x)) → broadcast(slice(x))", Exact, [typeof(Slice)], SliceOfBroadcast,
            dtype => [T.BroadcastTo(T.Vector("x", 5, dtype), 4, 5)[1..3, 1..4], T.BroadcastTo(T.Matrix("x", 3, 1, dtype), 3, 5)[1..3, 1..4]]),
        new FunctionRule("slice of a concatenation", "slice(concatenate(x, y)) → slice(x), when it lies in one part", Exact, [typeof(Slice)], SliceOfConcat,
            dtype => [T.Concatenate([T.Vector("x", 3, dtype), T.Vector("y", 4, dtype)])[T.Range(6, 3, -1)], T.Concatenate([T.Vector("x", 3, dtype), T.Vector("y", 4, dtype)])[1]]),

        new FunctionRule("pad with nothing", "pad(x) → x, no zeros added", Exact, [typeof(Pad)], PadWithNothing,
            dtype => [new Pad([0], [1], [3]).On(T.Vector("x", 3, dtype))]),
        new FunctionRule("concatenation of one", "concatenate(x) → x", Exact, [typeof(Concat)], expr => expr.Inputs is [var only] ? only : null,
            dtype => [new Concat(0).On(T.Vector("x", 3, dtype))]),

        new FunctionRule("concatenation of a concatenation", "concatenate(concatenate(x, y), z) → concatenate(x, y, z)", Exact, [typeof(Concat)], ConcatOfConcat,
            dtype => [T.Concatenate([T.Concatenate([T.Vector("x", 3, dtype), T.Vector("y", 2, dtype)]), T.Vector("z", 4, dtype)])]),
        new FunctionRule("empty part of a concatenation", "concatenate(x, empty) → concatenate(x)", Exact, [typeof(Concat)], ConcatOfEmpty,
            dtype => [T.Concatenate([T.Vector("x", 3, dtype), T.Vector("y", 0, dtype), T.Vector("z", 4, dtype)])]),
        new FunctionRule("concatenation of equals", "concatenate(x, x, x) → broadcast(x), of size 1 along the axis", Exact, [typeof(Concat)], ConcatOfEquals,
            dtype => [Twice(T.Matrix("x", 1, 3, dtype))]),
        new FunctionRule("concatenation of neighbouring slices", "concatenate(x[:k], x[k:]) → x", Exact, [typeof(Concat)], ConcatOfSlices,
            dtype => [Rejoined(T.Matrix("x", 5, 3, dtype))]),
        new FunctionRule("sum of neighbouring pads", "pad(x) + pad(y) → pad(concatenate(x, y)), where they touch", Exact, [typeof(Map)], SideBySide.Joined,
            dtype => [T.Pad(T.Vector("x", 3, dtype), (0, 4)) + T.Pad(T.Vector("y", 2, dtype), (3, 2)) + T.Vector("z", 7, dtype)]),
        new FunctionRule("slice of a cheap function", "slice(x + y) → slice(x) + slice(y)", Exact, [typeof(Slice)], SliceOfFunction,
            dtype => [(T.Vector("x", 5, dtype) + T.Vector("y", 5, dtype))[1..3]]),
    ];

    static Expr? TransposeOfTranspose(Expr expr)
    {
        var outer = ((Transpose)expr.Op!).Permutation;
        if (outer.SequenceEqual(Enumerable.Range(0, outer.Count))) return expr.Inputs[0];
        return expr.Inputs[0].Op is Transpose(var inner) ? T.Transpose(expr.Inputs[0].Inputs[0], [.. outer.Select(axis => inner[axis])]) : null;
    }

    static Expr? TransposeOfUnits(Expr expr)
    {
        var real = ((Transpose)expr.Op!).Permutation.Where(axis => !expr.Inputs[0].Shape[axis].IsOne).ToArray();
        return real.SequenceEqual(real.Order()) ? T.Reshape(expr.Inputs[0], expr.Shape) : null;
    }

    static Expr? TransposeOverUnits(Expr expr)
    {
        if (expr.Inputs[0] is not { Op: Reshape, Inputs: [{ Op: Transpose } x] } reshape || Views.UnitReshape(reshape) is not { } places || places.Contains(-1)) return null;
        var inverse = ((Transpose)expr.Op!).Inverse;
        return T.Reshape(T.Transpose(x, [.. Enumerable.Range(0, x.Rank).OrderBy(axis => inverse[places[axis]])]), expr.Shape);
    }

    static Expr? TransposeOfBroadcast(Expr expr)
    {
        if (expr.Inputs[0] is not { Op: BroadcastTo(_, var axes) } broadcast) return null;
        var inverse = ((Transpose)expr.Op!).Inverse;
        int[] places = [.. axes.Select(axis => inverse[axis])];
        int[] order = [.. Enumerable.Range(0, places.Length).OrderBy(i => places[i])];
        return Views.Broadcast(T.Transpose(broadcast.Inputs[0], order), expr.Shape, places.Order().ToEquatable());
    }

    static Expr? ReshapeOfBroadcast(Expr expr)
    {
        if (expr.Inputs[0] is not { Op: BroadcastTo(_, var axes) } broadcast || Views.UnitReshape(expr) is not { } places) return null;
        var x = broadcast.Inputs[0];
        // Axes that go have size 1 in the input too.
        var kept = Enumerable.Range(0, x.Rank).Where(i => places[axes[i]] >= 0).ToArray();
        return Views.Broadcast(T.Reshape(x, Shape.Of(kept.Select(i => x.Shape[i]))), expr.Shape, kept.Select(i => places[axes[i]]).ToEquatable());
    }

    static Expr? BroadcastOfBroadcast(Expr expr) =>
        expr is { Op: BroadcastTo(var target, var axes), Inputs: [{ Op: BroadcastTo } inner] } && Views.IsPlain(inner) ? Views.Broadcast(inner, target, axes) : null;

    static Expr? BroadcastOfReshape(Expr expr)
    {
        if (expr.Inputs[0].Op is not Reshape || Views.UnitReshape(expr.Inputs[0]) is not { } places) return null;
        var x = expr.Inputs[0].Inputs[0];
        var real = T.Reshape(x, Shape.Of(x.Shape.Where(dim => !dim.IsOne)));
        return Views.Broadcast(real, expr.Shape, places.Where(place => place >= 0).Select(place => ((BroadcastTo)expr.Op!).Axes[place]).ToEquatable());
    }

    static Expr? SliceOfEverything(Expr expr)
    {
        var slice = (Slice)expr.Op!;
        return expr.Shape == expr.Inputs[0].Shape && slice.Starts.All(start => start == Dim.Zero) && slice.Steps.All(step => step == 1) ? expr.Inputs[0] : null;
    }

    static Expr? SliceOfSlice(Expr expr)
    {
        var outer = (Slice)expr.Op!;
        return expr.Inputs[0] is not { Op: Slice inner, Inputs: [var x] } ? null : new Slice(
            outer.Starts.Select((start, axis) => inner.Starts[axis] + start * inner.Steps[axis]).ToEquatable(),
            outer.Lengths,
            outer.Steps.Select((step, axis) => step * inner.Steps[axis]).ToEquatable()).On(x);
    }

    static Expr? SliceOfPad(Expr expr)
    {
        var slice = (Slice)expr.Op!;
        return expr.Inputs[0] is { Op: Pad pad, Inputs: [var x] } && pad.Starts == slice.Starts && pad.Steps == slice.Steps && x.Shape == expr.Shape ? x : null;
    }

    static Expr? SliceOfBroadcast(Expr expr)
    {
        var slice = (Slice)expr.Op!;
        if (expr.Inputs[0] is not { Op: BroadcastTo(_, var axes) } broadcast) return null;
        var x = broadcast.Inputs[0];
        var sliced = new Slice(
            axes.Select((axis, i) => x.Shape[i].IsOne ? Dim.Zero : slice.Starts[axis]).ToEquatable(),
            axes.Select((axis, i) => x.Shape[i].IsOne ? Dim.One : slice.Lengths[axis]).ToEquatable(),
            axes.Select((axis, i) => x.Shape[i].IsOne ? 1 : slice.Steps[axis]).ToEquatable()).On(x);
        return Views.Broadcast(sliced, expr.Shape, axes);
    }

    static Expr? SliceOfConcat(Expr expr)
    {
        var slice = (Slice)expr.Op!;
        if (expr.Inputs[0] is not { Op: Concat(var axis), Inputs: var parts }) return null;
        var last = slice.Starts[axis] + (slice.Lengths[axis] - 1) * slice.Steps[axis];
        var (low, high) = slice.Steps[axis] > 0 ? (slice.Starts[axis], last) : (last, slice.Starts[axis]);
        var start = Dim.Zero;
        foreach (var part in parts)
        {
            if ((low - start).IsNonNegative && (start + part.Shape[axis] - 1 - high).IsNonNegative)
                return (slice with { Starts = slice.Starts.Select((s, a) => a == axis ? s - start : s).ToEquatable() }).On(part);
            start += part.Shape[axis];
        }
        return null;
    }

    static Expr? PadWithNothing(Expr expr)
    {
        var pad = (Pad)expr.Op!;
        return expr.Shape == expr.Inputs[0].Shape && pad.Starts.All(start => start == Dim.Zero) && pad.Steps.All(step => step == 1) ? expr.Inputs[0] : null;
    }

    static Expr? ConcatOfConcat(Expr expr) =>
        expr.Inputs.Any(part => Equals(part.Op, expr.Op)) ? expr.Op!.On([.. expr.Inputs.SelectMany(part => Equals(part.Op, expr.Op) ? part.Inputs : [part])]) : null;

    static Expr? ConcatOfEmpty(Expr expr)
    {
        var axis = ((Concat)expr.Op!).Axis;
        Expr[] real = [.. expr.Inputs.Where(part => part.Shape[axis] != Dim.Zero)];
        return real.Length == expr.Inputs.Length || real.Length == 0 ? null : expr.Op.On(real);
    }

    static Expr? ConcatOfEquals(Expr expr) =>
        expr.Inputs.Length > 1 && expr.Inputs.All(part => part == expr.Inputs[0]) && expr.Inputs[0].Shape[((Concat)expr.Op!).Axis].IsOne
            ? Views.Broadcast(expr.Inputs[0], expr.Shape, Enumerable.Range(0, expr.Rank).ToEquatable())
            : null;

    static Expr Twice(Expr x) => T.Concatenate([x, x]);

    static Expr Rejoined(Expr x) => T.Concatenate([x[..2], x[2..]]);

    // Neighbours become one slice, which is all of it in the end.
    static Expr? ConcatOfSlices(Expr expr)
    {
        var axis = ((Concat)expr.Op!).Axis;
        for (var i = 0; i + 1 < expr.Inputs.Length; i++)
            if (expr.Inputs[i] is { Op: Slice first, Inputs: [var x] } && expr.Inputs[i + 1] is { Op: Slice second, Inputs: [var y] } && x == y && Follows(first, second, axis))
            {
                var joined = (first with { Lengths = first.Lengths.Select((length, a) => a == axis ? length + second.Lengths[a] : length).ToEquatable() }).On(x);
                return expr.Op.On([.. expr.Inputs[..i], joined, .. expr.Inputs[(i + 2)..]]);
            }
        return null;
    }

    static bool Follows(Slice first, Slice second, int axis) => first.Steps == second.Steps && Enumerable.Range(0, first.Steps.Count).All(a =>
        a == axis ? second.Starts[a] == first.Starts[a] + first.Lengths[a] * first.Steps[a] : second.Starts[a] == first.Starts[a] && second.Lengths[a] == first.Lengths[a]);

    // What costs less than to load it again is computed for the slice alone; then other rules see what is sliced.
    static Expr? SliceOfFunction(Expr expr) =>
        expr.Inputs[0] is { Op: Map { Function.Cost: < 5 } map } below ? map.On([.. below.Inputs.Select(input => expr.Op!.On(input))]) : null;
}
