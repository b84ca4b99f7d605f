using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>Sums, products, extrema over axes: less to combine, and factors in front.</summary>
static class Reductions
{
    public static readonly RuleSet Rules =
    [
        Of("reduction over no axis", "sum[](x) → x", Exact, node => Axes(node).Count == 0 ? node.Inputs[0] : null,
            dtype => [new Reduce(Monoid.Sum, []).On(T.Vector("x", 3, dtype))]),
        Of("reduction over axes of size one", "sum(x) over axes of size 1 → reshape(x)", Exact, OverUnits,
            dtype => [T.Sum(T.Tensor3("x", 2, 1, 3, dtype), 1), T.Max(T.Tensor3("x", 2, 1, 3, dtype), 1, 2)]),
        Of("extremum of what repeats", "max(broadcast(x)) → max(x)", Exact, ExtremumOfRepeated,
            dtype => [T.Max(T.BroadcastTo(T.Vector("x", 3, dtype), 2, 3), 0), T.Min(T.BroadcastTo(T.Vector("x", 3, dtype), 2, 3))]),
        Of("sum of what repeats", "sum(broadcast(x)) → n * sum(x)", Reassociates, SumOfRepeated,
            dtype => [T.Sum(T.BroadcastTo(T.Vector("x", 3, dtype), 2, 3), 0), T.Sum(T.BroadcastTo(T.Vector("x", 3, dtype), 2, 3))]),
        Of("sum of negatives", "sum(-x) → -sum(x)", Reassociates, SumOfNegation,
            dtype => [T.Sum(-T.Matrix("x", 2, 3, dtype), 1)]),
        Of("extremum of negatives", "max(-x) → -min(x), min(-x) → -max(x)", Exact, ExtremumOfNegation,
            dtype => [T.Max(-T.Matrix("x", 2, 3, dtype), 1), T.Min(-T.Matrix("x", 2, 3, dtype))]),
        Of("sum with a common factor", "sum(c * x) → c * sum(x), c the same along the summed axes", Reassociates, SumOfProduct,
            dtype => [T.Sum(2 * T.Matrix("x", 2, 3, dtype)), T.Sum(T.Matrix("x", 2, 3, dtype) * T.Matrix("y", 2, 1, dtype), 1)]),
        Of("sum with a common divisor", "sum(x / c) → sum(x) / c, c the same along the summed axes", Reassociates, SumOfQuotient,
            dtype => [T.Sum(T.Matrix("x", 2, 3, dtype) / T.Matrix("y", 2, 1, dtype), 1)]) with { Domain = (0.5, 2) },
        Of("extremum of extrema", "max(max(x)) → max(x)", Exact, node => IsAdditive(node) ? null : OfReduction(node),
            dtype => [T.Max(T.Max(T.Tensor3("x", 2, 3, 4, dtype), 1), 1)]),
        Of("sum of sums", "sum(sum(x)) → sum(x), also of products", Reassociates, node => IsAdditive(node) ? OfReduction(node) : null,
            dtype => [T.Sum(T.Sum(T.Tensor3("x", 2, 3, 4, dtype), 1), 1), T.Prod(T.Prod(T.Tensor3("x", 2, 3, 4, dtype), 0), 0)]),
        Of("reduction of a transposed", "sum(transpose(x)) → transpose(sum(x))", Reassociates, OfTransposed,
            dtype => [T.Sum(T.Transpose(T.Tensor3("x", 2, 3, 4, dtype), 2, 0, 1), 1), T.Sum(T.Transpose(T.Tensor3("x", 2, 3, 4, dtype)), 1)]),
        Of("reduction of axes of size one added", "sum(reshape(x)) → reshape(sum(x)), only axes of size 1 come or go", Exact, OfUnitReshape,
            dtype => [T.Sum(T.Reshape(T.Matrix("x", 2, 3, dtype), 2, 1, 3), 2)]),
        Of("reduction of a concatenation", "sum(concatenate(x, y)) → sum(x) + sum(y), along that axis; also products and extrema", Reassociates, OfConcatenation,
            dtype => [T.Sum(T.Stack([T.Vector("x", 3, dtype), T.Vector("y", 3, dtype)]), 0), T.Max(T.Concatenate([T.Vector("x", 3, dtype), T.Vector("y", 2, dtype)]))]),
    ];

    static FunctionRule Of(string name, string says, Promise promise, Func<Expr, Expr?> rewrite, Func<DType, IEnumerable<Expr>> examples) =>
        new(name, says, promise, [typeof(Reduce)], rewrite, examples);

    static EquatableArray<int> Axes(Expr expr) => ((Reduce)expr.Op!).Axes;

    static Monoid MonoidOf(Expr expr) => ((Reduce)expr.Op!).Monoid;

    static bool IsAdditive(Expr expr) => MonoidOf(expr) is Monoid.Sum or Monoid.Product;

    static ScalarFunction? Function(Expr expr) => (expr.Op as Map)?.Function;

    static readonly ScalarFunction Multiplication = Function(T.DScalar("x") * T.DScalar("y"))!;
    static readonly ScalarFunction Division = Function(T.DScalar("x") / T.DScalar("y"))!;
    static readonly ScalarFunction Negation = Function(-T.DScalar("x"))!;

    static Expr? OverUnits(Expr expr)
    {
        var x = expr.Inputs[0];
        return Axes(expr).Any(axis => x.Shape[axis].IsOne) ? Dropping(expr, Axes(expr).Where(axis => x.Shape[axis].IsOne)) : null;
    }

    static Expr? ExtremumOfRepeated(Expr expr) =>
        MonoidOf(expr) is Monoid.Max or Monoid.Min && Repeated(expr) is { Length: > 0 } axes ? Dropping(expr, axes) : null;

