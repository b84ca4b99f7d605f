namespace DeepSym;

public static partial class T
{
    /// <summary>x laid side by side <c>repetitions[i]</c> times along axis i; aligned at the last axis, missing axes and repetitions count as 1.</summary>
    public static Expr Tile(Expr x, params ReadOnlySpan<Dim> repetitions)
    {
        ArgumentNullException.ThrowIfNull(x);
        var rank = Math.Max(x.Rank, repetitions.Length);
        Dim[] sizes = [.. Enumerable.Repeat(Dim.One, rank - x.Rank), .. x.Shape];
        Dim[] times = [.. Enumerable.Repeat(Dim.One, rank - repetitions.Length), .. repetitions];
        var apart = Shape.Of(Enumerable.Range(0, rank).SelectMany(axis => new[] { times[axis], sizes[axis] }));
        var repeated = new BroadcastTo(apart, Enumerable.Range(0, rank).Select(axis => 2 * axis + 1).ToEquatable()).On(Reshape(x, Shape.Create(sizes)));
        return Reshape(repeated, Shape.Of(sizes.Zip(times, (size, n) => size * n)));
    }

    /// <summary>
    /// Each element of x <paramref name="repeats"/> times in a row along an axis (of the flattened x when it is null): an integer scalar, or a vector with a
    /// number for each element; the length then is known only to a call.
    /// </summary>
    /// <exception cref="ShapeException">The repeats are neither.</exception>
    public static Expr Repeat(Expr x, Expr repeats, int? axis = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(repeats);
        var own = axis is { } a ? x.Axis(a, "repeat") : 0;
        var from = axis is null ? Flatten(x) : x;
        if (repeats.Rank > 1) throw new ShapeException($"repeat({x.Describe()}, {repeats.Describe()}): the repeats must be a scalar, or a vector with one for each element.");
        if (repeats.Rank == 1)
        {
            var ends = CumSum(SpecifyShape(Cast(repeats, DType.Int64), from.Shape[own]));
            return Take(from, SearchSorted(ends, Arange(Sum(repeats)), right: true), own);
        }
        var times = Dims.Of(repeats);
        var apart = Shape.Of([.. from.Shape.Take(own + 1), times, .. from.Shape.Skip(own + 1)]);
        var repeated = new BroadcastTo(apart, Enumerable.Range(0, from.Rank + 1).Where(k => k != own + 1).ToEquatable()).On(from);
        return Reshape(repeated, from.Shape.With(own, from.Shape[own] * times));
    }

    /// <summary>
    /// x moved along an axis by <paramref name="shift"/> places (an integer scalar, may be negative); what leaves at one end comes in at the other. Without an axis
    /// the flattened x is moved.
    /// </summary>
    public static Expr Roll(Expr x, Expr shift, int? axis = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(shift);
        if (axis is null) return Reshape(Roll(Flatten(x), shift, 0), x.Shape);
        var own = x.Axis(axis.Value, "roll");
        var (size, by) = (x.Shape[own], Dims.Of(shift));
        var period = Dim.Max(size, 1);
        var tail = by - by / period * period;
        return Concatenate([Part(x, own, size - tail, tail), Part(x, own, 0, size - tail)], own);
    }

    /// <summary>x with the order along the axes reversed, along all when none are given.</summary>
    public static Expr Flip(Expr x, params ReadOnlySpan<int> axes)
    {
        ArgumentNullException.ThrowIfNull(x);
        var own = x.Axes(axes.Length == 0 ? null : axes.ToArray(), "flip");
        return x[[.. Enumerable.Range(0, x.Rank).Select(axis => Range(null, null, own.Contains(axis) ? -1 : 1))]];
    }
}
