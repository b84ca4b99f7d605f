using System.Collections.Immutable;

namespace DeepSym;

/// <summary>How a reduction combines elements: associative, commutative, with a neutral element.</summary>
public enum Monoid
{
    /// <summary>The sum; of float32 kept in float64, or compensated, and rounded once.</summary>
    Sum,

    /// <summary>The product.</summary>
    Product,

    /// <summary>The largest; NaN if one is NaN.</summary>
    Max,

    /// <summary>The smallest; NaN if one is NaN.</summary>
    Min,

    /// <summary>Whether all hold.</summary>
    All,

    /// <summary>Whether any holds.</summary>
    Any,
}

/// <summary>The elements along <paramref name="Axes"/> combined; those axes vanish.</summary>
public sealed record Reduce(Monoid Monoid, EquatableArray<int> Axes) : Op
{
    /// <inheritdoc/>
    public override string Name => Monoid.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public override Linearity Linearity => Monoid == Monoid.Sum ? Linearity.Joint : Linearity.None;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var x = inputs[0];
        if (Monoid is Monoid.All or Monoid.Any != (x.DType == DType.Bool))
            throw new DTypeException($"{Name}({x.Describe()}): {(x.DType == DType.Bool ? "cast truth values first" : "the elements must be bool")}.");
        if (Monoid is Monoid.Max or Monoid.Min)
            foreach (var axis in Axes)
                guards.AtLeast(x.Shape[axis], 1, () => $"{Name}({x.Describe()}): axis {axis} is empty, and there is no {Name} of nothing. Join it with a number to fall back on, or let the size be 1 or more.");
        return x.Type with { Shape = Shape.Of(x.Shape.Where((_, axis) => !Axes.Contains(axis))) };
    }

    /// <summary>The output put back into the rank of the input, each reduced axis repeated.</summary>
    static Expr Spread(Expr reduced, Expr input, EquatableArray<int> axes) =>
        new BroadcastTo(input.Shape, Enumerable.Range(0, input.Rank).Where(a => !axes.Contains(a)).ToEquatable()).On(reduced);

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) =>
        [Spread(cotangent, inputs[0], Axes)];

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents[0] is not { } tangent) return null;
        var x = inputs[0];
        return Monoid switch
        {
            Monoid.Sum => On(tangent),
            Monoid.Max or Monoid.Min => T.SumKeepingType(T.Switch(T.Eq(x, Spread(output, x, Axes)), tangent, 0), Axes),
            Monoid.Product => T.SumKeepingType(tangent * ProductOfOthers(x, output), Axes),
            _ => null,
        };
    }

    // Right with any number of zeros: with one zero only its own derivative is not zero, with more none is.
    Expr ProductOfOthers(Expr x, Expr product)
    {
        var isZero = T.Eq(x, 0);
        var zeros = Spread(T.SumKeepingType(T.Cast(isZero, DType.Int64), Axes), x, Axes);
        var others = Spread(new Reduce(Monoid.Product, Axes).On(T.Switch(isZero, 1, x)), x, Axes);
        return T.Switch(T.Eq(zeros, 0), Spread(product, x, Axes) / T.Switch(isZero, 1, x), T.Switch(T.Eq(zeros, 1) & isZero, others, 0));
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 4], Monoid is Monoid.All or Monoid.Any ? [DType.Bool] : null).SelectMany(x => new[]
    {
        new Reduce(Monoid, [0]).On(x), new Reduce(Monoid, [1]).On(x), new Reduce(Monoid, [0, 1]).On(x),
    });

    /// <inheritdoc/>
    protected override string Text => $"{Name}{Axes}";
}

/// <summary>The index of the largest (or smallest) element along <paramref name="Axis"/>, as int64: the first of equals, and of the first NaN.</summary>
public sealed record ArgReduce(bool IsMax, int Axis) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => IsMax ? "argmax" : "argmin";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var x = inputs[0];
        guards.AtLeast(x.Shape[Axis], 1, () => $"{Name}({x.Describe()}): axis {Axis} is empty, and there is no {Name} of nothing. Let the size be 1 or more.");
        return new TensorType(DType.Int64, x.Shape.Without(Axis));
    }

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        switch (inputs[0].DType)
        {
            case DType.Float32: Search<float>(inputs[0], output); break;
            case DType.Float64: Search<double>(inputs[0], output); break;
            case DType.Int32: Search<int>(inputs[0], output); break;
            case DType.Int64: Search<long>(inputs[0], output); break;
            default: Search<byte>(inputs[0], output); break;
        }
    }

    void Search<TElement>(Tensor input, Tensor output) where TElement : unmanaged, System.Numerics.INumber<TElement>
    {
        var (outer, count, inner) = Split(input.Shape, Axis);
        var x = input.AsRaw<TElement>();
        var y = output.AsSpan<long>();
        for (var o = 0; o < outer; o++)
            for (var i = 0; i < inner; i++)
            {
                var best = 0;
                var value = x[o * count * inner + i];
                for (var k = 1; k < count && !TElement.IsNaN(value); k++)
                {
                    var next = x[(o * count + k) * inner + i];
                    if (!(IsMax ? next > value : next < value) && !TElement.IsNaN(next)) continue;
                    (best, value) = (k, next);
                }
                y[o * inner + i] = best;
            }
    }

    // The numbers of elements before, along and after an axis.
    internal static (int Outer, int Count, int Inner) Split(ReadOnlySpan<int> shape, int axis)
    {
        var (outer, inner) = (1, 1);
        for (var i = 0; i < axis; i++) outer *= shape[i];
        for (var i = axis + 1; i < shape.Length; i++) inner *= shape[i];
        return (outer, shape[axis], inner);
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 4], [DType.Float32, DType.Float64, DType.Int32, DType.Int64, DType.Bool]).SelectMany(x => new[] { new ArgReduce(IsMax, 0).On(x), new ArgReduce(IsMax, 1).On(x) });

    /// <inheritdoc/>
    protected override string Text => $"{Name}[{Axis}]";
}

/// <summary>The transpose of <see cref="Windows"/>: the sum over all windows that cover a point.</summary>
public sealed record Fold(Windows Windows, Shape Target) : Op
{
    /// <inheritdoc/>
    public override string Name => "fold";

    /// <inheritdoc/>
    public override Linearity Linearity => Linearity.Joint;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => inputs[0].Type with { Shape = Target };

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Transpose(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted) => [Windows.On(cotangent)];

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 3]).Select(x => new Fold(new Windows([1], [3], [2], [1]), [2, 7]).On(x));

    /// <inheritdoc/>
    protected override string Text => $"fold({Windows})->{Target}";
}
