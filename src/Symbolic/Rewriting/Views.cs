namespace DeepSym.Rewriting;

/// <summary>Makes views of views as one view, and none where nothing moves.</summary>
static class Views
{
    /// <summary>Whether the op only moves elements of its first input, so that scalar functions commute with it. (Not pad: a function of 0 need not be 0.)</summary>
    public static bool Moves(Op op) => op is BroadcastTo or Transpose or Reshape or Slice or Gather;

    /// <summary>What <paramref name="mover"/>, an op that moves elements of its first input, makes of <paramref name="x"/> of the same shape in the place of that input.</summary>
    public static Expr Moved(Expr mover, Expr x) => mover.Op switch
    {
        BroadcastTo broadcast => Broadcast(x, broadcast.Target, broadcast.Axes),
        var op => op!.On([x, .. mover.Inputs.AsSpan()[1..]]),
    };

    /// <summary>Whether a broadcast only stretches what is known to have size 1: one that declares a size to be 1 must stay, so that it is stretched no further back.</summary>
    public static bool IsPlain(Expr broadcast)
    {
        var (target, axes) = (BroadcastTo)broadcast.Op!;
        var shape = broadcast.Inputs[0].Shape;
        for (var axis = 0; axis < shape.Rank; axis++)
            if (!shape[axis].IsOne && target[axes[axis]].IsOne) return false;
        return true;
    }

    /// <summary>Axis i of <paramref name="x"/> as axis <c>axes[i]</c> of the target, the others stretched; broadcasts of broadcasts are one.</summary>
    public static Expr Broadcast(Expr x, Shape target, EquatableArray<int> axes)
    {
        while (x.Op is BroadcastTo inner && IsPlain(x))
        {
            axes = inner.Axes.Select(axis => axes[axis]).ToEquatable();
            x = x.Inputs[0];
        }
        return x.Shape == target ? x : new BroadcastTo(target, axes).On(x);
    }

    /// <summary>Which axes an expression varies along; not those of size 1, nor those along which a broadcast repeats it.</summary>
    public static bool[] Varying(Expr expr)
    {
        var varies = new bool[expr.Rank];
        if (expr.Op is BroadcastTo(_, var axes))
            for (var i = 0; i < axes.Count; i++) varies[axes[i]] = !expr.Inputs[0].Shape[i].IsOne;
        else
            for (var axis = 0; axis < varies.Length; axis++) varies[axis] = !expr.Shape[axis].IsOne;
        return varies;
    }

    /// <summary>The expression without the axes along which <paramref name="kept"/> is false; it does not vary along them.</summary>
    public static Expr Without(Expr expr, bool[] kept)
    {
        var place = new int[kept.Length];
        for (int axis = 0, next = 0; axis < kept.Length; axis++) place[axis] = kept[axis] ? next++ : -1;
        var target = Shape.Of(expr.Shape.Where((_, axis) => kept[axis]));
        if (expr.Op is not BroadcastTo(_, var axes)) return T.Reshape(expr, target);
        var source = expr.Inputs[0];
        var squeezed = T.Reshape(source, Shape.Of(source.Shape.Where((_, i) => kept[axes[i]])));
        return Broadcast(squeezed, target, axes.Select(axis => place[axis]).Where(axis => axis >= 0).ToEquatable());
    }

    /// <summary>For a reshape by which only axes of size 1 come or go: where each axis of the input stands in the output, -1 for those of size 1. Null for others.</summary>
    public static int[]? UnitReshape(Expr expr)
    {
        var (from, to) = (expr.Inputs[0].Shape, expr.Shape);
        var places = new int[from.Rank];
        var next = 0;
        for (var axis = 0; axis < from.Rank; axis++)
        {
            places[axis] = -1;
            if (from[axis].IsOne) continue;
            while (next < to.Rank && to[next].IsOne) next++;
            if (next == to.Rank || to[next] != from[axis]) return null;
            places[axis] = next++;
        }
        while (next < to.Rank && to[next].IsOne) next++;
        return next == to.Rank ? places : null;
    }

    /// <summary>
    /// What lies below broadcasts, transposes and axes of size 1 that come or go, and for each axis of it the axis of the expression at which it
    /// stands, -1 for those of size 1.
    /// </summary>
    public static (Expr Core, int[] Places) Spread(Expr expr)
    {
        var places = Enumerable.Range(0, expr.Rank).ToArray();
        for (; ; expr = expr.Inputs[0])
        {
            var step = expr.Op switch
            {
                BroadcastTo(_, var axes) => [.. axes],
                Transpose transpose => [.. transpose.Inverse],
                Reshape => UnitReshape(expr),
                _ => null,
            };
            if (step is null) return (expr, places);
            places = [.. step.Select(axis => axis < 0 ? -1 : places[axis])];
        }
    }
}
