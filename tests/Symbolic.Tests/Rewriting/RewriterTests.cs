using DeepSym.Rewriting;
using static DeepSym.Rewriting.Hole;

namespace DeepSym.Tests.Rewriting;

/// <summary>The engine: it reaches a fixpoint, stops rules that chase each other, keeps names, looks into no barrier, and tells what it did.</summary>
public sealed class RewriterTests
{
    static readonly Variable s_x = T.DMatrix("x", 3, 4), s_y = T.DVector("y", 4);

    [Fact]
    public void Rewriting_reaches_a_fixpoint()
    {
        foreach (var root in Programs())
            foreach (var table in new[] { Tables.Stabilize, Tables.Simplify })
            {
                var once = Rewriter.Apply([root], table, Numerics.Fast)[0];
                Assert.Same(once, Rewriter.Apply([once], table, Numerics.Fast)[0]);
            }
    }

    // The samples of all rules, and sums of pairs of them: what one rule makes, another may take up.
    static IEnumerable<Expr> Programs()
    {
        var samples = Tables.All.SelectMany(table => table.Rules).SelectMany(rule => rule.Samples(DType.Float64)).ToArray();
        foreach (var sample in samples) yield return sample;
        for (var i = 0; i < samples.Length; i++)
        {
            var (a, b) = (samples[i], samples[(i * 7 + 3) % samples.Length]);
            if (a.DType.IsFloating() && b.DType.IsFloating() && b.Rank > 0) yield return T.Sum(T.Log(1 + T.Exp(-a))) * T.Sum(b, [0]) - T.Sum(b / T.Sum(a));
        }
    }

    [Fact]
    public void Rules_that_undo_each_other_are_named()
    {
        RuleSet table =
        [
            new Equation("there", T.Sin(X), T.Cos(X), Promise.Exact),
            new Equation("back", T.Cos(X), T.Sin(X), Promise.Exact),
            new Equation("elsewhere", T.Exp(X), T.Log(X), Promise.Exact),
        ];
        var error = Assert.Throws<CompileException>(() => Rewriter.Apply([T.Exp(T.Sin(s_x) + 1)], table, Numerics.Default));
        Assert.Contains("the rules 'back' and 'there' follow each other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_that_only_grow_are_named()
    {
        var error = Assert.Throws<CompileException>(() => Rewriter.Apply([T.Sin(s_x)], [new Equation("grow", T.Sin(X), T.Sin(X + 1), Promise.Exact)], Numerics.Default));
        Assert.Contains("'grow'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_changes_the_type_is_named()
    {
        var error = Assert.Throws<CompileException>(() => Rewriter.Apply([T.Exp(s_y)], [new FunctionRule("wrong", "", Promise.Exact, [Rule.KeyOf(T.Exp(X))], e => T.Sum(e.Inputs[0] > 0), _ => [])], Numerics.Default));
        Assert.Contains("the rule 'wrong' turned exp(y): float64[4] into", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Strict_numerics_keep_every_bit_and_fast_ones_assume_finite_values()
    {
        Expr Simple(Expr e, Numerics numerics) => Rewriter.Apply([e], Tables.Simplify, numerics)[0];
        Assert.Same(s_x, Simple(s_x * 1, Numerics.Strict));
        Assert.NotSame(s_x, Simple(s_x + 0, Numerics.Strict));
        Assert.Same(s_x, Simple(s_x + 0, Numerics.Default));
        Assert.NotNull(Simple(s_x - s_x, Numerics.Default).Inputs.FirstOrDefault(i => i == s_x));
        Assert.DoesNotContain(s_x, Traversal.Leaves([Simple(s_x - s_x, Numerics.Fast)]));
    }

    [Fact]
    public void A_name_goes_to_what_stands_in_the_place()
    {
        var z = (s_x * 1 + s_y).Named("pre-activation") * 1;
        Assert.Equal("pre-activation", Rewriter.Apply([z], Tables.Simplify, Numerics.Default)[0].Name);
    }

    [Fact]
    public void No_rule_looks_into_a_barrier()
    {
        var p = T.Softmax(s_x);
        var cost = -T.Mean(T.Log(p));
        Assert.Contains(p, Traversal.Topological([Tables.Stable(cost, [p])]));
        Assert.DoesNotContain(Traversal.Topological([Tables.Stable(cost, [])]), e => e.Op is Map { Function.Name: "div" } && e.Inputs[0].Op is Map { Function.Name: "exp" });
        var gradient = T.Grad(cost, p);
        Assert.Equal(p.Shape, gradient.Shape);
    }

    [Fact]
    public void The_trace_counts_what_fired_and_shows_where()
    {
        var trace = new RewriteTrace(keepsSteps: true);
        Rewriter.Apply([T.Log(T.Exp(s_x)) + T.Log(T.Exp(s_y)) + T.Log(1 + s_y)], Tables.Stabilize, Numerics.Default, trace);
        Assert.Equal([("log of exp", 2), ("log of one plus x", 1)], trace.Counts.Select(c => (c.Rule, c.Count)).Order());
        Assert.Contains("log of one plus x: log(add) → log1p(y)", trace.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rewriting_twice_gives_the_same_text()
    {
        var cost = T.Sum(T.Log(T.Softmax(T.Dot(s_x, T.DMatrix("w", 4, 5)) * 2 + 1)));
        var text = Rewriter.Apply([cost], Tables.Simplify, Numerics.Default)[0].ToString();
        GC.Collect();
        Assert.Equal(text, Rewriter.Apply([cost], Tables.Simplify, Numerics.Default)[0].ToString());
    }

    [Fact]
    public void A_pattern_tries_every_order_of_what_commutes()
    {
        var (a, b) = (T.DVector("a", 3), T.DVector("b", 3));
        foreach (var product in new[] { a * b, b * a }) Assert.Same(b, Pattern.Match(X * Y / X, product / a)?[Y]);
        Assert.Null(Pattern.Match(X * Y / X, a * b / T.DVector("c", 3)));
    }

    [Fact]
    public void A_pattern_looks_through_what_only_moves()
    {
        var holes = Pattern.Match(T.Log(1 + X), T.Log(T.Transpose(1 + s_x)));
        Assert.Same(T.Transpose(s_x), holes?[X]);
        Assert.Same(s_y, Pattern.Match(T.Log(T.Exp(X)), T.Log(T.BroadcastTo(T.Exp(s_y), 3, 4)))?[X]);
    }

    [Fact]
    public void A_literal_matches_by_its_exact_value()
    {
        Assert.NotNull(Pattern.Match(T.Log(1 + X), T.Log(T.Constant(Tensor.From(new[] { 1.0, 1, 1, 1 })) + s_y)));
        Assert.Null(Pattern.Match(T.Log(1 + X), T.Log(1.000000001 + s_y)));
        Assert.Null(Pattern.Match(T.Log(1 + X), T.Log(T.Constant(Tensor.From(new[] { 1.0, 1, 1, 2 })) + s_y)));
    }
}
