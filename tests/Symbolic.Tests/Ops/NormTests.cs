namespace DeepSym.Tests.Ops;

/// <summary>Norms of all elements, and conditions over axes.</summary>
public sealed class NormTests
{
    private static readonly Variable s_x = T.DMatrix("x");
    private static readonly Tensor s_values = Tensor.From<double>([3, -4, 0, 1, -1, 2], 2, 3);

    [Theory]
    [InlineData(1, 7, 4), InlineData(2, 5, 2.449489742783178), InlineData(0, 2, 3), InlineData(3, 4.497941445275415, 2.154434690031884)]
    [InlineData(double.PositiveInfinity, 4, 2), InlineData(double.NegativeInfinity, 0, 1), InlineData(-1, 0, 0.4)]
    public void Norms_are_roots_of_sums_of_powers(double p, double first, double second)
    {
        Numerically.Close(Tensor.From([first, second]), Numerically.Agreed(T.Norm(s_x, p, [1]), (s_x, s_values)));
        Assert.Equal([1, 1], Numerically.Value(T.Norm(s_x, p, keepDims: true), (s_x, s_values)).Shape.ToArray());
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(2.5)]
    public void Derivatives_equal_differences(double p) =>
        Numerically.CheckGradient(Numerically.Weighted(T.Norm(s_x, p, [0])), twice: p > 1, (s_x, Numerically.Draw(4, 3, 2)));

    [Fact]
    public void A_zero_among_the_elements_gives_no_NaN() =>
        Numerically.CheckGradient(T.Norm(s_x, 3), twice: false, (s_x, s_values));

    [Fact]
    public void Conditions_over_axes_can_keep_them()
    {
        var isPositive = s_x > 0;
        Assert.Equal([true, true], Numerically.Agreed(T.Any(isPositive, [1], keepDims: true), (s_x, s_values)).ToArray<bool>());
        Assert.Equal([2, 1], Numerically.Agreed(T.All(isPositive, [1], keepDims: true), (s_x, s_values)).Shape.ToArray());
        Assert.Equal([true, false, false], Numerically.Agreed(T.All(isPositive, 0), (s_x, s_values)).ToArray<bool>());
    }
}
