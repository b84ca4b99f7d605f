namespace DeepSym;

public static partial class T
{
    /// <summary>The sum over <paramref name="axes"/> (all when none are given). Signed integers and truth values are summed as int64, unsigned ones as uint64.</summary>
    public static Expr Sum(Expr x, params int[] axes) => Sum(x, axes, keepDims: false);

    /// <summary>The sum over axes; with <paramref name="keepDims"/> they stay with size 1.</summary>
    public static Expr Sum(Expr x, int[] axes, bool keepDims)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Over(Monoid.Sum, Summable(x), axes, keepDims);
    }

    /// <summary>The product over axes (all when none are given); the gradient is right with any number of zeros.</summary>
    public static Expr Prod(Expr x, params int[] axes) => Prod(x, axes, keepDims: false);

    /// <summary>The product over axes; with <paramref name="keepDims"/> they stay with size 1.</summary>
    public static Expr Prod(Expr x, int[] axes, bool keepDims)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Over(Monoid.Product, Summable(x), axes, keepDims);
    }

    /// <summary>The largest over axes (all when none are given); NaN if one is NaN. Every tied element receives the whole gradient.</summary>
    public static Expr Max(Expr x, params int[] axes) => Max(x, axes, keepDims: false);

    /// <summary>The largest over axes; with <paramref name="keepDims"/> they stay with size 1.</summary>
    public static Expr Max(Expr x, int[] axes, bool keepDims) => Extreme(Monoid.Max, x, axes, keepDims);

    /// <summary>The smallest over axes (all when none are given); NaN if one is NaN. Every tied element receives the whole gradient.</summary>
    public static Expr Min(Expr x, params int[] axes) => Min(x, axes, keepDims: false);

    /// <summary>The smallest over axes; with <paramref name="keepDims"/> they stay with size 1.</summary>
    public static Expr Min(Expr x, int[] axes, bool keepDims) => Extreme(Monoid.Min, x, axes, keepDims);

    /// <summary>Whether all elements along axes hold (are not 0).</summary>
    public static Expr All(Expr x, params int[] axes) => All(x, axes, keepDims: false);

    /// <summary>Whether all elements along axes hold (are not 0); with <paramref name="keepDims"/> they stay with size 1.</summary>
    public static Expr All(Expr x, int[] axes, bool keepDims) => Over(Monoid.All, AsBool(x), axes, keepDims);

    /// <summary>Whether any element along axes holds (is not 0).</summary>
    public static Expr Any(Expr x, params int[] axes) => Any(x, axes, keepDims: false);

    /// <summary>Whether any element along axes holds (is not 0); with <paramref name="keepDims"/> they stay with size 1.</summary>
    public static Expr Any(Expr x, int[] axes, bool keepDims) => Over(Monoid.Any, AsBool(x), axes, keepDims);

    /// <summary>The mean over axes (all when none are given): <c>Σx / n</c>; NaN of nothing. Integers become floats.</summary>
    public static Expr Mean(Expr x, params int[] axes) => Mean(x, axes, keepDims: false);

    /// <summary>The mean over axes; with <paramref name="keepDims"/> they stay with size 1.</summary>
    public static Expr Mean(Expr x, int[] axes, bool keepDims)
    {
        ArgumentNullException.ThrowIfNull(x);
        var real = Cast(x, Promotion.ToFloating(x.DType));
        return Sum(real, axes, keepDims) / Cast(CountOf(x, axes), real.DType);
    }

    /// <summary>The variance over axes, <c>Σ(x - mean)² / (n - ddof)</c>, in two passes.</summary>
    public static Expr Var(Expr x, int[]? axes = null, int ddof = 0, bool keepDims = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        axes ??= [];
        var real = Cast(x, Promotion.ToFloating(x.DType));
        return Sum(Sqr(real - Mean(real, axes, keepDims: true)), axes, keepDims) / Cast(CountOf(x, axes) - ddof, real.DType);
    }

    /// <summary>The standard deviation over axes, the root of <see cref="Var"/>.</summary>
    public static Expr Std(Expr x, int[]? axes = null, int ddof = 0, bool keepDims = false) => Sqrt(Var(x, axes, ddof, keepDims));

    /// <summary>The index of the largest element along an axis (of the flattened x when none is given), as int64: the first of equals; a NaN counts as the largest.</summary>
    public static Expr ArgMax(Expr x, int? axis = null, bool keepDims = false) => Arg(x, isMax: true, axis, keepDims);

    /// <summary>The index of the smallest element along an axis (of the flattened x when none is given), as int64: the first of equals; a NaN counts as the smallest.</summary>
    public static Expr ArgMin(Expr x, int? axis = null, bool keepDims = false) => Arg(x, isMax: false, axis, keepDims);

    /// <summary>The largest minus the smallest over axes. (NumPy: <c>ptp</c>.)</summary>
    public static Expr PeakToPeak(Expr x, params int[] axes) => Max(x, axes) - Min(x, axes);

    /// <summary>The log of the sum of exponentials over axes, <c>m + log Σ exp(x - m)</c> with m the maximum: never overflows, and -∞ of nothing but -∞.</summary>
    public static Expr LogSumExp(Expr x, int[] axes, bool keepDims = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        var real = Cast(x, Promotion.ToFloating(x.DType));
        var max = StopGradient(Max(real, axes, keepDims: true));
        var shift = Switch(IsInf(max), 0, max);
        var sum = Log(Sum(Exp(real - shift), axes, keepDims: true)) + shift;
        return keepDims ? sum : Reshape(sum, Kept(x, axes));
    }

    // The sum in the dtype of x itself: derivatives and counts.
    internal static Expr SumKeepingType(Expr x, IReadOnlyList<int> axes) => axes.Count == 0 ? x : new Reduce(Monoid.Sum, axes.Order().ToEquatable()).On(x);

    static Expr Over(Monoid monoid, Expr x, int[] axes, bool keepDims)
    {
        ArgumentNullException.ThrowIfNull(x);
        var own = x.Axes(axes.Length == 0 ? null : axes, monoid.ToString().ToLowerInvariant());
        var reduced = own.Count == 0 ? x : new Reduce(monoid, own).On(x);
        return keepDims ? Reshape(reduced, Shape.Of(x.Shape.Select((d, a) => own.Contains(a) ? Dim.One : d))) : reduced;
    }

    static Shape Kept(Expr x, int[] axes)
    {
        var own = x.Axes(axes.Length == 0 ? null : axes, "reduction");
        return Shape.Of(x.Shape.Where((_, a) => !own.Contains(a)));
    }

    static Expr CountOf(Expr x, int[] axes) => Size(x.Axes(axes.Length == 0 ? null : axes, "mean").Aggregate(Dim.One, (p, a) => p * x.Shape[a]));

    static Expr Arg(Expr x, bool isMax, int? axis, bool keepDims)
    {
        ArgumentNullException.ThrowIfNull(x);
        var own = axis is { } a ? x.Axis(a, isMax ? "argmax" : "argmin") : 0;
        var from = axis is null ? Flatten(Ranked(x)) : Ranked(x);
        var index = new ArgReduce(isMax, own).On(from);
        return !keepDims ? index : Reshape(index, Shape.Of(x.Shape.Select((d, i) => axis is null || i == own ? Dim.One : d)));
    }

    static Expr Summable(Expr x) => x.DType.IsFloating() ? x : Cast(x, x.DType.IsInteger() && !x.DType.IsSigned() ? DType.UInt64 : DType.Int64);

    static Expr Extreme(Monoid monoid, Expr x, int[] axes, bool keepDims)
    {
        ArgumentNullException.ThrowIfNull(x);
        var extreme = Over(monoid, AsInteger(Ranked(x)), axes, keepDims);
        return x.DType == DType.UInt64 ? Cast(extreme ^ long.MinValue, x.DType) : extreme;
    }

    // An unsigned 64-bit number as a signed one of the same rank.
    static Expr Ranked(Expr x) => x.DType == DType.UInt64 ? Cast(x, DType.Int64) ^ long.MinValue : x;

    static Expr AsInteger(Expr x) => x.DType == DType.Bool ? Cast(x, DType.Int64) : x;

    static Expr AsBool(Expr x) => x.DType == DType.Bool ? x : Neq(x, 0);
}
