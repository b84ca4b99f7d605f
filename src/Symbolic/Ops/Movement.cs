namespace DeepSym;

public static partial class T
{
    /// <summary>The size of an axis as an int64 scalar.</summary>
    internal static Expr Size(Dim dim) => dim.IsStatic ? dim.Constant : new DimValue(dim).On();

    /// <summary>The elements of <paramref name="x"/> in row-major order under another shape; one size may be -1 and is computed.</summary>
    /// <exception cref="ShapeException">The number of elements would change.</exception>
    public static Expr Reshape(Expr x, params ReadOnlySpan<Dim> shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        var dims = shape.ToArray();
        var unknown = Array.FindIndex(dims, d => d is { IsStatic: true, Constant: -1 });
        if (unknown >= 0)
        {
            var others = dims.Where((_, i) => i != unknown).Aggregate(Dim.One, (p, d) => p * d);
            if (others is { IsStatic: true, Constant: <= 0 } || dims.Skip(unknown + 1).Any(d => d is { IsStatic: true, Constant: -1 }))
                throw new ShapeException($"reshape({x.Describe()}) to [{string.Join(",", dims.AsEnumerable())}]: one size may be -1, and the others must be positive.");
            if (x.Shape.IsStatic && others.IsStatic && x.Shape.Length.Constant % others.Constant != 0)
                throw new ShapeException($"reshape({x.Describe()}) to [{string.Join(",", dims.AsEnumerable())}]: {x.Shape.Length} elements are no multiple of {others}.");
            dims[unknown] = x.Shape.Length / others;
        }
        return Reshape(x, Shape.Create(dims));
    }

    /// <summary>The elements of <paramref name="x"/> in row-major order under another shape.</summary>
    public static Expr Reshape(Expr x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Shape == shape ? x : new Reshape(shape).On(x);
    }

    /// <summary>The axes in another order: axis i of the result is axis <c>axes[i]</c> of x; none given: reversed.</summary>
    public static Expr Transpose(Expr x, params ReadOnlySpan<int> axes)
    {
        ArgumentNullException.ThrowIfNull(x);
        var order = axes.Length == 0 ? Enumerable.Range(0, x.Rank).Reverse().ToEquatable() : axes.ToArray().Select(a => x.Axis(a, "transpose")).ToEquatable();
        return order.SequenceEqual(Enumerable.Range(0, x.Rank)) ? x : new Transpose(order).On(x);
    }

    /// <summary>Axis <paramref name="first"/> and axis <paramref name="second"/> exchanged.</summary>
    public static Expr SwapAxes(Expr x, int first, int second)
    {
        ArgumentNullException.ThrowIfNull(x);
        var order = Enumerable.Range(0, x.Rank).ToArray();
        (first, second) = (x.Axis(first, "swapaxes"), x.Axis(second, "swapaxes"));
        (order[first], order[second]) = (second, first);
        return Transpose(x, order);
    }

    /// <summary>x repeated to a shape: aligned at the last axis, sizes of 1 and missing axes are stretched.</summary>
    public static Expr BroadcastTo(Expr x, params ReadOnlySpan<Dim> shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        var target = Shape.Create(shape);
        if (x.Rank > target.Rank) throw new ShapeException($"broadcast({x.Describe()}) to {target}: the result must have at least {x.Rank} axes.");
        var result = Broadcasting.To(x, target);
        return result.Shape == target ? result : new BroadcastTo(target, Enumerable.Range(0, target.Rank).ToEquatable()).On(result);   // sizes that must agree are checked
    }

    /// <summary>A new axis of size 1 at <paramref name="axis"/> of the result.</summary>
    public static Expr ExpandDims(Expr x, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (axis < -x.Rank - 1 || axis > x.Rank) throw new ShapeException($"expand_dims({x.Describe()}, {axis}): the new axis must be from {-x.Rank - 1} to {x.Rank}.");
        if (axis < 0) axis += x.Rank + 1;
        return Reshape(x, Shape.Of([.. x.Shape.Take(axis), Dim.One, .. x.Shape.Skip(axis)]));
    }

