using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// One entry of an index: an integer, <c>^1</c>, a range <c>1..^1</c>, <see cref="T.Range"/> with a step, an integer expression
/// (a scalar or an array), a mask of truth values, <see cref="T.NewAxis"/> or <see cref="T.Ellipsis"/> (<c>..</c> alone is a full axis).
/// </summary>
public abstract record AxisIndex
{
    /// <summary>The element at a position; negative ones count from the end.</summary>
    public static implicit operator AxisIndex(int index) => new PointIndex(index);

    /// <summary>The element at a position, <c>^1</c> being the last.</summary>
    public static implicit operator AxisIndex(Index index) => new PointIndex(index.IsFromEnd ? -index.Value : index.Value);

    /// <summary>The elements of a range; bounds beyond the ends are clipped as in NumPy.</summary>
    public static implicit operator AxisIndex(Range range) => new RangeIndex(Bound(range.Start), range.End.Equals(Index.End) ? null : Bound(range.End), 1);

    /// <summary>The element, or the elements, that an integer expression names; or those where a mask holds.</summary>
    public static implicit operator AxisIndex(Expr index) => new ExprIndex(index);

    static Expr Bound(Index index) => index.IsFromEnd ? -index.Value : index.Value;
}

sealed record PointIndex(long Index) : AxisIndex;

sealed record RangeIndex(Expr? Start, Expr? Stop, int Step) : AxisIndex;

sealed record ExprIndex(Expr Index) : AxisIndex;

sealed record NewAxisIndex : AxisIndex;

sealed record EllipsisIndex : AxisIndex;

public static partial class T
{
    /// <summary>In an index: a new axis of size 1.</summary>
    public static AxisIndex NewAxis { get; } = new NewAxisIndex();

    /// <summary>In an index: as many full axes as are left.</summary>
    public static AxisIndex Ellipsis { get; } = new EllipsisIndex();

    /// <summary>In an index: <c>start:stop:step</c> as in Python; null is the natural end. Bounds are integers or integer scalars.</summary>
    public static AxisIndex Range(Expr? start, Expr? stop, int step = 1) =>
        step != 0 ? new RangeIndex(start, stop, step) : throw new ArgumentOutOfRangeException(nameof(step), "A step of a range must not be 0.");
}

public abstract partial class Expr
{
    /// <summary>
    /// A part of the expression, as in NumPy: integers drop an axis, ranges keep it, integer arrays pick (all of them together when there are several),
    /// masks (truth values over one or more axes) pick where they hold, axes not mentioned are kept whole.
    /// </summary>
    /// <exception cref="ShapeException">There are more indices than axes, or an index is known to be out of bounds.</exception>
    public Expr this[params ReadOnlySpan<AxisIndex> indices] => Indexer.Apply(this, indices.ToArray());
}

static class Indexer
{
    public static Expr Apply(Expr x, AxisIndex[] indices)
    {
        var all = Expand(x, WithoutMasks(x, indices));
        var (sliced, arrays) = Basic(x, all);
        return arrays.Count == 0 ? sliced : GatherOver(sliced, arrays, IsTogether(all));
    }

    // A mask stands for the index arrays of the places where it holds, one for each of its axes.
    static AxisIndex[] WithoutMasks(Expr x, AxisIndex[] indices)
    {
        if (!indices.Any(IsMask)) return indices;
        var mentioned = indices.Sum(AxesOf);
        var result = new List<AxisIndex>();
        var axis = 0;
        foreach (var index in indices)
        {
            if (index is EllipsisIndex) axis += x.Rank - mentioned;
            if (IsMask(index))
            {
                var mask = ((ExprIndex)index).Index;
                if (mask.Rank == 0) throw new ShapeException($"{x.Describe()} is indexed with the truth value {mask.Describe()}. Use T.Switch, or a mask with an axis.");
                if (axis + mask.Rank > x.Rank) throw new ShapeException($"{x.Describe()} has {x.Rank} axes and is indexed with {mentioned}.");
                var sizes = x.Shape.Skip(axis).Take(mask.Rank).ToArray();
                result.AddRange(T.NonZero(T.SpecifyShape(mask, sizes)).Select(place => (AxisIndex)place));
            }
            else result.Add(index);
            axis += AxesOf(index);
        }
        return [.. result];
    }

    internal static bool IsMask(AxisIndex index) => index is ExprIndex { Index.DType: DType.Bool };

    static int AxesOf(AxisIndex index) => index switch
    {
        NewAxisIndex or EllipsisIndex => 0,
        ExprIndex { Index: { DType: DType.Bool, Rank: var rank } } => rank,
        _ => 1,
    };

    // Whether arrays and, beside them, integers stand next to each other: otherwise NumPy puts the picked axes first.
    static bool IsTogether(List<AxisIndex> indices)
    {
        if (!indices.Any(i => i is ExprIndex { Index.Rank: > 0 })) return true;
        var first = indices.FindIndex(IsPicking);
        return indices.Skip(first).Take(indices.FindLastIndex(IsPicking) - first + 1).All(IsPicking);

        static bool IsPicking(AxisIndex index) => index is ExprIndex or PointIndex;
    }

