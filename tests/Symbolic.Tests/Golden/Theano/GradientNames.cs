using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Theano's derivatives by their names there.</summary>
internal static class GradientNames
{
    public static void AddTo(TheanoModules modules)
    {
        modules.Tensor.Add("grad(cost, wrt, known_grads=None, disconnected_inputs='raise')", Grad);
        modules.Tensor.Add("Rop(f, wrt, points)", a => Spread(a["f"], f => T.Jvp(f, Exprs(a["wrt"]), Exprs(a["points"]))));
        modules.Tensor.Add("Lop(f, wrt, points)", a => Spread(a["wrt"], wrt => T.Vjp(Exprs(a["f"]), wrt, Exprs(a["points"]))));
        modules.Theano["grad"] = modules.Tensor["grad"];
        var gradient = (Module)modules.Theano["gradient"]!;
        gradient.Add("disconnected_grad(x)", a => T.StopGradient(a.Expr("x")));
        gradient.Add("consider_constant(x)", a => T.StopGradient(a.Expr("x")));
        gradient.Add("zero_grad(x)", a => T.StopGradient(a.Expr("x")));
    }

    static object? Grad(BoundArguments a)
    {
        if (a["known_grads"] is not Dictionary<object, object?> known)
            return Spread(a["wrt"], wrt => T.Grad(a.Expr("cost"), wrt, a.Text("disconnected_inputs") == "raise" ? Disconnected.Throw : Disconnected.Zero));
        if (a.Has("cost"))
            throw new MissingFeatureException("grad(known_grads= beside a cost)");
        return Spread(a["wrt"], wrt => T.Vjp([.. known.Keys.Select(Symbolic.From)], wrt, [.. known.Values.Select(Symbolic.From)]));
    }

    // One result for one expression, a list of them for a list.
    static object? Spread(object? exprs, Func<Expr[], Expr[]> differentiate) =>
        Sequences.IsSequence(exprs) ? differentiate(Exprs(exprs)).ToList<object?>() : differentiate(Exprs(exprs))[0];

    static Expr[] Exprs(object? exprs) => Sequences.IsSequence(exprs) ? [.. Sequences.Items(exprs).Select(Symbolic.From)] : [Symbolic.From(exprs)];
}
