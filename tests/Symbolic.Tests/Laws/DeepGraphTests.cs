namespace DeepSym.Tests.Laws;

/// <summary>Graphs a hundred thousand nodes deep: nothing recurses over them.</summary>
public sealed class DeepGraphTests
{
    const int Depth = 100_000;

    [Fact]
    public void A_deep_chain_builds_differentiates_compiles_runs_and_prints()
    {
        var x = T.DScalar("x");
        Expr y = x;
        for (var i = 0; i < Depth / 2; i++) y = (y + 1e-9) * 0.999999;
        var f = Function.Compile([x], [y, T.Grad(y, x)]);
        var values = f.Invoke(1.0);
        var (expected, slope) = (1.0, 1.0);
        for (var i = 0; i < Depth / 2; i++) (expected, slope) = ((expected + 1e-9) * 0.999999, slope * 0.999999);
        Assert.Equal(expected, values[0].ToScalar<double>(), 10);
        Assert.Equal(slope, values[1].ToScalar<double>(), 10);
        Assert.NotEmpty(y.ToString());
    }
}
