using static DeepSym.Rewriting.Pattern;
using static DeepSym.Rewriting.Promise;
using static DeepSym.T;

namespace DeepSym.Rewriting;

/// <summary>
/// Forms that lose digits or overflow, replaced by ones that do not. Applied before constants are folded, and to the cost before it is differentiated,
/// so that gradients are those of the stable forms.
/// </summary>
static class Stability
{
    static readonly Expr One = 1;

    public static readonly RuleSet Rules =
    [
        new Equation("log of one plus x", Log(1 + X), Log1p(X), MoreAccurate),
        new Equation("log of one minus x", Log(1 - X), Log1p(-X), MoreAccurate),
        new Equation("log of one or one minus x", Log(Switch(C, 1, 1 - X)), Log1p(Switch(C, 0, -X)), MoreAccurate),
        new Equation("exp minus one", Exp(X) - 1, Expm1(X), MoreAccurate),
        new Equation("log1p of exp", Log1p(Exp(X)), Softplus(X), MoreAccurate),
        new Equation("log of exp", Log(Exp(X)), X, MoreAccurate),
        new Equation("log of sigmoid", Log(Sigmoid(X)), -Softplus(-X), MoreAccurate),
        new Equation("log of one minus sigmoid", Log1p(-Sigmoid(X)), -Softplus(X), MoreAccurate),
        new Equation("one minus sigmoid", One - Sigmoid(X), Sigmoid(-X), MoreAccurate),
        new Equation("one over one plus exp of minus x", One / (1 + Exp(-X)), Sigmoid(X), MoreAccurate),
        new Equation("one over one plus exp", One / (1 + Exp(X)), Sigmoid(-X), MoreAccurate),
        new Equation("reciprocal of one plus exp of minus x", Reciprocal(1 + Exp(-X)), Sigmoid(X), MoreAccurate),
        new Equation("exp over one plus exp", Exp(X) / (1 + Exp(X)), Sigmoid(X), MoreAccurate),
        new Equation("x over one plus exp", Y / (1 + Exp(X)), Y * Sigmoid(-X), MoreAccurate),
        new Equation("log of exp over y", Log(Exp(X) / Y), X - Log(Y), MoreAccurate),
        new Equation("log of a sum of two exps", Log(Exp(X) + Exp(Y)), LogAddExp(X, Y), MoreAccurate),
        new Equation("one minus erf", One - Erf(X), Erfc(X), MoreAccurate),
        new Equation("one plus erf", 1 + Erf(X), Erfc(-X), MoreAccurate),
        new Equation("one minus erfc", One - Erfc(X), Erf(X), MoreAccurate),
        new Equation("erfc minus one", Erfc(X) - 1, -Erf(X), MoreAccurate),
        new Equation("erfc plus minus one", Erfc(X) + -1, -Erf(X), MoreAccurate),
        new Equation("log of erfc", Log(Erfc(X)), LogErfc(X), MoreAccurate),
        new Equation("root of square", Sqrt(Sqr(X)), Abs(X), MoreAccurate),
        new Equation("root of second power", Sqrt(Pow(X, 2)), Abs(X), MoreAccurate),
        new Equation("root of x times x", Sqrt(X * X), Abs(X), MoreAccurate),
        new FunctionRule("log of a sum of exps", MoreAccurate, [HeadOf(Log(X))], LogOfSumOfExps),
        new Equation("log into a choice", Log(Switch(C, X, Y)), Switch(C, Log(X), Log(Y)), Exact, Where: h => HasStableLog(h[X]) || HasStableLog(h[Y])),
        new Equation("log of a choice of one minus x", Log(Switch(C, One, One - X)), Log1p(Switch(C, 0, -X)), MoreAccurate),
        new FunctionRule("log into views", Exact, [HeadOf(Log(X))], LogIntoViews),
        new FunctionRule("exps over their sum", MoreAccurate, [HeadOf(X / Y)], ExpsOverTheirSum),
    ];

