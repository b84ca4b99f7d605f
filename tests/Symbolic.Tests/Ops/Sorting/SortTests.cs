using CsCheck;

namespace DeepSym.Tests.Ops.Sorting;

/// <summary>Sorting, the largest elements, searching, counting: laws on random data, NumPy's examples, derivatives.</summary>
public sealed class SortTests
{
    private static readonly Variable s_x = T.DMatrix("x"), s_v = T.DVector("v");
    private static readonly Variable s_n = T.LVector("n");
    private static readonly Tensor s_values = Tensor.From<double>([3, 1, 2, 5, 4, 6], 2, 3);
    private static readonly Function s_sorting = Function.Compile([s_v], [T.Sort(s_v), T.ArgSort(s_v), T.Sort(s_v, descending: true)]);
    private static readonly Function s_distinct = Distinct();

    [Fact]
    public void A_sorted_vector_ascends_and_has_the_same_elements() => Gen.Double[-2, 2].Select(d => Math.Round(d, 1)).Array[0, 30].Sample(values =>
    {
        var results = s_sorting.Invoke(Tensor.From(values));
        var expected = values.Order().ToArray();
        var order = results[1].ToArray<long>();
        Assert.Equal(expected, results[0].ToArray<double>());
        Assert.Equal(expected.Reverse(), results[2].ToArray<double>());
        Assert.Equal(expected, order.Select(i => values[i]));
        for (var i = 1; i < order.Length; i++) Assert.True(expected[i] != expected[i - 1] || order[i] > order[i - 1]);   // stable
    }, iter: 200);

    [Fact]
    public void Axes_and_flattening_are_those_of_NumPy()
    {
        var x = T.Constant(s_values);
        Assert.Equal([1, 2, 3, 4, 5, 6], Numerically.Agreed(T.Sort(x)).ToArray<double>());
        Assert.Equal([3, 1, 2, 5, 4, 6], Numerically.Agreed(T.Sort(x, 0)).ToArray<double>());
        Assert.Equal([6], Numerically.Agreed(T.Sort(x, null)).Shape.ToArray());
        Assert.Equal([1L, 2, 0, 1, 0, 2], Numerically.Agreed(T.ArgSort(x)).ToArray<long>());
    }

    [Fact]
    public void NaN_sorts_last_and_is_among_the_largest()
    {
        var x = T.Constant(Tensor.From([double.NaN, 1, double.PositiveInfinity, -1]));
        Assert.Equal([3L, 1, 2, 0], Numerically.Agreed(T.ArgSort(x)).ToArray<long>());
        Assert.Equal([double.NaN, double.PositiveInfinity], Numerically.Agreed(T.TopK(x, 2)).ToArray<double>());
    }

    [Fact]
    public void The_largest_come_first_and_with_a_negative_number_the_smallest()
    {
        var x = T.Constant(s_values);
        Assert.Equal([3.0, 2, 6, 5], Numerically.Agreed(T.TopK(x, 2)).ToArray<double>());
        Assert.Equal([0L, 2, 2, 0], Numerically.Agreed(T.ArgTopK(x, 2)).ToArray<long>());
        Assert.Equal([1.0, 2, 4, 5], Numerically.Agreed(T.TopK(x, -2)).ToArray<double>());
        Assert.Equal([5.0, 4, 6], Numerically.Agreed(T.TopK(x, 1, axis: 0)).ToArray<double>());
        Assert.Equal("topk(v: float64[2], 3): k must be from 1 to 2 in absolute value.", Assert.Throws<ShapeException>(() => T.TopK(T.DVector("v", 2), 3)).Message);
        Assert.Throws<ShapeException>(() => Numerically.Value(T.TopK(s_v, 3), (s_v, Tensor.From([1.0, 2]))));
        Assert.Throws<ShapeException>(() => Numerically.Compiled(T.TopK(s_v, 3), (s_v, Tensor.From([1.0, 2]))));
    }

