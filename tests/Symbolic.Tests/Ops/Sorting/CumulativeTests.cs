namespace DeepSym.Tests.Ops.Sorting;

/// <summary>Cumulative sums and products, and the recurrence behind them: NumPy's values, derivatives, edges.</summary>
public sealed class CumulativeTests
{
    private static readonly Variable s_x = T.DMatrix("x"), s_a = T.DMatrix("a");
    private static readonly Tensor s_values = Tensor.From<double>([1, -2, 3, 0.5, 4, -1], 2, 3);

    [Fact]
    public void Sums_and_products_run_along_an_axis_or_over_everything()
    {
        var x = T.Constant(s_values);
        Assert.Equal([1, -1, 2, 0.5, 4.5, 3.5], Numerically.Agreed(T.CumSum(x, 1)).ToArray<double>());
        Assert.Equal([1, -2, 3, 1.5, 2, 2], Numerically.Agreed(T.CumSum(x, 0)).ToArray<double>());
        Assert.Equal([1, -1, 2, 2.5, 6.5, 5.5], Numerically.Agreed(T.CumSum(x)).ToArray<double>());
        Assert.Equal([1, -2, -6, 0.5, 2, -2], Numerically.Agreed(T.CumProd(x, -1)).ToArray<double>());
    }

    [Fact]
    public void The_last_sum_is_the_sum_and_differences_lead_back()
    {
        var x = T.Constant(Numerically.Draw(1, 3, 5));
        Numerically.Close(Numerically.Value(T.Sum(x, 1)), Numerically.Agreed(T.CumSum(x, 1)[.., -1]));
        Numerically.Close(Numerically.Value(x[.., 1..]), Numerically.Agreed(T.Diff(T.CumSum(x, 1))));
        Numerically.Close(Numerically.Value(T.Prod(x, 0)), Numerically.Agreed(T.CumProd(x, 0)[-1]));
    }

    [Fact]
    public void Integers_stay_integers_and_truth_values_are_counted()
    {
        Assert.Equal([3, 5, 4], Numerically.Agreed(T.CumSum(T.Constant(Tensor.From([3, 2, -1])))).ToArray<int>());
        Assert.Equal([3, 6, -6], Numerically.Agreed(T.CumProd(T.Constant(Tensor.From([3L, 2, -1])))).ToArray<long>());
        Assert.Equal([1, 1, 2], Numerically.Agreed(T.CumSum(T.Constant(Tensor.From([true, false, true])))).ToArray<long>());
    }

    [Fact]
    public void Sums_of_float32_are_carried_in_float64() =>
        Assert.Equal([1e8f, 100000001, 1], Numerically.Agreed(T.CumSum(T.Constant(Tensor.From([1e8f, 1, -1e8f])))).ToArray<float>());

    [Fact]
    public void Derivatives_equal_differences_also_where_there_are_zeros()
    {
        var zeros = Tensor.From<double>([2, 0, 3, 0, 0, -1], 2, 3);
        Numerically.CheckGradient(Numerically.Weighted(T.CumSum(T.Sin(s_x), 1)), twice: true, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.CumProd(s_x, 1)), twice: true, (s_x, s_values));
        Numerically.CheckGradient(Numerically.Weighted(T.CumProd(s_x, 1)), twice: true, (s_x, zeros));
        Numerically.CheckGradient(Numerically.Weighted(T.CumProd(s_x)), twice: false, (s_x, zeros));
        Numerically.CheckGradient(Numerically.Weighted(new Recurrence(0, IsReversed: true).On(s_x, s_a)), twice: true, (s_x, s_values), (s_a, Numerically.Draw(3, 2, 3)));
    }

    [Fact]
    public void Empty_and_single_axes_are_fine()
    {
        foreach (var length in new[] { 0, 1 })
        {
            var x = T.DVector("x");
            var value = Tensor.Ones<double>(length);
            Numerically.Close(value, Numerically.Agreed(T.CumProd(x), (x, value)));
            Numerically.Close(value, Numerically.Agreed(T.Grad(T.Sum(T.CumProd(x) + T.CumSum(x)) / 2, x), (x, value)));
        }
    }

    [Fact]
    public void An_axis_that_is_not_there_is_named() =>
        Assert.Equal("cumsum(x: float64[x.0,x.1]): axis 2 is out of range: it must be from -2 to 1.", Assert.Throws<ShapeException>(() => T.CumSum(s_x, 2)).Message);
}