    /// <summary>Without the axes that are known to have size 1, or without those named.</summary>
    public static Expr Squeeze(Expr x, params ReadOnlySpan<int> axes)
    {
        ArgumentNullException.ThrowIfNull(x);
        var gone = axes.Length == 0 ? Enumerable.Range(0, x.Rank).Where(a => x.Shape[a].IsOne).ToArray() : [.. x.Axes(axes.ToArray(), "squeeze")];
        foreach (var axis in gone)
            if (!x.Shape[axis].IsOne) throw new ShapeException($"squeeze({x.Describe()}): axis {axis} has size {x.Shape[axis]}; only a size that is known to be 1 can be dropped.");
        return Reshape(x, Shape.Of(x.Shape.Where((_, a) => !gone.Contains(a))));
    }

    /// <summary>
    /// Theano's <c>dimshuffle</c>: each entry is an axis of x, or -1 (Theano: 'x') for a new axis of size 1; axes left out must be known to have size 1.
    /// </summary>
    public static Expr DimShuffle(Expr x, params ReadOnlySpan<int> pattern)
    {
        ArgumentNullException.ThrowIfNull(x);
        var entries = pattern.ToArray();
        var kept = entries.Where(a => a >= 0).ToArray();
        var dropped = Enumerable.Range(0, x.Rank).Except(kept).ToArray();
        foreach (var axis in dropped)
            if (!x.Shape[axis].IsOne) throw new ShapeException($"dimshuffle({x.Describe()}): axis {axis} has size {x.Shape[axis]} and cannot be dropped; only a size that is known to be 1 can.");
        var moved = Transpose(dropped.Length == 0 ? x : Squeeze(x, dropped), [.. kept.Select(a => a - dropped.Count(d => d < a))]);
        var next = 0;
        return Reshape(moved, Shape.Of(entries.Select(a => a < 0 ? Dim.One : moved.Shape[next++])));
    }

    /// <summary>The first <c>dims - 1</c> axes are kept and the others merged; one axis by default.</summary>
    public static Expr Flatten(Expr x, int dims = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (dims < 1 || dims > Math.Max(1, x.Rank)) throw new ShapeException($"flatten({x.Describe()}, {dims}): the number of axes must be from 1 to {Math.Max(1, x.Rank)}.");
        return Reshape(x, Shape.Of([.. x.Shape.Take(dims - 1), Shape.Of(x.Shape.Skip(dims - 1)).Length]));
    }

    /// <summary>The expressions one after the other along <paramref name="axis"/>; dtypes are promoted.</summary>
    public static Expr Concatenate(ReadOnlySpan<Expr> parts, int axis = 0)
    {
        if (parts.Length == 0) throw new ArgumentException("concatenate needs at least one expression.", nameof(parts));
        var dtype = Promotion.Common(parts);
        var own = parts[0].Axis(axis, "concatenate");
        var cast = parts.ToArray().Select(p => Cast(p, dtype)).ToArray();
        return cast.Length == 1 ? cast[0] : new Concat(own).On(cast);
    }

    /// <summary>The expressions along a new axis; they must have one shape.</summary>
    public static Expr Stack(ReadOnlySpan<Expr> parts, int axis = 0)
    {
        if (parts.Length == 0) throw new ArgumentException("stack needs at least one expression.", nameof(parts));
        var rank = parts[0].Rank + 1;
        var own = axis < 0 ? axis + rank : axis;
        var all = parts.ToArray();
        if (all.Any(part => part.Rank != all[0].Rank || part.Shape.Zip(all[0].Shape).Any(sizes => (sizes.First - sizes.Second) is { IsStatic: true, Constant: not 0 })))
            throw new ShapeException($"stack({string.Join(", ", all.Select(part => part.Describe()))}): the shapes must be equal. Concatenate joins along an axis that is there.");
        return Concatenate(parts.ToArray().Select(p => ExpandDims(p, own)).ToArray(), own);
    }