    [Fact]
    public void Derivatives_go_back_to_where_elements_came_from()
    {
        Numerically.CheckGradient(Numerically.Weighted(T.Sqr(T.Sort(s_x))), twice: true, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.Sort(s_x, null)), twice: false, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.TopK(s_x, 2, 0)), twice: false, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.TopK(s_x, -1)), twice: false, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.Diff(T.Sqr(s_x), 2)), twice: false, (s_x, s_values));
    }

    [Fact]
    public void Distinct_elements_their_places_and_counts_rebuild_the_tensor() => Gen.Long[-3, 3].Array[0, 20].Sample(values =>
    {
        var results = s_distinct.Invoke(Tensor.From(values)).Select(r => r.ToArray<long>()).ToArray();
        var expected = values.Distinct().Order().ToArray();
        Assert.Equal(expected, results[0]);
        Assert.Equal(expected.Select(v => (long)Array.IndexOf(values, v)), results[1]);
        Assert.Equal(values, results[2].Select(i => expected[i]));
        Assert.Equal(expected.Select(v => (long)values.Count(w => w == v)), results[3]);
    }, iter: 100);

    [Fact]
    public void Places_in_a_sorted_vector_are_before_or_after_equals()
    {
        var (sorted, values) = (T.Constant(Tensor.From([1.0, 2, 2, 4])), T.Constant(Tensor.From<double>([0, 2, 3, 9, 2, double.NaN], 2, 3)));
        Assert.Equal([0L, 1, 3, 4, 1, 4], Numerically.Agreed(T.SearchSorted(sorted, values)).ToArray<long>());
        Assert.Equal([0L, 3, 3, 4, 3, 4], Numerically.Agreed(T.SearchSorted(sorted, values, right: true)).ToArray<long>());
        Assert.Equal(2L, Numerically.Agreed(T.SearchSorted(T.Constant(Tensor.From([3, 1, 2])), 2.5, sorter: T.Constant(Tensor.From([1L, 2, 0])))).ToScalar<long>());
    }

    [Fact]
    public void Numbers_are_counted_or_their_weights_summed()
    {
        var n = Tensor.From([1L, 3, 1, 0]);
        Assert.Equal([1L, 2, 0, 1], Numerically.Agreed(T.BinCount(s_n), (s_n, n)).ToArray<long>());
        Assert.Equal([4, 3.5, 0, 2], Numerically.Agreed(T.BinCount(s_n, s_v), (s_n, n), (s_v, Tensor.From([0.5, 2, 3, 4]))).ToArray<double>());
        Assert.Equal([1L, 2, 0, 1, 0, 0], Numerically.Agreed(T.BinCount(s_n, minLength: 6), (s_n, n)).ToArray<long>());
        Assert.Empty(Numerically.Agreed(T.BinCount(s_n), (s_n, Tensor.Zeros<long>(0))).ToArray<long>());
        Numerically.CheckGradient(Numerically.Weighted(T.BinCount(s_n, T.Sqr(s_v), 4)), twice: false, (s_n, n), (s_v, Tensor.From([0.5, 2, 3, 4])));
        Assert.Throws<AssertionFailedException>(() => Numerically.Compiled(T.BinCount(s_n), (s_n, Tensor.From([1L, -1]))));
    }

    [Fact]
    public void Differences_are_of_neighbours()
    {
        Assert.Equal([-2.0, 1, -1, 2], Numerically.Agreed(T.Diff(T.Constant(s_values))).ToArray<double>());
        Assert.Equal([2.0, 3, 4], Numerically.Agreed(T.Diff(T.Constant(s_values), axis: 0)).ToArray<double>());
        Assert.Equal([3.0, 3], Numerically.Agreed(T.Diff(T.Constant(s_values), n: 2)).ToArray<double>());
        Assert.Equal([true, false], Numerically.Agreed(T.Diff(T.Constant(Tensor.From([true, false, false])))).ToArray<bool>());
        Assert.Equal([2, 0], Numerically.Agreed(T.Diff(s_x, n: 5), (s_x, s_values)).Shape.ToArray());
    }

    private static Function Distinct()
    {
        var distinct = T.Unique(s_n);
        return Function.Compile([s_n], [distinct.Values, distinct.Index, distinct.Inverse, distinct.Counts]);
    }
}
