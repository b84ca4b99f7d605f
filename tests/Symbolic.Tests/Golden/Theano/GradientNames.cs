using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Theano's derivatives by their names there.</summary>
internal static class GradientNames
{
    public static void AddTo(TheanoModules modules)
    {
        modules.Tensor.Add("grad(cost, wrt, known_grads=None)", Grad);
        modules.Tensor.Add("Rop(f, wrt, points)", a => T.Jvp(a.Expr("f"), a.Expr("wrt"), a.Expr("points")));
        modules.Tensor.Add("Lop(f, wrt, points)", a => Spread(a["wrt"], wrt => T.Vjp([a.Expr("f")], wrt, [a.Expr("points")])));
        modules.Theano["grad"] = modules.Tensor["grad"];
        var gradient = (Module)modules.Theano["gradient"]!;
        gradient.Add("disconnected_grad(x)", a => T.StopGradient(a.Expr("x")));
        gradient.Add("zero_grad(x)", a => T.StopGradient(a.Expr("x")));
    }

    static object? Grad(BoundArguments a)
    {
        if (a["known_grads"] is not Dictionary<object, object?> known)
            return Spread(a["wrt"], wrt => T.Grad(a.Expr("cost"), wrt));
        if (a.Has("cost"))
            throw new MissingFeatureException("grad(known_grads= beside a cost)");
        return Spread(a["wrt"], wrt => T.Vjp([.. known.Keys.Select(Symbolic.From)], wrt, [.. known.Values.Select(Symbolic.From)]));
    }

    // One gradient for one variable, a list of them for a list.
    static object? Spread(object? wrt, Func<Expr[], Expr[]> differentiate) =>
        Sequences.IsSequence(wrt) ? differentiate([.. Sequences.Items(wrt).Select(Symbolic.From)]).ToList<object?>() : differentiate([Symbolic.From(wrt)])[0];
}
