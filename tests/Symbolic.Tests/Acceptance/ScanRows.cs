using static DeepSym.Tests.Acceptance.Row;

namespace DeepSym.Tests.Acceptance;

/// <summary>Loops: the rows N of Theano's behaviour that the examples of loops do not have already.</summary>
public sealed class ScanRows
{
    [Fact]
    public void N1_A_power_is_the_end_of_a_loop_that_keeps_one_step()
    {
        static Expr Power(Expr a, Expr k) => T.Scan(p => p[0] * a, outputs: [T.OnesLike(a)], steps: k).Output[^1];
        double[] a = [.. Enumerable.Range(0, 10)];
        Gives(V([.. a.Select(v => v * v)]), Power, V(a), Tensor.Scalar(2L));
        Gives(V([.. a.Select(v => v * v * v * v)]), Power, V(a), Tensor.Scalar(4L));
        var (x, n) = (T.DVector("x"), T.LScalar("n"));
        Assert.Single(Nodes(Power(x, n)), node => node.Op is Scan);
        Assert.DoesNotContain(Nodes(Power(x, n)), node => node.Op is Project { Index: not 0 });   // the last carry
    }

    [Fact]
    public void N2_A_polynomial() =>
        Gives(S(19), (c, x) => T.Sum(T.Scan(a => a[0] * T.Pow(x, T.Cast(a[1], DType.Float64)), [c, T.Arange(10000)]).Output), V(1, 0, 2), S(3));

    [Fact]
    public void N3_A_layer_on_each_row() =>
        Gives(M(2, .96402758, .99505475, .96402758, .99505475), a => T.Map(v => T.Tanh(T.Dot(v, a[1]) + a[2]), a[0]), [M(2, 1, 0, 0, 1), M(2, 1, 1, 1, 1), V(1, 2)], 1e-8);

    [Fact]
    public void N7_A_recurrence_with_two_taps()
    {
        Tensor[] at = [M(2, 0, 0, 0, 1), M(2, .5, .5, .5, .5), M(2, 0, .5, .5, 0), M(2, .5, .5, .5, .5), V(1, 1)];
        double[] rows =
        [
            1.4051482536448665, 1.4051482536448665, 2.8889889897147825, 2.3889889897147825, 4.340182908640064, 4.340182908640064, 6.534631420627744, 6.784631420627744,
            9.829722430358913, 9.829722430358913, 14.222038139888538, 14.097038139888538, 20.07439935506786, 20.07439935506786, 28.12291842501213, 28.18541842501213,
            39.191368102546065, 39.191368102546065, 54.28407731505213, 54.25282731505213,
        ];
        Gives(M(10, rows), a => T.Scan(s => T.Dot(s[0], a[2]) + T.Dot(s[1], a[3]) + T.Tanh(T.Dot(s[1], a[1]) + a[4]), outputs: [new(a[0], -2, -1)], steps: 10).Output, at);
    }

    [Fact]
    public void N9_N24_A_loop_counts_in_a_shared_variable()
    {
        var (k, n) = (T.Shared(Tensor.Scalar(0L), "k"), T.LScalar("n"));
        using var f = Function.Compile([n], Array.Empty<Expr>(), T.Scan(_ => new ScanStep { Updates = [(k, k + 1)] }, steps: n).Updates);
        f.Invoke(5L);
        Assert.Equal(5, k.GetValue().ToScalar<long>());
        f.Invoke(10L);
        Assert.Equal(15, k.GetValue().ToScalar<long>());
    }

    [Fact]
    public void N11_A_loop_until_a_condition() =>
        Gives(V(2, 4, 8, 16, 32, 64), limit => T.Scan(p => new ScanStep(p[0] * 2) { Until = p[0] * 2 > limit }, outputs: [1.0], steps: 1024).Output, S(45));

    [Fact]
    public void N13_Reduce_folds_and_map()
    {
        Gives(S(10), v => T.Reduce((x, a) => x + a, v, 0.0), V(1, 2, 3, 4));
        Gives(S(2), v => T.Foldl((x, a) => x - a, v, 0.0), V(1, 2, 3));
        Gives(S(2), v => T.Foldr((x, a) => x - a, v, 0.0), V(1, 2, 3));
        Gives(V(1, 4, 9), v => T.Map(T.Sqr, v), V(1, 2, 3));
    }

    [Fact]
    public void N17_A_loop_that_stops_beside_a_map_is_the_only_loop()
    {
        var x = T.DVector("x");
        var stopping = T.Scan(a => new ScanStep(a[0] + 1) { Until = a[0] > 3 }, [x]).Output;
        var mapped = T.Map(a => a + 2, x);
        Assert.Single(Nodes(stopping, mapped), node => node.Op is Scan);
        var at = new double[50];
        at[23] = 4;
        Gives(V([.. at.Select(v => v + 2)]), x => T.Map(a => a + 2, x), V(at));
    }

    [Fact]
    public void N26_A_product_that_does_not_change_leaves_the_loop()
    {
        static Expr Twice(Expr x, Expr a) => T.Scan(n => T.Dot(n[0], n[1]), nonSequences: [x, a], steps: 2).Output;
        Gives(Tensor.From<double>([2, 1, 4, 2, 2, 1, 4, 2], 2, 2, 2), Twice, M(2, 1, 1, 2, 2), M(2, 1, 1, 1, 0));
        var nodes = Nodes(Twice(T.DMatrix("x"), T.DMatrix("a")));
        Assert.Single(nodes, node => node.Op is Contract);
        Assert.DoesNotContain(nodes, node => node.Op is Scan);
    }

    [Fact]
    public void N27_No_steps_give_no_rows()
    {
        Gives(V(), n => T.Scan(s => s[0] + 1, outputs: [0.0], steps: n).Output, Tensor.Scalar(0L));
        Gives(V(), v => T.Scan(s => s[0] + s[1], [v], [0.0]).Output, V());
    }

    [Fact]
    public void N28_One_step_is_no_loop()
    {
        var x = T.DScalar("x");
        Gives(V(1), x => T.Scan(s => s[0] + 1, outputs: [x], steps: 1).Output, S(0));
        Assert.DoesNotContain(Nodes(T.Scan(s => s[0] + 1, outputs: [x], steps: 1).Output), node => node.Op is Scan);
    }

    [Fact]
    public void N30_Arguments_come_as_sequences_then_outputs_then_the_rest_and_the_shortest_sequence_decides()
    {
        // x[t-1], x[t], y[t], z[t-2], z[t-1], w
        Gives(V(654321, 6543815432), a =>
            T.Scan(s => s[0] + 10 * s[1] + 100 * s[2] + 1000 * s[3] + 10000 * s[4] + 100000 * s[5], [new(a[0], -1, 0), a[1]], [new(a[2], -2, -1)], [a[3]]).Output,
            [V(1, 2, 3, 4, 5, 6), V(3, 4), V(4, 5), S(6)]);
    }
}