    /// <summary>x surrounded by zeros: <c>(before, after)</c> for each axis.</summary>
    public static Expr Pad(Expr x, params ReadOnlySpan<(Dim Before, Dim After)> widths)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (widths.Length != x.Rank) throw new ShapeException($"pad({x.Describe()}) needs a pair of widths for each of {x.Rank} axes, and got {widths.Length}.");
        var pairs = widths.ToArray();
        return pairs.All(p => p.Before == Dim.Zero && p.After == Dim.Zero) ? x
            : new Pad(pairs.Select(p => p.Before).ToEquatable(), pairs.Select(_ => 1).ToEquatable(), Shape.Of(x.Shape.Select((d, i) => d + pairs[i].Before + pairs[i].After))).On(x);
    }

    /// <summary>
    /// The elements of x at integer <paramref name="indices"/> along an axis. An index beyond it is an error of the call, or what <paramref name="mode"/> says.
    /// </summary>
    public static Expr Take(Expr x, Expr indices, int axis = 0, IndexMode mode = IndexMode.Raise)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        var own = x.Axis(axis, "take");
        return new Gather([own], own).On(x, Within(indices, Size(x.Shape[own]), mode));
    }

    /// <summary>
    /// For each element of <paramref name="indices"/> that of the choice which it names; choices and indices are broadcast. An index beyond the choices is an
    /// error of the call, or what <paramref name="mode"/> says.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Expr Choose(Expr indices, IReadOnlyList<Expr> choices, IndexMode mode = IndexMode.Raise)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(choices);
        if (choices.Count == 0) throw new ArgumentException("choose needs at least one choice.", nameof(choices));
        return Choose(indices, Stack(Broadcasting.Align("choose", [.. choices])), mode);
    }

    /// <summary>As the other form, with the choices along the first axis of one expression.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast, or there is no axis.</exception>
    public static Expr Choose(Expr indices, Expr choices, IndexMode mode = IndexMode.Raise)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(choices);
        if (choices.Rank == 0) throw new ShapeException($"choose({indices.Describe()}, {choices.Describe()}): the choices need an axis.");
        var rank = Math.Max(indices.Rank, choices.Rank - 1);
        var padded = Reshape(choices, Shape.Of([choices.Shape[0], .. Enumerable.Repeat(Dim.One, rank + 1 - choices.Rank), .. choices.Shape.Skip(1)]));
        var picked = Within(AsInteger(indices), Size(choices.Shape[0]), mode);
        var one = Reshape(picked, Shape.Of([.. Enumerable.Repeat(Dim.One, rank + 1 - indices.Rank), .. indices.Shape]));
        var common = Broadcasting.Common("choose", [one, padded[..1]]);
        return TakeAlongAxis(Broadcasting.To(padded, common.With(0, padded.Shape[0])), Broadcasting.To(one, common), 0)[0];
    }

    /// <summary>The identity, through which no derivative flows. (Theano: <c>disconnected_grad</c>.)</summary>
    public static Expr StopGradient(Expr x) => new StopGradient().On(x);
}

public abstract partial class Expr
{
    /// <summary><see cref="T.Transpose"/>.</summary>
    public Expr Transpose(params ReadOnlySpan<int> axes) => T.Transpose(this, axes);

    /// <summary><see cref="T.Reshape(Expr, ReadOnlySpan{Dim})"/>.</summary>
    public Expr Reshape(params ReadOnlySpan<Dim> shape) => T.Reshape(this, shape);

    /// <summary>The size of axis 0 as an int64 scalar.</summary>
    public Expr Length => Size(0);

    /// <summary>The size of an axis as an int64 scalar.</summary>
    public Expr Size(int axis) => T.Size(Shape[Axis(axis, "size")]);

    /// <summary>x with another value at an index; nothing is mutated. Of values for a place that is named twice the last counts. (Theano: <c>set_subtensor</c>.)</summary>
    public Expr With(AxisIndex[] index, Expr value) => Assignment.Set(this, index, value);

    /// <summary>x with a value added at an index; places named twice receive both. (Theano: <c>inc_subtensor</c>.)</summary>
    public Expr Add(AxisIndex[] index, Expr value) => Assignment.Add(this, index, value);
}
