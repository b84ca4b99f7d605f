namespace DeepSym.Tests.Rewriting;

/// <summary>Rewrites of the user's own, and the compiler's as a verb.</summary>
public sealed class OwnRewriteTests
{
    static readonly Variable s_x = T.DScalar("x"), s_y = T.DScalar("y"), s_m = T.DMatrix("m"), s_v = T.DVector("v");

    [Fact]
    public void A_pattern_is_replaced_wherever_it_stands()
    {
        var product = Rewrite.Of("log of a product", T.Log(s_x * s_y), T.Log(s_x) + T.Log(s_y));
        Assert.Same(T.Log(s_m) + (T.Log(s_v) + T.Log(s_m)), T.Rewrite(T.Log(s_m * (s_v * s_m)), product));
        Assert.Same(T.Log(s_m + s_v), T.Rewrite(T.Log(s_m + s_v), product));
    }

    [Fact]
    public void A_function_rewrites_the_nodes_of_an_op()
    {
        var trace = Rewrite.Of<Reduce>("sum of a transpose", sum => sum.Inputs[0].Op is Transpose && sum.Rank == 0 ? T.Sum(sum.Inputs[0].Inputs[0]) : null);
        Assert.Same(T.Sum(s_m) * 2, T.Rewrite(T.Sum(s_m.Transpose()) * 2, trace));
    }

    [Fact]
    public void What_is_no_rewrite_is_refused()
    {
        Assert.Equal("The left side of 'sum' is sum[0](v): float64; it must be an elementwise function. For other ops use Rewrite.Of<TOp>. (Parameter 'left')",
            Assert.Throws<ArgumentException>(() => Rewrite.Of("sum", T.Sum(s_v), s_x)).Message);
        Assert.Equal("'vector' has v: float64[v.0] in it; its sides are elementwise functions of scalar variables and literals. (Parameter 'left')",
            Assert.Throws<ArgumentException>(() => Rewrite.Of("vector", T.Exp(s_v), s_x)).Message);
        Assert.Equal("The right side of 'from nowhere' has a variable 'y' that the left one has not. (Parameter 'right')",
            Assert.Throws<ArgumentException>(() => Rewrite.Of("from nowhere", T.Exp(s_x), s_y + 1)).Message);
        var (there, back) = (Rewrite.Of("there", T.Sin(s_x), T.Cos(s_x)), Rewrite.Of("back", T.Cos(s_x), T.Sin(s_x)));
        Assert.Contains("the rules 'back' and 'there' follow each other", Assert.Throws<CompileException>(() => T.Rewrite(T.Exp(T.Sin(s_m)), there, back)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rewrites_of_the_compiler_are_a_verb()
    {
        Assert.Equal("softplus(v)", T.Simplify(T.Log(1 + T.Exp(s_v))).ToString());
        Assert.Same(s_v, T.Simplify(T.Map(row => row * 1, s_v)));
        Assert.NotSame(s_v, T.Simplify(s_v + 0, Numerics.Strict));
    }
}