    // Ellipsis replaced by full ranges, and full ranges appended for the axes that are not mentioned.
    static List<AxisIndex> Expand(Expr x, AxisIndex[] indices)
    {
        var used = indices.Count(i => i is not (NewAxisIndex or EllipsisIndex));
        if (used > x.Rank || indices.Count(i => i is EllipsisIndex) > 1)
            throw new ShapeException($"{x.Describe()} has {x.Rank} axes and is indexed with {used}{(used > x.Rank ? "" : " and more than one ellipsis")}.");
        var full = Enumerable.Repeat<AxisIndex>(new RangeIndex(null, null, 1), x.Rank - used);
        var at = Array.FindIndex(indices, i => i is EllipsisIndex);
        return at < 0 ? [.. indices, .. full] : [.. indices[..at], .. full, .. indices[(at + 1)..]];
    }

    // Points, ranges and new axes; the index arrays are left with the axis of the result at which each stands.
    static (Expr, List<(int Axis, Expr Index)>) Basic(Expr x, List<AxisIndex> indices)
    {
        var (starts, lengths, steps) = (new List<Dim>(), new List<Dim>(), new List<int>());
        var shape = new List<Dim>();
        var arrays = new List<(int, Expr)>();
        foreach (var index in indices)
        {
            if (index is NewAxisIndex) { shape.Add(Dim.One); continue; }
            var size = x.Shape[starts.Count];
            var (start, length, step) = (Dim.Zero, size, 1);
            switch (index)
            {
                case PointIndex(var point):
                    (start, length) = (Point(point), Dim.One);
                    break;
                case RangeIndex range:
                    (start, length, step) = Resolve(range, size);
                    shape.Add(length);
                    break;
                case ExprIndex(Constant { Rank: 0 } constant) when constant.DType.IsInteger():
                    (start, length) = (Point(constant.Value.ToScalar<long>()), Dim.One);
                    break;
                case ExprIndex(var expr):
                    if (!expr.DType.IsInteger()) throw new DTypeException($"An index into {x.Describe()} must be an integer, and {expr.Describe()} is not.");
                    arrays.Add((shape.Count, expr));
                    shape.Add(size);
                    break;
            }
            starts.Add(start);
            lengths.Add(length);
            steps.Add(step);

            Dim Point(long point) => size.IsStatic && (point < -size.Constant || point >= size.Constant)
                ? throw new ShapeException($"Index {point} is out of bounds for axis {starts.Count} of {x.Describe()}: it must be from {-size.Constant} to {size.Constant - 1}.")
                : point < 0 ? size + point : point;
        }
        var isWhole = starts.All(s => s == Dim.Zero) && steps.All(s => s == 1) && lengths.SequenceEqual(x.Shape);
        var sliced = isWhole ? x : new Slice(starts.ToEquatable(), lengths.ToEquatable(), steps.ToEquatable()).On(x);
        return (sliced.Shape.SequenceEqual(shape) ? sliced : T.Reshape(sliced, Shape.Of(shape)), arrays);
    }

    static Expr GatherOver(Expr x, List<(int Axis, Expr Index)> arrays, bool isTogether)
    {
        var axes = arrays.Select(a => a.Axis).ToEquatable();
        var indices = Broadcasting.Align("index", [.. arrays.Select(a => a.Index)]);
        return new Gather(axes, isTogether ? axes[0] : 0).On([x, .. indices]);
    }

    // Python's rules: negative bounds count from the end, bounds are clipped, an empty range is empty.
    static (Dim Start, Dim Length, int Step) Resolve(RangeIndex range, Dim size)
    {
        if (range.Step > 0)
        {
            var start = range.Start is { } s ? Clip(s, size, Dim.Zero, size) : Dim.Zero;
            var stop = range.Stop is { } e ? Clip(e, size, Dim.Zero, size) : size;
            return (start, Dim.Max((stop - start + (range.Step - 1)) / range.Step, 0), range.Step);
        }
        var first = range.Start is { } f ? Clip(f, size, -1, size - 1) : size - 1;
        var last = range.Stop is { } l ? Clip(l, size, -1, size - 1) : -1;
        return (first, Dim.Max((first - last + (-range.Step - 1)) / -range.Step, 0), range.Step);
    }

    static Dim Clip(Expr bound, Dim size, Dim low, Dim high)
    {
        var dim = Dims.Of(bound);
        if (dim.IsStatic && dim.Constant < 0) dim = size + dim;
        else if (!dim.IsNonNegative && !dim.IsStatic) dim = Dims.Of(T.Switch(bound < 0, bound + T.Size(size), bound));
        return Dim.Max(Dim.Min(dim, high), low);
    }
}
