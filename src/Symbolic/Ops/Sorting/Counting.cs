namespace DeepSym;

/// <summary>The distinct elements of a tensor, in ascending order, and where they are.</summary>
/// <param name="Values">The elements, a vector.</param>
/// <param name="Index">For each of them the position of its first occurrence in the flattened tensor, as int64.</param>
/// <param name="Inverse">For each element of the flattened tensor the position of its value in <paramref name="Values"/>, as int64.</param>
/// <param name="Counts">How often each value occurs, as int64.</param>
public sealed record DistinctElements(Expr Values, Expr Index, Expr Inverse, Expr Counts);

public static partial class T
{
    /// <summary>The distinct elements of x in ascending order. What is not used is not computed. (NumPy: <c>unique</c>.)</summary>
    public static DistinctElements Unique(Expr x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var flat = Flatten(x);
        var order = ArgSort(flat);
        var sorted = Take(flat, order);
        var differs = Neq(sorted[1..], sorted[..^1]);
        var isFirst = Concatenate([BroadcastTo(true, Dim.Min(flat.Shape[0], 1)), differs]);
        var firsts = NonZero(isFirst)[0];
        var ends = Concatenate([firsts[1..], BroadcastTo(Size(flat.Shape[0]), Dim.Min(firsts.Shape[0], 1))]);
        var inverse = Take(CumSum(Cast(isFirst, DType.Int64)) - 1, InversePermutation(order));
        return new DistinctElements(Take(sorted, firsts), Take(order, firsts), inverse, ends - firsts);
    }

    /// <summary>
    /// How often each of the numbers 0, 1, 2, ... occurs in x, as int64, up to the largest or <c>minLength - 1</c>; with weights the sum of those of each number.
    /// A negative number is an error of the call.
    /// </summary>
    /// <exception cref="DTypeException">x is not of integers.</exception>
    public static Expr BinCount(Expr x, Expr? weights = null, Dim? minLength = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.DType.IsFloating()) throw new DTypeException($"bincount({x.Describe()}) counts integers. Cast x.");
        var flat = Cast(Flatten(x), DType.Int64);
        var largest = Max(Concatenate([flat, BroadcastTo(-1L, Dim.One)]));
        var length = Dim.Max(Dims.Of(largest + 1), minLength ?? Dim.Zero);
        var amounts = weights is null ? OnesLike(flat) : Flatten(AsInteger(weights));
        return new ScatterAdd(new Gather([0], 0), [length]).On(amounts, Assert(flat, flat >= 0, "bincount counts the numbers 0, 1, 2, ..., and there is a negative one."));
    }

    /// <summary>The differences <c>x[k+1] - x[k]</c> along an axis, taken <paramref name="n"/> times; of truth values, whether they differ.</summary>
    /// <exception cref="ArgumentOutOfRangeException">n is negative.</exception>
    public static Expr Diff(Expr x, int n = 1, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var own = x.Axis(axis, "diff");
        for (var i = 0; i < n; i++)
        {
            var count = Dim.Max(x.Shape[own] - 1, 0);
            var (later, earlier) = (Part(x, own, x.Shape[own] - count, count), Part(x, own, 0, count));
            x = x.DType == DType.Bool ? Neq(later, earlier) : later - earlier;
        }
        return x;
    }
}
