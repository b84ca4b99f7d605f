namespace DeepSym.Tests.Compilation;

/// <summary>What a function says of its rewriting.</summary>
public sealed class RewriteReportTests
{
    [Fact]
    public void A_function_says_which_rules_fired_and_how_often()
    {
        var (x, y) = (T.DVector("x"), T.DVector("y"));
        var report = Function.Compile([x, y], T.Log(1 + T.Exp(x)) + T.Log(1 + T.Exp(y))).Rewrites;
        Assert.Equal(("log of one plus exp", 2), (report.Rules[0].Rule, report.Rules[0].Count));
        Assert.True(report.NodesAfter < report.NodesBefore, report.ToString());
        Assert.All(report.Rules, rule => Assert.True(rule.Count > 0 && rule.Time > TimeSpan.Zero));
        Assert.True(report.Time >= report.Rules.Aggregate(TimeSpan.Zero, (sum, rule) => sum + rule.Time));
        Assert.Contains("      2 ", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("  log of one plus exp", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_that_fire_in_loops_and_for_loops_are_counted()
    {
        var x = T.DVector("x");
        var (last, _) = T.Scan([T.Constant(Tensor.Scalar(0.5))], [x], (carry, xs) => ([T.Tanh(carry[0]) * xs[0] + carry[0] * 1], []));
        var report = Function.Compile([x], last[0]).Rewrites;
        Assert.Contains(report.Rules, rule => rule.Rule == "times one");
        Assert.Contains(report.Rules, rule => rule.Rule == "the body is simplified, and what does not change is computed before");
    }

    [Fact]
    public void The_interpreter_rewrites_nothing()
    {
        var x = T.DVector("x");
        var report = Function.Compile([x], T.Log(T.Exp(x)), options: new CompileOptions { Backend = Backend.Interpreter }).Rewrites;
        Assert.Empty(report.Rules);
        Assert.Equal(report.NodesBefore, report.NodesAfter);
        Assert.Equal(3, report.NodesAfter);
    }
}
