namespace DeepSym.Tests.Ops;

/// <summary>Whether conditions hold for all or any elements along axes.</summary>
public sealed class ConditionTests
{
    private static readonly Variable s_x = T.DMatrix("x");
    private static readonly Tensor s_values = Tensor.From<double>([3, -4, 0, 1, -1, 2], 2, 3);

    [Fact]
    public void Conditions_over_axes_can_keep_them()
    {
        var isPositive = s_x > 0;
        Assert.Equal([true, true], Numerically.Agreed(T.Any(isPositive, [1], keepDims: true), (s_x, s_values)).ToArray<bool>());
        Assert.Equal([2, 1], Numerically.Agreed(T.All(isPositive, [1], keepDims: true), (s_x, s_values)).Shape.ToArray());
        Assert.Equal([true, false, false], Numerically.Agreed(T.All(isPositive, 0), (s_x, s_values)).ToArray<bool>());
    }
}
