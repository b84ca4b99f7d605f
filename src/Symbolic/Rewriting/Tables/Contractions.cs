using static DeepSym.Rewriting.Hole;
using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>Matrix products: transposes are read in place, and what is no product of matrices becomes sums and multiplications.</summary>
static class Contractions
{
    static readonly object Multiplication = Rule.KeyOf(X * Y), Division = Rule.KeyOf(X / Y), Negation = Rule.KeyOf(-X);

    public static readonly RuleSet Rules =
    [
        Of("product of transposed operands", "dot(transpose(x), y) → dot over other axes of x and y", Exact, OfTransposed,
            dtype => [T.Dot(T.Transpose(T.Matrix("x", 3, 2, dtype)), T.Transpose(T.Matrix("y", 4, 3, dtype)))]),
        new FunctionRule("transpose of a product", "transpose(dot(x, y)) → dot(y, x) over the same axes", Exact, [typeof(Transpose)], TransposeOfProduct,
            dtype => [T.Transpose(T.Dot(T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype)))]),
        Of("product of a scaled operand", "dot(c * x, y) → c * dot(x, y), dot(x / c, y) → dot(x, y) / c, c a scalar", Reassociates, OfScaled,
            dtype => [T.Dot(2 * T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype)), T.Dot(T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype) / T.Scalar("c", dtype))]) with { Domain = (0.5, 3) },
        Of("product of a negative operand", "dot(-x, y) → -dot(x, y)", Reassociates, OfNegative,
            dtype => [T.Dot(-T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype))]),
        Of("product with zeros", "dot(0, y) → 0", AssumesFinite, expr => expr.Inputs.Any(input => Literals.Are(input, 0)) ? T.ZerosLike(expr) : null,
            dtype => [T.Dot(T.Zeros([3, 2], dtype), T.Matrix("y", 2, 4, dtype))]),
        Of("product with what repeats", "dot(broadcast(x), y) → x * sum(y)", Reassociates, OfRepeated,
            dtype => [T.Dot(T.BroadcastTo(T.Matrix("x", 4, 1, dtype), 4, 3), T.Matrix("y", 3, 2, dtype)), T.Dot(T.Vector("x", 3, dtype), T.Ones([3], dtype)), T.Dot(T.Matrix("x", 4, 1, dtype), T.Matrix("y", 1, 2, dtype))]),
        Of("product without a sum", "outer(x, y) → broadcast(x) * broadcast(y)", Reassociates, WithoutSum,
            dtype => [T.Outer(T.Vector("x", 3, dtype), T.Vector("y", 2, dtype)), new Contract([new(1, 0)], []).On(T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype))]),
        Of("product of a product with a vector", "dot(dot(x, y), v) → dot(x, dot(y, v)), dot(v, dot(x, y)) → dot(dot(v, x), y)", Reassociates, WithVector, dtype =>
        [
            T.Dot(T.Dot(T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype)), T.Vector("v", 4, dtype)), T.Dot(T.Vector("v", 3, dtype), T.Dot(T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype))),
        ]),
        new FunctionRule("slice of a product", "slice(dot(x, y)) → dot(slice(x), slice(y)), one row or column of it", Reassociates, [typeof(Slice)], SliceOfProduct,
            dtype => [T.Dot(T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype))[1], T.Dot(T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype))[.., 1]]),
        new FunctionRule("sum of a product", "sum(dot(x, y)) → dot(sum(x), y), or a sum over a further pair of axes", Reassociates, [typeof(Reduce)], SumOfProduct,
            dtype => [T.Sum(T.Dot(T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype)), 0), T.Sum(T.Dot(T.Matrix("x", 3, 2, dtype), T.Matrix("y", 2, 4, dtype))), T.Sum(T.BatchedDot(T.Tensor3("x", 2, 3, 4, dtype), T.Tensor3("y", 2, 4, 5, dtype)), 0)]),
        new FunctionRule("sum of a product of all pairs", "sum(broadcast(x) * broadcast(y)) → dot(x, y), where each has an axis that the other lacks", Reassociates, [typeof(Reduce)], SumOfPairs, dtype =>
        [
            T.Sum(T.Matrix("x", 2, 3, dtype)[.., .., T.NewAxis] * T.Matrix("y", 3, 4, dtype), 1),
            T.Sum(T.Tensor3("x", 5, 2, 3, dtype)[.., .., T.NewAxis, ..] * T.Tensor3("y", 5, 4, 3, dtype)[.., T.NewAxis, .., ..], 3),
        ]),
    ];

    static FunctionRule Of(string name, string says, Promise promise, Func<Expr, Expr?> rewrite, Func<DType, IEnumerable<Expr>> examples) =>
        new(name, says, promise, [typeof(Contract)], rewrite, examples);

    static Expr? OfTransposed(Expr expr)
    {
        var contract = (Contract)expr.Op!;
        var (x, y) = (expr.Inputs[0], expr.Inputs[1]);
        if (x.Op is Transpose(var left) && IsOrdered(contract.FreeLeft(x.Rank), left))
            return new Contract(contract.Batch.Select(p => p with { Left = left[p.Left] }).ToEquatable(), contract.Sum.Select(p => p with { Left = left[p.Left] }).ToEquatable()).On(x.Inputs[0], y);
        if (y.Op is Transpose(var right) && IsOrdered(contract.FreeRight(y.Rank), right))
            return new Contract(contract.Batch.Select(p => p with { Right = right[p.Right] }).ToEquatable(), contract.Sum.Select(p => p with { Right = right[p.Right] }).ToEquatable()).On(x, y.Inputs[0]);
        return null;
    }

    // Whether axes that stay in order in the result were in order before they were transposed.
    static bool IsOrdered(IEnumerable<int> free, EquatableArray<int> permutation)
    {
        var places = free.Select(axis => permutation[axis]).ToArray();
        return places.SequenceEqual(places.Order());
    }

    static Expr? TransposeOfProduct(Expr expr)
    {
        if (expr is not { Op: Transpose(var permutation), Inputs: [{ Op: Contract contract, Inputs: [var x, var y] }] }) return null;
        var (batch, left, right) = (contract.Batch.Count, contract.FreeLeft(x.Rank).Length, contract.FreeRight(y.Rank).Length);
        int[] swapped = [.. Enumerable.Range(0, batch), .. Enumerable.Range(batch + left, right), .. Enumerable.Range(batch, left)];
        return !permutation.SequenceEqual(swapped) ? null : new Contract(
            contract.Batch.Select(p => new AxisPair(p.Right, p.Left)).ToEquatable(), contract.Sum.Select(p => new AxisPair(p.Right, p.Left)).ToEquatable()).On(y, x);
    }

    // A pair of axes along which one operand is the same everywhere: the other is summed along it.
    static Expr? OfRepeated(Expr expr)
    {
        var contract = (Contract)expr.Op!;
        var (x, y) = (expr.Inputs[0], expr.Inputs[1]);
        if (expr.DType == DType.Bool) return null;
        foreach (var pair in contract.Sum)
        {
            var isLeft = !Views.Varying(x)[pair.Left];
            if (!isLeft && Views.Varying(y)[pair.Right]) continue;
            var (left, right) = isLeft ? (Without(x, pair.Left), T.SumKeepingType(y, [pair.Right])) : (T.SumKeepingType(x, [pair.Left]), Without(y, pair.Right));
            return new Contract(contract.Batch.Select(p => Renumbered(p, pair)).ToEquatable(), contract.Sum.Where(p => p != pair).Select(p => Renumbered(p, pair)).ToEquatable()).On(left, right);
        }
        return null;

        static Expr Without(Expr operand, int axis) => Views.Without(operand, [.. Enumerable.Range(0, operand.Rank).Select(a => a != axis)]);
        static AxisPair Renumbered(AxisPair pair, AxisPair gone) => new(pair.Left - (pair.Left > gone.Left ? 1 : 0), pair.Right - (pair.Right > gone.Right ? 1 : 0));
    }

    static Expr? WithoutSum(Expr expr)
    {
        var contract = (Contract)expr.Op!;
        if (contract.Sum.Count > 0 || expr.DType == DType.Bool) return null;
        var (x, y) = (expr.Inputs[0], expr.Inputs[1]);
        var (freeX, freeY) = (contract.FreeLeft(x.Rank), contract.FreeRight(y.Rank));
        var batch = Enumerable.Range(0, contract.Batch.Count);
        var left = T.Transpose(x, [.. contract.Batch.Select(p => p.Left), .. freeX]);
        var right = T.Transpose(y, [.. contract.Batch.Select(p => p.Right), .. freeY]);
        return Views.Broadcast(left, expr.Shape, [.. batch, .. Enumerable.Range(contract.Batch.Count, freeX.Length)])
            * Views.Broadcast(right, expr.Shape, [.. batch, .. Enumerable.Range(contract.Batch.Count + freeX.Length, freeY.Length)]);
    }

    static Expr? OfScaled(Expr expr)
    {
        if (!expr.DType.IsFloating()) return null;
        for (var side = 0; side < 2; side++)
        {
            if (expr.Inputs[side] is not { Op: Map { Function: var function }, Inputs: [var x, var y] } || function != Multiplication && function != Division) continue;
            var (scalar, scaled) = function == Multiplication && Pattern.Unrepeated(x).Rank == 0 ? (x, y) : (y, x);
            if (Pattern.Unrepeated(scalar).Rank > 0 || Pattern.Unrepeated(scaled).Rank == 0) continue;
            return function.Lift(With(expr, side, scaled), Pattern.Unrepeated(scalar));
        }
        return null;
    }

    static Expr? OfNegative(Expr expr)
    {
        for (var side = 0; side < 2; side++)
            if (expr.Inputs[side] is { Op: Map, Inputs: [var x] } && Rule.KeyOf(expr.Inputs[side]) == Negation) return -With(expr, side, x);
        return null;
    }

    static Expr With(Expr expr, int side, Expr operand) => expr.Op!.On([.. expr.Inputs.SetItem(side, operand)]);

    // The product with the vector is made first: two products of a matrix with a vector instead of one of matrices.
    static Expr? WithVector(Expr expr)
    {
        if (expr is not { Op: Contract { Batch.Count: 0, Sum: [var pair] }, Inputs: [var left, var right] }) return null;
        if (right.Rank == 1 && left is { Op: Contract { Batch.Count: 0 } first, Inputs: [var x, var y] } && first.FreeLeft(x.Rank) is { Length: > 0 } ofX && pair.Left >= ofX.Length)
        {
            var axis = first.FreeRight(y.Rank)[pair.Left - ofX.Length];
            if (first.FreeRight(y.Rank).Length > 1) return null;
            var inner = new Contract([], [new AxisPair(axis, 0)]).On(y, right);
            return new Contract([], first.Sum.Select(p => p with { Right = p.Right - (p.Right > axis ? 1 : 0) }).ToEquatable()).On(x, inner);
        }
        if (left.Rank == 1 && right is { Op: Contract { Batch.Count: 0 } second, Inputs: [var u, var w] } && second.FreeRight(w.Rank).Length > 0 && second.FreeLeft(u.Rank) is [var free] && pair.Right == 0)
        {
            var inner = new Contract([], [new AxisPair(0, free)]).On(left, u);
            return new Contract([], second.Sum.Select(p => p with { Left = p.Left - (p.Left > free ? 1 : 0) }).ToEquatable()).On(inner, w);
        }
        return null;
    }

    // Only for one index of an axis: larger parts often come in sets that cover the product (the gates of an LSTM), and are cheaper together.
    static Expr? SliceOfProduct(Expr expr)
    {
        if (expr is not { Op: Slice slice, Inputs: [{ Op: Contract contract, Inputs: [var x, var y] } product] } || contract.Batch.Count > 0) return null;
        if (!slice.Lengths.Where((length, axis) => !product.Shape[axis].IsOne && length.IsOne).Any()) return null;
        var left = contract.FreeLeft(x.Rank);
        return contract.On(Sliced(x, left, 0), Sliced(y, contract.FreeRight(y.Rank), left.Length));

        Expr Sliced(Expr operand, IReadOnlyList<int> free, int offset)
        {
            var (starts, lengths, steps) = (new Dim[operand.Rank], operand.Shape.ToArray(), new int[operand.Rank]);
            Array.Fill(starts, Dim.Zero);
            Array.Fill(steps, 1);
            for (var i = 0; i < free.Count; i++) (starts[free[i]], lengths[free[i]], steps[free[i]]) = (slice.Starts[offset + i], slice.Lengths[offset + i], slice.Steps[offset + i]);
            var isWhole = free.Select((axis, i) => starts[axis] == Dim.Zero && steps[axis] == 1 && lengths[axis] == product.Shape[offset + i]).All(same => same);
            return isWhole ? operand : new Slice(starts.ToEquatable(), lengths.ToEquatable(), steps.ToEquatable()).On(operand);
        }
    }

    static Expr? SumOfProduct(Expr expr)
    {
        if (expr is not { Op: Reduce { Monoid: Monoid.Sum, Axes: { Count: > 0 } axes }, Inputs: [{ Op: Contract contract, Inputs: [var x, var y] }] } || expr.DType == DType.Bool) return null;
        var (batch, left, right) = (contract.Batch.Count, contract.FreeLeft(x.Rank), contract.FreeRight(y.Rank));
        int[] goneLeft = [.. axes.Where(axis => axis >= batch && axis < batch + left.Length).Select(axis => left[axis - batch])];
        int[] goneRight = [.. axes.Where(axis => axis >= batch + left.Length).Select(axis => right[axis - batch - left.Length])];
        var kept = contract.Batch.Where((_, i) => !axes.Contains(i)).Select(Moved).ToEquatable();
        var summed = contract.Sum.Concat(contract.Batch.Where((_, i) => axes.Contains(i))).Select(Moved).ToEquatable();
        return new Contract(kept, summed).On(T.SumKeepingType(x, goneLeft), T.SumKeepingType(y, goneRight));

        AxisPair Moved(AxisPair pair) => new(pair.Left - goneLeft.Count(axis => axis < pair.Left), pair.Right - goneRight.Count(axis => axis < pair.Right));
    }

    // Each factor lies behind a broadcast along axes that only the other has: a product of matrices, which is not written out pair by pair.
    static Expr? SumOfPairs(Expr expr)
    {
        if (expr is not { Op: Reduce { Monoid: Monoid.Sum, Axes: var summed }, Inputs: [{ Op: Map } product] } || !expr.DType.IsFloating() || Rule.KeyOf(product) != Multiplication) return null;
        if (product.Inputs.Any(input => input.Op is not (BroadcastTo or Reshape))) return null;
        var (left, right) = (Factors(product.Inputs[0]), Factors(product.Inputs[1]));
        if (left is not var (x, ofX) || right is not var (y, ofY)) return null;
        var all = Enumerable.Range(0, product.Rank).Where(axis => !product.Shape[axis].IsOne).ToArray();
        if (!all.All(axis => ofX.Contains(axis) || ofY.Contains(axis))) return null;
        var shared = all.Where(axis => ofX.Contains(axis) && ofY.Contains(axis)).ToArray();
        if (summed.Any(axis => !shared.Contains(axis)) || ofX.All(shared.Contains) || ofY.All(shared.Contains)) return null;
        AxisPair[] batch = [.. shared.Where(axis => !summed.Contains(axis)).Select(Pair)];
        var dot = new Contract(batch.ToEquatable(), shared.Where(summed.Contains).Select(Pair).ToEquatable()).On(x, y);
        int[] places = [.. batch.Select(p => ofX[p.Left]), .. ofX.Where(axis => !shared.Contains(axis)), .. ofY.Where(axis => !shared.Contains(axis))];
        return T.Reshape(T.Transpose(dot, [.. places.Order().Select(place => Array.IndexOf(places, place))]), expr.Shape);

        AxisPair Pair(int axis) => new(Array.IndexOf(ofX, axis), Array.IndexOf(ofY, axis));
    }

    // What lies below a broadcast, without axes of size 1, and the axis of the product at which each of its axes stands.
    static (Expr Core, int[] Places)? Factors(Expr operand)
    {
        var (core, places) = Views.Spread(operand);
        if (core.Op is Windows) return null;   // to lay windows out side by side costs more than to sum along them
        var kept = Enumerable.Range(0, core.Rank).Where(axis => !core.Shape[axis].IsOne).ToArray();
        if (kept.Any(axis => places[axis] < 0)) return null;
        return (T.Reshape(core, Shape.Of(kept.Select(axis => core.Shape[axis]))), [.. kept.Select(axis => places[axis])]);
    }
}
