namespace DeepSym;

public static partial class T
{
    /// <summary>x cut along an axis into parts of the given sizes, which must add up to that of the axis.</summary>
    /// <exception cref="ShapeException">The sizes are known not to add up.</exception>
    public static Expr[] Split(Expr x, ReadOnlySpan<Dim> sizes, int axis = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        var own = x.Axis(axis, "split");
        var total = Dim.Zero;
        foreach (var size in sizes)
        {
            if (size is { IsStatic: true, Constant: < 0 }) throw new ShapeException($"split({x.Describe()}): a part has the size {size}; sizes are not negative.");
            total += size;
        }
        if ((total - x.Shape[own]) is { IsStatic: true, Constant: not 0 })
            throw new ShapeException($"split({x.Describe()}): the parts have {total} elements along axis {own}, which has {x.Shape[own]}.");
        var whole = SpecifyShape(x, x.Shape.With(own, total).Dims.AsSpan());   // the parts add up, or the call says that they do not
        var parts = new Expr[sizes.Length];
        var start = Dim.Zero;
        var isSafe = sizes.ToArray().All(size => size.IsNonNegative);
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = isSafe ? Part(whole, own, start, sizes[i]) : Checked(whole, own, start, sizes[i]);
            start += sizes[i];
        }
        return parts;
    }

    /// <summary>x cut along an axis into <paramref name="count"/> parts of one size.</summary>
    /// <exception cref="ShapeException">The size of the axis is known not to be a multiple of the count.</exception>
    public static Expr[] Split(Expr x, int count, int axis = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Split(x, [.. Enumerable.Repeat(x.Shape[x.Axis(axis, "split")] / count, count)], axis);
    }

    /// <summary>
    /// x, of which the sizes are now known: each must be the given one, else the call fails; null leaves a size as it is. What follows may rely on it:
    /// an axis of size 1 broadcasts. (Theano: <c>specify_shape</c>, <c>patternbroadcast</c>.)
    /// </summary>
    /// <exception cref="ShapeException">The rank or a size is known to differ.</exception>
    public static Expr SpecifyShape(Expr x, params ReadOnlySpan<Dim?> shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        var dims = shape.ToArray();
        if (dims.Length != x.Rank) throw new ShapeException($"specify_shape({x.Describe()}): {dims.Length} sizes are given for {x.Rank} axes.");
        var target = Shape.Of(x.Shape.Select((size, axis) => dims[axis] ?? size));
        for (var axis = 0; axis < x.Rank; axis++)
            if ((target[axis] - x.Shape[axis]) is { IsStatic: true, Constant: not 0 })
                throw new ShapeException($"specify_shape({x.Describe()}): axis {axis} has size {x.Shape[axis]}, not {target[axis]}.");
        if (target == x.Shape) return x;
        var unstretched = Shape.Of(target.Select((size, axis) => x.Shape[axis].IsOne ? Dim.One : size));
        var known = unstretched == x.Shape ? x : new BroadcastTo(unstretched, Enumerable.Range(0, x.Rank).ToEquatable()).On(x);
        return Reshape(known, target);
    }

    // A part whose size may turn out to be negative: the call then fails.
    static Expr Checked(Expr x, int axis, Dim start, Dim length)
    {
        var from = Dim.Max(Dim.Min(start, x.Shape[axis]), 0);
        var part = Part(x, axis, from, Dim.Max(Dim.Min(length, x.Shape[axis] - from), 0));
        return SpecifyShape(part, x.Shape.With(axis, length).Dims.AsSpan());
    }

    // The elements from start on along an axis: the caller knows that they are there.
    internal static Expr Part(Expr x, int axis, Dim start, Dim length)
    {
        var starts = x.Shape.Select((_, a) => a == axis ? start : Dim.Zero).ToEquatable();
        return length == x.Shape[axis] && start == Dim.Zero ? x : new Slice(starts, x.Shape.With(axis, length).Dims, starts.Select(_ => 1).ToEquatable()).On(x);
    }
}
