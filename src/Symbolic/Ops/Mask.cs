namespace DeepSym;

/// <summary>Derivatives that are zero because a choice went elsewhere: they stay zero also where the branch that was not taken has an infinite derivative or none.</summary>
static class Mask
{
    /// <summary>factor · partial; of a factor <c>switch(c, g, 0)</c>, possibly behind views, <c>switch(c, g · partial, 0)</c>.</summary>
    public static Expr Product(Expr factor, Expr partial)
    {
        var views = new Stack<Expr>();
        var core = factor;
        for (; core.Op is BroadcastTo or Reshape or Transpose; core = core.Inputs[0]) views.Push(core);
        if (core is not { Op: Map { Function.Name: "switch" }, Inputs: [var condition, var taken, var other] } || !IsZero(other)) return factor * partial;
        return T.Switch(Viewed(condition), Viewed(taken) * partial, 0);

        Expr Viewed(Expr x) => views.Aggregate(x, (below, view) => view.Op!.On(below));
    }

    static bool IsZero(Expr expr)
    {
        while (expr.Op is BroadcastTo) expr = expr.Inputs[0];
        return expr is Constant { Rank: 0, DType: not DType.Bool } constant && constant.Value.ToScalar<double>() == 0;
    }
}
