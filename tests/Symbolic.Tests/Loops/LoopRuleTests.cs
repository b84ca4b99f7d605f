using DeepSym.Rewriting;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Loops;

/// <summary>What is left of loops after rewriting.</summary>
public sealed class LoopRuleTests
{
    [Fact]
    public void One_step_is_no_loop()
    {
        var s = T.DVector("s");
        Assert.Empty(LoopsOf(T.Scan(a => T.Sin(a[0]), outputs: [s], steps: 1).Output));
    }

    [Fact]
    public void A_function_of_each_row_is_no_loop()
    {
        var (x, w) = (T.DMatrix("x"), T.DMatrix("w"));
        Assert.Empty(LoopsOf(T.Map(row => T.Softmax(T.Dot(row, w) + T.Max(row)), x)));
    }

    [Theory]
    [InlineData("solve"), InlineData("sort"), InlineData("cumulative"), InlineData("place"), InlineData("pick"), InlineData("pick between"), InlineData("pick from all")]
    public void What_is_done_with_each_element_is_done_with_all_at_once(string what)
    {
        var (x, i) = (T.Tensor3("x", null, 3, 3, DType.Float64), T.LMatrix("i", null, 2));
        var output = T.Scan(a => what switch
        {
            "solve" => T.MatrixInverse(T.Dot(a[0], a[0].Transpose()) + 9 * T.Eye(3, 3, 0, DType.Float64)),
            "sort" => T.Sort(a[0], 0),
            "cumulative" => T.CumSum(a[0], 1),
            "place" => T.ArgMax(a[0], 0) + T.ArgMin(a[0]),
            "pick" => a[0][a[1]] * 2,
            "pick between" => a[0][.., a[1]] * 2,
            _ => a[0][a[1], a[1] + 0 * a[1][0]] + x[a[1], 0, 1],
        }, [x, i]).Output;
        Assert.Empty(LoopsOf(output));
        Numerically.Agreed(output, (x, Numerically.Draw(1, 4, 3, 3)), (i, Tensor.From<long>([0, 1, 2, 0, 1, 1, 0, 2], 4, 2)));
    }

    [Fact]
    public void What_does_not_change_is_computed_before_the_loop()
    {
        var (h, w) = (T.DVector("h", 3), T.DMatrix("w", 3, 3));
        var loop = Assert.Single(LoopsOf(T.Scan(a => T.Tanh(T.Dot(a[0], T.Exp(w))), outputs: [h], steps: 9).Output));
        Assert.DoesNotContain(Traversal.Topological(loop.Body.Results), e => e.Op is Map { Function.Name: "exp" });
    }

    [Fact]
    public void A_recurrent_network_keeps_one_product_a_step_in_each_direction()
    {
        var (x, h, w, u) = (T.DTensor3("x"), T.DMatrix("h", 2, 3), T.DMatrix("w", 4, 3), T.DMatrix("u", 3, 3));
        var cost = T.Sum(T.Scan(a => T.Tanh(T.Dot(a[0], w) + T.Dot(a[1], u)), [x], [h]).Output);
        var loops = LoopsOf([cost, .. T.Grad(cost, x, h, w, u)]);
        Assert.Equal(2, loops.Count);
        Assert.All(loops, loop => Assert.Single(Traversal.Topological(loop.Body.Results), e => e.Op is Contract));
        Assert.All(loops, loop => Assert.Equal(1, loop.Carries));
    }

    [Fact]
    public void A_loop_of_which_only_the_end_is_asked_keeps_no_rows()
    {
        var h = T.DVector("h", 3);
        var roots = Rewritten([T.Scan(a => T.Sin(a[0]), outputs: [h], steps: 9).Output[-1]]);
        Assert.All(Traversal.Topological(roots).Where(e => e.Op is Project), e => Assert.Equal(0, ((Project)e.Op!).Index));
    }

    [Fact]
    public void Loops_side_by_side_over_one_sequence_are_one()
    {
        var (x, h) = (T.DMatrix("x", null, 3), T.DVector("h", 3));
        var first = T.Scan(a => T.Sin(a[0] + a[1]), [x], [h]).Output;
        var second = T.Scan(a => T.Cos(a[0] * a[1]), [x], [h]).Output;
        Assert.Single(LoopsOf(first, second));
        Numerically.Agreed(T.Sum(first) + T.Sum(second * second), (x, Numerically.Draw(1, 5, 3)), (h, Numerically.Draw(2, 3)));
    }

    [Fact]
    public void Strict_numerics_leave_products_where_they_are()
    {
        var (x, h, w) = (T.DMatrix("x", null, 3), T.DVector("h", 3), T.DMatrix("w", 3, 3));
        var output = T.Scan(a => T.Dot(a[0], w) + a[1], [x], [h]).Output;
        var loop = Assert.Single(Traversal.Topological(DeepSym.Rewriting.Loops.Apply([output], Numerics.Strict)), e => e.Op is Scan);
        Assert.Contains(Traversal.Topological(((Scan)loop.Op!).Body.Results), e => e.Op is Contract);
    }

    static IReadOnlyList<Expr> Rewritten(params IReadOnlyList<Expr> roots) =>
        DeepSym.Rewriting.Loops.Apply(Rewriter.Apply(roots, Tables.Simplify, Numerics.Default), Numerics.Default);

    static List<Scan> LoopsOf(params IReadOnlyList<Expr> roots) => [.. Traversal.Topological(Rewritten(roots)).Where(e => e.Op is Scan).Select(e => (Scan)e.Op!)];
}