    static Expr? SumOfRepeated(Expr expr)
    {
        if (MonoidOf(expr) != Monoid.Sum || Repeated(expr) is not { Length: > 0 } axes) return null;
        var count = axes.Aggregate(Dim.One, (product, axis) => product * expr.Inputs[0].Shape[axis]);
        return Dropping(expr, axes) * T.Cast(T.Size(count), expr.DType);
    }

    // The reduced axes along which the input only repeats itself.
    static int[] Repeated(Expr expr)
    {
        var x = expr.Inputs[0];
        var varies = Views.Varying(x);
        return [.. Axes(expr).Where(axis => !varies[axis] && !x.Shape[axis].IsOne)];
    }

    // The reduction without some of its axes; the input does not vary along them.
    static Expr Dropping(Expr expr, IEnumerable<int> axes)
    {
        var reduce = (Reduce)expr.Op!;
        var kept = Enumerable.Range(0, expr.Inputs[0].Rank).Select(axis => !axes.Contains(axis)).ToArray();
        var rest = reduce.Axes.Where(axis => kept[axis]).Select(axis => axis - Enumerable.Range(0, axis).Count(a => !kept[a])).ToEquatable();
        var x = Views.Without(expr.Inputs[0], kept);
        return rest.Count == 0 ? x : (reduce with { Axes = rest }).On(x);
    }

    static Expr? SumOfNegation(Expr expr) =>
        MonoidOf(expr) == Monoid.Sum && Function(expr.Inputs[0]) == Negation ? -expr.Op!.On(expr.Inputs[0].Inputs[0]) : null;

    static Expr? SumOfProduct(Expr expr)
    {
        if (MonoidOf(expr) != Monoid.Sum || expr.DType == DType.Bool || Function(expr.Inputs[0]) != Multiplication) return null;
        var (x, y) = (expr.Inputs[0].Inputs[0], expr.Inputs[0].Inputs[1]);
        return Factor(expr, x) is { } f ? f * expr.Op!.On(y) : Factor(expr, y) is { } g ? expr.Op!.On(x) * g : null;
    }

    static Expr? SumOfQuotient(Expr expr)
    {
        if (MonoidOf(expr) != Monoid.Sum || Function(expr.Inputs[0]) != Division) return null;
        var (x, y) = (expr.Inputs[0].Inputs[0], expr.Inputs[0].Inputs[1]);
        return Factor(expr, y) is { } f ? expr.Op!.On(x) / f : null;
    }

    // An operand that is the same along all reduced axes, without them.
    static Expr? Factor(Expr expr, Expr operand)
    {
        if (operand.Op is not BroadcastTo) return null;
        var varies = Views.Varying(operand);
        var axes = Axes(expr);
        return axes.Any(axis => varies[axis]) ? null : Views.Without(operand, [.. Enumerable.Range(0, operand.Rank).Select(axis => !axes.Contains(axis))]);
    }

    static Expr? OfReduction(Expr expr)
    {
        if (expr.Inputs[0] is not { Op: Reduce inner } below || inner.Monoid != MonoidOf(expr)) return null;
        var left = Enumerable.Range(0, below.Inputs[0].Rank).Where(axis => !inner.Axes.Contains(axis)).ToArray();
        return new Reduce(inner.Monoid, inner.Axes.Concat(Axes(expr).Select(axis => left[axis])).Order().ToEquatable()).On(below.Inputs[0]);
    }

    static Expr? OfTransposed(Expr expr)
    {
        if (expr.Inputs[0] is not { Op: Transpose(var permutation) } below) return null;
        var reduced = ((Reduce)expr.Op! with { Axes = Axes(expr).Select(axis => permutation[axis]).Order().ToEquatable() }).On(below.Inputs[0]);
        var left = Enumerable.Range(0, permutation.Count).Where(axis => !Axes(expr).Contains(axis)).Select(axis => permutation[axis]).ToArray();
        return T.Transpose(reduced, [.. left.Select(axis => left.Count(a => a < axis))]);
    }

    static Expr? OfUnitReshape(Expr expr)
    {
        if (expr.Inputs[0].Op is not Reshape || Views.UnitReshape(expr.Inputs[0]) is not { } places) return null;
        var x = expr.Inputs[0].Inputs[0];
        var axes = Enumerable.Range(0, x.Rank).Where(axis => places[axis] >= 0 && Axes(expr).Contains(places[axis])).ToEquatable();
        return axes.Count < Axes(expr).Count ? null : T.Reshape(((Reduce)expr.Op! with { Axes = axes }).On(x), expr.Shape);
    }

    static Expr? ExtremumOfNegation(Expr expr) =>
        MonoidOf(expr) is Monoid.Max or Monoid.Min && Function(expr.Inputs[0]) == Negation
            ? -new Reduce(MonoidOf(expr) == Monoid.Max ? Monoid.Min : Monoid.Max, Axes(expr)).On(expr.Inputs[0].Inputs[0])
            : null;

    static Expr? OfConcatenation(Expr expr)
    {
        const int MostParts = 32;
        if (expr.Inputs[0] is not { Op: Concat(var axis), Inputs: { Length: <= MostParts } parts } || !Axes(expr).Contains(axis)) return null;
        // An empty part has no maximum.
        if (!IsAdditive(expr) && !parts.All(part => (part.Shape[axis] - 1).IsNonNegative)) return null;
        Func<Expr, Expr, Expr>? combine = MonoidOf(expr) switch
        {
            Monoid.Sum => T.Add, Monoid.Product => T.Multiply, Monoid.Max => T.Maximum, Monoid.Min => T.Minimum, Monoid.All => T.And, Monoid.Any => T.Or, _ => null,
        };
        return combine is null ? null : parts.Select(part => expr.Op!.On(part)).Aggregate(combine);
    }
}
