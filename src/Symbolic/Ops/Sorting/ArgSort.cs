namespace DeepSym;

/// <summary>
/// The order that sorts along <paramref name="Axis"/>, as int64: stable, so equal elements keep their order; NaN counts as the largest.
/// </summary>
public sealed record ArgSort(int Axis, bool IsDescending = false) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "argsort";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards) => new(DType.Int64, inputs[0].Shape);

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        if (inputs[0].DType.IsFloating()) Sort(inputs[0].To(DType.Float64).AsSpan<double>(), output);
        else Sort(inputs[0].To(DType.Int64).AsSpan<long>(), output);
    }

    void Sort<TKey>(ReadOnlySpan<TKey> x, Tensor output) where TKey : unmanaged, System.Numerics.INumber<TKey>
    {
        var (outer, count, inner) = ArgReduce.Split(output.Shape, Axis);
        var order = output.AsSpan<long>();
        var row = new (TKey Key, long Index)[count];
        for (var o = 0; o < outer; o++)
            for (var i = 0; i < inner; i++)
            {
                for (var k = 0; k < count; k++) row[k] = (x[(o * count + k) * inner + i], k);
                row.AsSpan().Sort(IsDescending ? static (a, b) => Compare(b.Key, a.Key, a.Index, b.Index) : static (a, b) => Compare(a.Key, b.Key, a.Index, b.Index));
                for (var k = 0; k < count; k++) order[(o * count + k) * inner + i] = row[k].Index;
            }
    }

    static int Compare<TKey>(TKey left, TKey right, long first, long second) where TKey : System.Numerics.INumber<TKey>
    {
        var byKey = TKey.IsNaN(left) || TKey.IsNaN(right) ? TKey.IsNaN(left).CompareTo(TKey.IsNaN(right)) : left < right ? -1 : left > right ? 1 : 0;
        return byKey != 0 ? byKey : first.CompareTo(second);
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([3, 4], [DType.Float32, DType.Float64, DType.Int32, DType.Int64, DType.Bool]).SelectMany(x => new[]
    {
        new ArgSort(1).On(x), new ArgSort(0, IsDescending: true).On(x),
    });

    /// <inheritdoc/>
    protected override string Text => $"argsort[{Axis}]{(IsDescending ? " descending" : "")}";
}

public static partial class T
{
    /// <summary>The indices that sort x along an axis (of the flattened x when it is null), as int64; equal elements keep their order, NaN comes last.</summary>
    public static Expr ArgSort(Expr x, int? axis = -1, bool descending = false)
    {
        var (from, own) = AlongOne("argsort", x, axis);
        return new ArgSort(own, descending).On(from);
    }

    /// <summary>x in ascending order along an axis (flattened when it is null), NaN last. The gradient goes back to where each element came from.</summary>
    public static Expr Sort(Expr x, int? axis = -1, bool descending = false)
    {
        var (from, own) = AlongOne("sort", x, axis);
        return Cast(TakeAlongAxis(from, new ArgSort(own, descending).On(from), own), x.DType);
    }

    /// <summary>
    /// The <paramref name="k"/> largest elements along an axis, the largest first; with a negative k the <c>-k</c> smallest, the smallest first.
    /// The gradient goes to the elements chosen.
    /// </summary>
    /// <exception cref="ShapeException">The axis is known to have fewer elements, or k is 0.</exception>
    public static Expr TopK(Expr x, int k, int axis = -1) => TakeAlongAxis(x, ArgTopK(x, k, axis), axis);

    /// <summary>The indices of <see cref="TopK"/>, as int64.</summary>
    /// <exception cref="ShapeException">The axis is known to have fewer elements, or k is 0.</exception>
    public static Expr ArgTopK(Expr x, int k, int axis = -1)
    {
        var (from, own) = AlongOne("topk", x, axis);
        var size = from.Shape[own];
        if (k == 0 || size.IsStatic && size.Constant < Math.Abs((long)k))
            throw new ShapeException($"topk({x.Describe()}, {k}): k must be from 1 to {size} in absolute value.");
        var order = Part(new ArgSort(own, IsDescending: k > 0).On(from), own, 0, Dim.Min(size, Math.Abs(k)));
        return SpecifyShape(order, order.Shape.With(own, Math.Abs(k)).Dims.AsSpan());
    }

    /// <summary>
    /// Along an axis the elements that <paramref name="indices"/> names: <c>y[i,j] = x[i, indices[i,j]]</c> for axis 1 of a matrix. The other sizes are those of x.
    /// </summary>
    /// <exception cref="ShapeException">The ranks differ.</exception>
    public static Expr TakeAlongAxis(Expr x, Expr indices, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        var own = x.Axis(axis, "take_along_axis");
        if (x.Rank != indices.Rank) throw new ShapeException($"take_along_axis({x.Describe()}, {indices.Describe()}): the ranks must agree.");
        var axes = Enumerable.Range(0, x.Rank);
        return new Gather(axes.ToEquatable(), 0).On([x, .. axes.Select(a => a == own ? indices : new Iota(indices.Shape, a).On())]);
    }
}
