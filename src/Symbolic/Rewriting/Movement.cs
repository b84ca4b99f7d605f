using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>Views of views, and views that change nothing. All of them are exact.</summary>
static class Movement
{
    public static readonly RuleSet Rules =
    [
        new FunctionRule("what only gradients see", Exact, [typeof(StopGradient), typeof(GradientScale), typeof(GradientClip), typeof(GradientOverride)], node => node.Inputs[0]),
        new FunctionRule("transpose of transpose", Exact, [typeof(Transpose)], TransposeOfTranspose),
        new FunctionRule("reshape of reshape", Exact, [typeof(Reshape)], ReshapeOfReshape),
        new FunctionRule("broadcast of broadcast", Exact, [typeof(BroadcastTo)], BroadcastOfBroadcast),
        new FunctionRule("slice of slice", Exact, [typeof(Slice)], SliceOfSlice),
        new FunctionRule("pad of nothing", Exact, [typeof(Pad)], PadOfNothing),
        new FunctionRule("transpose of a product", Exact, [typeof(Transpose)], TransposeOfProduct),
    ];

    static Expr? TransposeOfTranspose(Expr node)
    {
        var outer = (Transpose)node.Op!;
        if (outer.Permutation.SequenceEqual(Enumerable.Range(0, node.Rank))) return node.Inputs[0];
        return node.Inputs[0] is { Op: Transpose inner, Inputs: [var x] } ? new Transpose(outer.Permutation.Select(axis => inner.Permutation[axis]).ToEquatable()).On(x) : null;
    }

    static Expr? ReshapeOfReshape(Expr node) =>
        node.Inputs[0].Shape == node.Shape ? node.Inputs[0]
        : node.Inputs[0] is { Op: Reshape, Inputs: [var x] } ? T.Reshape(x, node.Shape)
        : null;

    static Expr? BroadcastOfBroadcast(Expr node)
    {
        var outer = (BroadcastTo)node.Op!;
        if (node.Inputs[0].Shape == node.Shape) return node.Inputs[0];
        return node.Inputs[0] is { Op: BroadcastTo inner, Inputs: [var x] } && x.Shape.Select((size, axis) => size.IsOne || !inner.Target[inner.Axes[axis]].IsOne).All(kept => kept)
            ? new BroadcastTo(outer.Target, inner.Axes.Select(axis => outer.Axes[axis]).ToEquatable()).On(x)
            : null;   // a size that was declared to be 1 is stretched no further back
    }

    static Expr? SliceOfSlice(Expr node)
    {
        var outer = (Slice)node.Op!;
        if (node.Shape == node.Inputs[0].Shape && outer.Starts.All(start => start == Dim.Zero) && outer.Steps.All(step => step == 1)) return node.Inputs[0];
        if (node.Inputs[0] is not { Op: Slice inner, Inputs: [var x] }) return null;
        return new Slice(
            outer.Starts.Select((start, axis) => inner.Starts[axis] + start * inner.Steps[axis]).ToEquatable(),
            outer.Lengths,
            outer.Steps.Select((step, axis) => step * inner.Steps[axis]).ToEquatable()).On(x);
    }

    static Expr? PadOfNothing(Expr node)
    {
        var pad = (Pad)node.Op!;
        return node.Shape == node.Inputs[0].Shape && pad.Starts.All(start => start == Dim.Zero) && pad.Steps.All(step => step == 1) ? node.Inputs[0] : null;
    }

    // (x y)ᵀ = yᵀ xᵀ: the operands change places and nothing moves.
    static Expr? TransposeOfProduct(Expr node)
    {
        if (node is not { Op: Transpose transpose, Inputs: [{ Op: Contract contract, Inputs: [var x, var y] }] }) return null;
        var (batch, left, right) = (contract.Batch.Count, contract.FreeLeft(x.Rank).Length, contract.FreeRight(y.Rank).Length);
        int[] swapped = [.. Enumerable.Range(0, batch), .. Enumerable.Range(batch + left, right), .. Enumerable.Range(batch, left)];
        if (!transpose.Permutation.SequenceEqual(swapped)) return null;
        return new Contract(contract.Batch.Select(p => new AxisPair(p.Right, p.Left)).ToEquatable(), contract.Sum.Select(p => new AxisPair(p.Right, p.Left)).ToEquatable()).On(y, x);
    }
}