    /// <summary>The expression in stable form; <paramref name="barriers"/> are kept as nodes.</summary>
    public static Expr Apply(Expr expr, IEnumerable<Expr> barriers) =>
        Rewriter.Apply([expr], Rules, Numerics.Default, new RewriteTrace(), barriers.ToHashSet())[0];

    /// <summary><c>log(eˣ + eʸ)</c> as <c>max + log1p(e^-|x-y|)</c>; the maximum itself where it is infinite.</summary>
    static Expr LogAddExp(Expr x, Expr y)
    {
        var max = Maximum(x, y);
        return Switch(IsInf(max), max, max + Log1p(Exp(-Abs(x - y))));
    }

    static object HeadOf(Expr expr) => Rule.KeyOf(expr.Op!);

    // log Σ exp(x), also where the summed axes were kept with size 1. A shifted sum, as in a softmax, is stable as it is.
    static Expr? LogOfSumOfExps(Expr node)
    {
        var inner = node.Inputs[0];
        var (sum, isKept) = inner.Op is Reshape && inner.Inputs[0].Op is Reduce ? (inner.Inputs[0], true) : (inner, false);
        if (sum.Op is not Reduce { Monoid: Monoid.Sum, Axes: var axes } || sum.Inputs[0] is not { Op: Map { Function.Name: "exp" }, Inputs: [var x] } || IsShifted(x)) return null;
        var stable = LogSumExp(x, [.. axes], keepDims: true);
        return isKept && stable.Shape == node.Shape ? stable : Reshape(stable, node.Shape);
    }

    // x - broadcast(stop_gradient(max x)): as LogSumExp and Softmax write it.
    static bool IsShifted(Expr x) => x.Op is Map { Function.Name: "sub" } && Below(x.Inputs[1]).Op is StopGradient or Map { Function.Name: "switch" };

    static Expr Below(Expr expr)
    {
        while (expr.Op is BroadcastTo or DeepSym.Reshape) expr = expr.Inputs[0];
        return expr;
    }

    // log(view(y)) is view(log y) where the logarithm of y has a stable form.
    static Expr? LogIntoViews(Expr node)
    {
        if (!IsView(node.Inputs[0]) || !HasStableLog(node.Inputs[0])) return null;
        var views = new List<Expr>();
        var core = node.Inputs[0];
        for (; IsView(core); core = core.Inputs[0]) views.Add(core);
        var result = Log(core);
        for (var i = views.Count - 1; i >= 0; i--) result = views[i].Op!.On([result, .. views[i].Inputs.Skip(1)]);
        return result;
    }

    static bool IsView(Expr expr) => expr.Op is DeepSym.Transpose or DeepSym.Reshape or Slice or DeepSym.BroadcastTo or Gather;

    // Whether a rule above makes something better of the logarithm, behind views.
    static bool HasStableLog(Expr expr)
    {
        while (IsView(expr)) expr = expr.Inputs[0];
        return expr.Op is Map { Function.Name: "exp" or "sigmoid" } || expr is { Op: Map { Function.Name: "div" }, Inputs: [{ Op: Map { Function.Name: "exp" } }, _] };
    }

    // exp(x) / Σ exp(x) overflows; with the maximum taken off it does not.
    static Expr? ExpsOverTheirSum(Expr node)
    {
        if (node.Inputs[0] is not { Op: Map { Function.Name: "exp" }, Inputs: [var x] } || IsShifted(x)) return null;
        if (Below(node.Inputs[1]) is not { Op: Reduce { Monoid: Monoid.Sum, Axes: var axes } } sum || !ReferenceEquals(sum.Inputs[0], node.Inputs[0])) return null;
        var kept = Sum(node.Inputs[0], [.. axes], keepDims: true);
        if (!ReferenceEquals(Pattern.Like(kept, node), node.Inputs[1])) return null;   // the sum is lined up with the axes it was taken over
        var shifted = Exp(x - StopGradient(Max(x, [.. axes], keepDims: true)));
        return shifted / Sum(shifted, [.. axes], keepDims: true);
    }
}
