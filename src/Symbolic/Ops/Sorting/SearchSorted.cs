namespace DeepSym;

/// <summary>
/// Where the elements of the second input would have to be put into the first, a sorted vector, so that it stays sorted, as int64: before equal
/// elements, or after them with <paramref name="IsRight"/>.
/// </summary>
public sealed record SearchSorted(bool IsRight) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "searchsorted";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        if (inputs[0].Rank != 1) throw new ShapeException($"searchsorted({inputs[0].Describe()}, {inputs[1].Describe()}): what is searched must be a vector.");
        if (inputs[0].DType != inputs[1].DType) throw new DTypeException($"searchsorted({inputs[0].Describe()}, {inputs[1].Describe()}): the dtypes must agree.");
        return new TensorType(DType.Int64, inputs[1].Shape);
    }

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        if (inputs[0].DType.IsFloating()) Search<double>(inputs[0].To(DType.Float64), inputs[1].To(DType.Float64), output);
        else Search<long>(inputs[0].To(DType.Int64), inputs[1].To(DType.Int64), output);
    }

    void Search<TKey>(Tensor sorted, Tensor values, Tensor output) where TKey : unmanaged, System.Numerics.INumber<TKey>
    {
        var keys = sorted.AsSpan<TKey>();
        var wanted = values.AsSpan<TKey>();
        var places = output.AsSpan<long>();
        for (var i = 0; i < wanted.Length; i++)
        {
            var (low, high) = (0, keys.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (IsBefore(keys[middle], wanted[i])) low = middle + 1;
                else high = middle;
            }
            places[i] = low;
        }
    }

    // NaN is the largest.
    bool IsBefore<TKey>(TKey key, TKey value) where TKey : System.Numerics.INumber<TKey> =>
        TKey.IsNaN(value) ? IsRight || !TKey.IsNaN(key) : IsRight ? key <= value : key < value;

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([4]).SelectMany(x => new[] { new SearchSorted(false).On(T.Sort(x), T.Sin(x)), new SearchSorted(true).On(T.Sort(x), x) });

    /// <inheritdoc/>
    protected override string Text => IsRight ? "searchsorted right" : "searchsorted";
}

public static partial class T
{
    /// <summary>
    /// For each value the index at which it keeps a sorted vector sorted, as int64: before equal elements, or after them with <paramref name="right"/>.
    /// <paramref name="sorter"/> is the order that sorts the vector where it is not sorted.
    /// </summary>
    /// <exception cref="ShapeException">What is searched is no vector.</exception>
    public static Expr SearchSorted(Expr sorted, Expr values, bool right = false, Expr? sorter = null)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        ArgumentNullException.ThrowIfNull(values);
        var dtype = Promotion.Common(sorted, values);
        var ordered = sorter is null ? sorted : Take(sorted, sorter);
        return new SearchSorted(right).On(Cast(ordered, dtype), Cast(values, dtype));
    }
}
