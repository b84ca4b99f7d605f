using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Theano's derivatives by their names there.</summary>
internal static class GradientNames
{
    public static void AddTo(TheanoModules modules)
    {
        modules.Tensor.Add("grad(cost, wrt, consider_constant=None, disconnected_inputs='raise', known_grads=None)", Grad);
        modules.Tensor.Add("Rop(f, wrt, points)", a => Spread(a["f"], f => T.Jvp(f, Exprs(a["wrt"]), Exprs(a["points"]))));
        modules.Tensor.Add("Lop(f, wrt, points)", a => Spread(a["wrt"], wrt => T.Vjp(Exprs(a["f"]), wrt, Exprs(a["points"]))));
        modules.Theano["grad"] = modules.Tensor["grad"];
        var gradient = (Module)modules.Theano["gradient"]!;
        gradient.Add("disconnected_grad(x)", a => T.StopGradient(a.Expr("x")));
        gradient.Add("consider_constant(x)", a => T.StopGradient(a.Expr("x")));
        gradient.Add("zero_grad(x)", a => T.StopGradient(a.Expr("x")));
        gradient.Add("grad_clip(x, lower_bound, upper_bound)", a => T.GradClip(a.Expr("x"), a.Number("lower_bound"), a.Number("upper_bound")));
        gradient.Add("grad_scale(x, multiplier)", a => T.GradScale(a.Expr("x"), a.Number("multiplier")));
        gradient.Add("jacobian(expression, wrt, disconnected_inputs='raise')", a => Spread(a["wrt"], wrt => T.Jacobian(a.Expr("expression"), wrt, Unused(a))));
        gradient.Add("hessian(cost, wrt, disconnected_inputs='raise')", a => Spread(a["wrt"], wrt => [.. wrt.Select(x => T.Hessian(a.Expr("cost"), x, Unused(a)))]));
        gradient.Add("subgraph_grad(wrt, end, start=None, cost=None)", a =>
        {
            var (ofWrt, ofEnd) = T.SubgraphGrad(Exprs(a["wrt"]), Exprs(a["end"]), a.Has("start") ? Pairs(a["start"]) : null, a.Has("cost") ? a.Expr("cost") : null);
            return new object?[] { ofWrt.ToList<object?>(), ofEnd.ToList<object?>() };
        });
    }

    static object? Grad(BoundArguments a)
    {
        var options = new GradientOptions
        {
            KnownGradients = a.Has("known_grads") ? Pairs(a["known_grads"]) : [],
            ConsiderConstant = a.Has("consider_constant") ? a.Exprs("consider_constant") : [],
            Disconnected = Unused(a),
        };
        return Spread(a["wrt"], wrt => T.Grad(a.Has("cost") ? a.Expr("cost") : null, wrt, options));
    }

    static Disconnected Unused(BoundArguments a) => a.Text("disconnected_inputs") == "raise" ? Disconnected.Throw : Disconnected.Zero;

    static (Expr, Expr)[] Pairs(object? pairs) => [.. ((Dictionary<object, object?>)pairs!).Select(p => (Symbolic.From(p.Key), Symbolic.From(p.Value)))];

    // One result for one expression, a list of them for a list.
    static object? Spread(object? exprs, Func<Expr[], Expr[]> differentiate) =>
        Sequences.IsSequence(exprs) ? differentiate(Exprs(exprs)).ToList<object?>() : differentiate(Exprs(exprs))[0];

    static Expr[] Exprs(object? exprs) => Sequences.IsSequence(exprs) ? [.. Sequences.Items(exprs).Select(Symbolic.From)] : [Symbolic.From(exprs)];
}
