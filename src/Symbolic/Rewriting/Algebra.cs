using static DeepSym.Rewriting.Pattern;
using static DeepSym.Rewriting.Promise;
using static DeepSym.T;

namespace DeepSym.Rewriting;

/// <summary>Arithmetic that need not be done: neutral elements, double negations, constants, sums of what is constant along the summed axes.</summary>
static class Algebra
{
    static readonly Expr Zero = 0, One = 1;

    public static readonly RuleSet Rules =
    [
        new FunctionRule("constant folding", Exact, [.. ScalarFunctions.All], Fold),
        new Equation("plus zero", X + 0, X, Exact, NoFloat),
        new Equation("plus zero in floats", X + 0, X, MoreAccurate),
        new Equation("minus zero", X - 0, X, Exact),
        new Equation("times one", X * 1, X, Exact),
        new Equation("over one", X / 1, X, Exact),
        new Equation("zero minus", Zero - X, -X, MoreAccurate),
        new Equation("times minus one", X * -1, -X, Exact),
        new Equation("minus minus", -(-X), X, Exact),
        new Equation("plus negative", X + -Y, X - Y, Exact),
        new Equation("minus negative", X - -Y, X + Y, Exact),
        new Equation("product of negatives", -X * -Y, X * Y, Exact),
        new Equation("negative factor", -X * Y, -(X * Y), Exact),
        new Equation("times zero", X * 0, ZerosLike(X), AssumesFinite),
        new Equation("minus itself", X - X, ZerosLike(X), AssumesFinite),
        new Equation("over itself", X / X, OnesLike(X), AssumesFinite),
        new Equation("x times (one over y)", X * (One / Y), X / Y, MoreAccurate),
        new Equation("switch of equals", Switch(C, X, X), X, Exact),
        new Equation("maximum of equals", Maximum(X, X), X, Exact),
        new Equation("minimum of equals", Minimum(X, X), X, Exact),
        new Equation("power of zero", Pow(X, 0), OnesLike(X), Exact),
        new Equation("power of one", Pow(X, 1), X, Exact),
        new Equation("square", Pow(X, 2), Sqr(X), Exact),
        new Equation("cube", Pow(X, 3), X * Sqr(X), Reassociates),
        new Equation("fourth power", Pow(X, 4), Sqr(Sqr(X)), Reassociates),
        new Equation("power of minus one", Pow(X, -1), 1 / X, Exact, IsFloat),
        new Equation("power of minus two", Pow(X, -2), 1 / Sqr(X), Reassociates, IsFloat),
        new Equation("root as power", Pow(X, 0.5), Switch(Eq(X, double.NegativeInfinity), double.PositiveInfinity, Sqrt(X)), MoreAccurate),
        new Equation("reciprocal root as power", Pow(X, -0.5), Switch(Eq(X, double.NegativeInfinity), 0, 1 / Abs(Sqrt(X))), Reassociates),
        new Equation("power of two", Pow(2, X), Exp2(X), MoreAccurate, IsFloat),
        new FunctionRule("product of constants", Reassociates, [HeadOf(X * Y)], ProductOfConstants),
        new FunctionRule("switch of a known condition", Exact, [HeadOf(Switch(C, X, Y))], KnownSwitch),
        new FunctionRule("cast of cast", Exact, [.. ScalarFunctions.All.Where(f => f.Types == ScalarTypes.Conversion && f.Name.StartsWith("cast", StringComparison.Ordinal))], CastOfCast),
        new FunctionRule("sum of a multiple", Reassociates, [typeof(Reduce)], SumOfMultiple),
        new FunctionRule("sum of negatives", Exact, [typeof(Reduce)], SumOfNegatives),
        new FunctionRule("sum of what is repeated", Reassociates, [typeof(Reduce)], SumOfRepeated),
        new FunctionRule("reduction of a reduction", Reassociates, [typeof(Reduce)], ReductionOfReduction),
        new FunctionRule("reduction over axes of size one", Exact, [typeof(Reduce)], ReductionOverOnes),
        new FunctionRule("scatter along rows", Exact, [typeof(ScatterAdd)], ScatterAlongRows),
    ];

    static bool IsFloat(System.Collections.Immutable.ImmutableDictionary<Variable, Expr> holes) => holes[X].DType.IsFloating();

    static bool NoFloat(System.Collections.Immutable.ImmutableDictionary<Variable, Expr> holes) => !holes[X].DType.IsFloating();

    static object HeadOf(Expr expr) => Rule.KeyOf(expr.Op!);

    static Constant? Scalar(Expr expr) => Unrepeated(expr) as Constant is { Rank: 0 } constant ? constant : null;

    // A function of numbers that are known.
    static Expr? Fold(Expr node)
    {
        var map = (Map)node.Op!;
        var numbers = new Number[node.Inputs.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (Scalar(node.Inputs[i]) is not { } constant) return null;
            numbers[i] = constant.Value.Number(0);
        }
        var value = Tensor.Zeros(node.DType);
        value.SetNumber(0, map.Function.Value(numbers, node.Inputs[^1].DType));
        return Like(T.Constant(value), node);
    }

