using static DeepSym.Rewriting.Hole;
using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>Sums of exponentials under a logarithm or a quotient: the largest exponent is taken off first, so that nothing overflows.</summary>
static class LogSumExp
{
    static readonly Expr Difference = X - Y, Finite = T.Switch(T.IsInf(X), 0, X);

    public static readonly RuleSet Rules =
    [
        new FunctionRule("log of exps added", "log(exp(x) + exp(y) + …) → logaddexp(logaddexp(x, y), …), also with positive literals", MoreAccurate, [Rule.KeyOf(T.Log(X))], OfTerms, dtype =>
        [
            T.Log(T.Exp(T.Vector("x", 5, dtype)) + T.Exp(T.Vector("y", 5, dtype))),
            T.Log(T.Exp(T.Vector("x", 5, dtype)) + T.Exp(T.Vector("y", 5, dtype)) + T.Exp(T.Vector("z", 5, dtype))), T.Log(2 + T.Exp(T.Vector("x", 5, dtype))),
        ]),
        new FunctionRule("log of a sum of exps", "log(sum(exp(x))) → max(x) + log(sum(exp(x - max(x)))), over any axes", MoreAccurate, [Rule.KeyOf(T.Log(X))], OfAxes, dtype =>
        [
            T.Log(T.Sum(T.Exp(T.Matrix("x", 2, 3, dtype)), 0)),
            T.Log(T.Sum(T.Exp(T.Matrix("x", 2, 3, dtype)), [1], keepDims: true)),
            T.Log(T.BroadcastTo(T.Sum(T.Exp(T.Matrix("x", 2, 3, dtype)).Transpose(), [0], keepDims: true), 4, 2)),
        ]),
        new Equation("log of a sum of exps over y", T.Log(X / Y), T.Log(X) - T.Log(Y), MoreAccurate, holes => ExponentOfSum(holes[X]) is not null)
        {
            Condition = "x a sum of exps", Sample = dtype => T.Log(T.Mean(T.Exp(T.Matrix("x", 2, 3, dtype)), 1)),
        },
        new FunctionRule("exps over their sum", "exp(x) / sum(exp(x)) → softmax(x), over any axes", MoreAccurate, [Rule.KeyOf(X / Y)], Softmax, dtype =>
        [
            Normalized(T.Exp(T.Matrix("x", 2, 3, dtype)), 1), Normalized(T.Exp(T.Matrix("x", 2, 3, dtype)), 0), Normalized(T.Exp(T.Matrix("x", 2, 3, dtype)), 0, 1),
        ]),
    ];

    /// <summary>Whether a rule makes something better of the logarithm.</summary>
    public static bool HasStableLog(Expr expr)
    {
        while (expr.Op is { } op && Views.Moves(op)) expr = expr.Inputs[0];
        return expr.Op is Map { Function.Name: "exp" or "sigmoid" } || expr is { Op: Map { Function.Name: "div" }, Inputs: [{ Op: Map { Function.Name: "exp" } }, _] };
    }

    static Expr Normalized(Expr e, params int[] axes) => e / T.Sum(e, axes, keepDims: true);

    // log(1 + exp(x)) has a function of its own.
    static Expr? OfTerms(Expr log)
    {
        if (log.Inputs[0].Op is not Map { Function.Name: "add" or "sub" } || Sums.TermsOf(log.Inputs[0]) is not { Count: > 1 } terms) return null;
        if (terms.Count == 2 && terms.Any(t => Literals.Are(t.Term, 1))) return null;
        var exponents = terms.Select(t => t.IsNegative ? null : Sums.ExponentOf(t.Term) ?? LogOfLiteral(t.Term)).ToArray();
        return exponents.Any(e => e is null) || exponents.All(e => e is Constant) ? null : exponents.Aggregate((x, y) => T.LogAddExp(x!, y!));
    }

    static Expr? LogOfLiteral(Expr term) => Literals.Of(term) is { } literal && Literals.Number(literal) > 0 ? Math.Log(Literals.Number(literal)) : null;

    static Expr? OfAxes(Expr log)
    {
        if (ExponentOfSum(log.Inputs[0]) is not var (sum, x)) return null;
        var axes = ((Reduce)sum.Op!).Axes;
        if (axes.Count == 0 || IsShifted(x, axes)) return null;
        var movers = new Stack<Expr>();
        for (var mover = log.Inputs[0]; mover != sum; mover = mover.Inputs[0]) movers.Push(mover);
        return movers.Aggregate(T.LogSumExp(x, [.. axes]), (result, mover) => Views.Moved(mover, result));
    }

    // The sum of exponentials that an expression is, possibly behind ops that move elements, and the exponents.
    static (Expr Sum, Expr Exponents)? ExponentOfSum(Expr expr)
    {
        while (expr.Op is not null && Views.Moves(expr.Op)) expr = expr.Inputs[0];
        return expr.Op is Reduce { Monoid: Monoid.Sum } && Sums.ExponentOf(expr.Inputs[0]) is { } x ? (expr, x) : null;
    }

    static Expr? Softmax(Expr quotient)
    {
        var e = quotient.Inputs[0];
        var (sum, places) = Views.Spread(quotient.Inputs[1]);
        if (sum.Op is not Reduce { Monoid: Monoid.Sum, Axes: { Count: > 0 } axes } || sum.Inputs[0] != e || Sums.ExponentOf(e) is not { } x || IsShifted(x, axes)) return null;
        var kept = Enumerable.Range(0, e.Rank).Where(axis => !axes.Contains(axis)).ToArray();
        for (var i = 0; i < kept.Length; i++)
            if (places[i] != kept[i] && !sum.Shape[i].IsOne) return null;   // the sums stand beside other elements than those they are of
        return Normalized(T.Exp(x - T.StopGradient(T.Max(x, [.. axes], keepDims: true))), [.. axes]);
    }

    // x - max(x) over axes of the same sizes: already what it would become.
    static bool IsShifted(Expr x, EquatableArray<int> axes)
    {
        if (Pattern.Match(Difference, x)?[Y] is not { } shift) return false;
        for (; ; )
        {
            if (shift.Op is StopGradient || shift.Op is not null && Views.Moves(shift.Op)) shift = shift.Inputs[0];
            else if (Pattern.Match(Finite, shift)?[X] is { } finite) shift = finite;
            else break;
        }
        return shift.Op is Reduce { Monoid: Monoid.Max } max && max.Axes.Count == axes.Count
            && axes.All(axis => max.Axes.Any(a => shift.Inputs[0].Shape[a] == x.Shape[axis]));
    }
}