    // c * (d * x) = (c d) * x
    static Expr? ProductOfConstants(Expr node)
    {
        if (!node.DType.IsFloating()) return null;
        for (var i = 0; i < 2; i++)
        {
            if (Scalar(node.Inputs[i]) is not { } outer || node.Inputs[1 - i] is not { Op: Map { Function.Name: "mul" } } product) continue;
            for (var k = 0; k < 2; k++)
                if (Scalar(product.Inputs[k]) is { } inner && Scalar(product.Inputs[1 - k]) is null)
                    return Like(product.Inputs[1 - k] * (outer.Value.ToScalar<double>() * inner.Value.ToScalar<double>()), node);
        }
        return null;
    }

    static Expr? KnownSwitch(Expr node) =>
        Scalar(node.Inputs[0]) is { } condition ? Like(condition.Value.Number(0).IsTrue ? node.Inputs[1] : node.Inputs[2], node) : null;

    // A cast that loses nothing need not have been made before another.
    static Expr? CastOfCast(Expr node)
    {
        var inner = node.Inputs[0];
        if (inner.DType == node.DType) return inner;
        if (inner is not { Op: Map { Function: { Types: ScalarTypes.Conversion } function }, Inputs: [var x] } || !function.Name.StartsWith("cast", StringComparison.Ordinal)) return null;
        var isLossless = inner.DType.Kind() >= x.DType.Kind() && inner.DType.Size() >= x.DType.Size() && !(inner.DType.IsFloating() && x.DType.IsInteger() && inner.DType.Size() == x.DType.Size());
        return isLossless && node.DType != DType.Bool ? Cast(x, node.DType) : null;
    }

    // Σ c x = c Σ x for what is constant along all axes.
    static Expr? SumOfMultiple(Expr node)
    {
        if (node is not { Op: Reduce { Monoid: Monoid.Sum } sum, Inputs: [{ Op: Map { Function.Name: "mul" or "div" } map } product] }) return null;
        for (var i = 0; i < (map.Function.Name == "mul" ? 2 : 1); i++)
        {
            var factor = Unrepeated(product.Inputs[1 - i]);
            if (factor.Rank != 0 || Unrepeated(product.Inputs[i]).Rank == 0) continue;
            var rest = sum.On(product.Inputs[i]);
            return map.Function.Lift(rest, factor);
        }
        return null;
    }

    static Expr? SumOfNegatives(Expr node) =>
        node is { Op: Reduce { Monoid: Monoid.Sum } sum, Inputs: [{ Op: Map { Function.Name: "neg" }, Inputs: [var x] }] } ? -sum.On(x) : null;

    // Σ over an axis along which a value is only repeated is the value times the size.
    static Expr? SumOfRepeated(Expr node)
    {
        if (node is not { Op: Reduce { Monoid: Monoid.Sum } sum, Inputs: [{ Op: DeepSym.BroadcastTo broadcast, Inputs: [var x] } repeated] }) return null;
        var gone = sum.Axes.Where(axis => !broadcast.Axes.Contains(axis)).ToArray();
        if (gone.Length == 0) return null;
        var count = gone.Aggregate(Dim.One, (product, axis) => product * repeated.Shape[axis]);
        var kept = Enumerable.Range(0, repeated.Rank).Where(axis => !gone.Contains(axis)).ToArray();
        var inner = new BroadcastTo(Shape.Of(kept.Select(axis => repeated.Shape[axis])), broadcast.Axes.Select(axis => Array.IndexOf(kept, axis)).ToEquatable()).On(x);
        return SumKeepingType(inner * Cast(Size(count), x.DType), [.. sum.Axes.Where(axis => !gone.Contains(axis)).Select(axis => Array.IndexOf(kept, axis))]);
    }

    static Expr? ReductionOfReduction(Expr node)
    {
        if (node is not { Op: Reduce outer, Inputs: [{ Op: Reduce inner, Inputs: [var x] }] } || outer.Monoid != inner.Monoid) return null;
        var kept = Enumerable.Range(0, x.Rank).Where(axis => !inner.Axes.Contains(axis)).ToArray();
        return new Reduce(outer.Monoid, inner.Axes.Concat(outer.Axes.Select(axis => kept[axis])).Order().ToEquatable()).On(x);
    }

    static Expr? ReductionOverOnes(Expr node)
    {
        var (reduce, x) = ((Reduce)node.Op!, node.Inputs[0]);
        var real = reduce.Axes.Where(axis => !x.Shape[axis].IsOne).ToArray();
        if (real.Length == reduce.Axes.Count) return null;
        return Reshape(real.Length == 0 ? x : new Reduce(reduce.Monoid, real.ToEquatable()).On(x), node.Shape);
    }

    // Row i receives one value at column t[i]: a comparison with the column's index, which fuses. The labels were checked where they were read.
    static Expr? ScatterAlongRows(Expr node)
    {
        if (node is not { Op: ScatterAdd { Gather: { Axes: [0, 1], Position: 0 } } scatter, Inputs: [var values, var rows, var columns] }
            || values.Rank != 1 || scatter.Target.Rank != 2 || rows is not { Op: Iota } || scatter.Target[0] != values.Shape[0] || rows.Shape[0] != values.Shape[0]) return null;
        var own = Cast(columns, DType.Int64);
        own = Switch(own < 0, own + Size(scatter.Target[1]), own);
        return Switch(Eq(ExpandDims(own, 1), new Iota(scatter.Target, 1).On()), ExpandDims(values, 1), 0);
    }
}
