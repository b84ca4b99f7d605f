namespace DeepSym.Tests.Ops.Neural;

/// <summary>Attention, embeddings, CTC and softmax in two levels: definitions in loops, masks, derivatives, errors.</summary>
public sealed class SequenceVerbTests
{
    private static readonly Variable s_q = T.DTensor3("q"), s_k = T.DTensor3("k"), s_v = T.DTensor3("v"), s_a = T.DTensor3("a"), s_m = T.DMatrix("m");
    private static readonly Variable s_labels = T.LMatrix("labels"), s_i = T.LVector("i");
    private static readonly (Variable, Tensor)[] s_heads = [(s_q, Numerically.Draw(1, 2, 3, 4)), (s_k, Numerically.Draw(2, 2, 5, 4)), (s_v, Numerically.Draw(3, 2, 5, 2))];

    [Fact]
    public void Attention_averages_values_by_the_softmax_of_scaled_products()
    {
        var scores = T.Einsum("bnd,bmd->bnm", s_q, s_k) / 2;
        Numerically.Close(Numerically.Value(T.Einsum("bnm,bme->bne", T.Softmax(scores), s_v), s_heads), Numerically.Agreed(T.Attention(s_q, s_k, s_v), s_heads));
    }

    [Fact]
    public void What_is_masked_has_no_weight_and_no_gradient()
    {
        var mask = T.Constant(Tensor.From<bool>([true, true, false, false, true, false, false, false, false, false, true, true, true, true, true], 3, 5));
        var weights = Numerically.Agreed(T.AttentionWeights(s_q, s_k, mask), s_heads[..2]);
        var additive = T.Attention(s_q, s_k, s_v, T.Switch(mask[..1], 0.0, -1e9));
        for (var sample = 0; sample < 2; sample++)
        {
            Assert.Equal(0, weights.Get<double>(sample, 0, 2));
            Assert.Equal(1, Enumerable.Range(0, 5).Sum(j => weights.Get<double>(sample, 0, j)), 12);
            Assert.Equal(0, Enumerable.Range(0, 5).Sum(j => weights.Get<double>(sample, 1, j)));   // nothing to attend to
        }
        Numerically.Close(Numerically.Value(T.Attention(s_q, s_k, s_v, mask[..1]), s_heads), Numerically.Agreed(additive, s_heads));
        Numerically.CheckGradient(Numerically.Weighted(T.Attention(s_q, s_k, s_v, mask)), twice: false, s_heads);
    }

    [Fact]
    public void A_causal_query_sees_no_later_key()
    {
        var output = T.Attention(s_q, s_k, s_v, isCausal: true);
        Numerically.Close(Numerically.Value(s_v[.., 0], s_heads[2..]), Numerically.Agreed(output, s_heads).Reshape(2, 3, 2) is var all ? Numerically.Value(T.Constant(all)[.., 0]) : all);
        Numerically.Close(Numerically.Value(T.Attention(s_q[.., 1..2], s_k[.., ..2], s_v[.., ..2]), s_heads), Numerically.Value(output[.., 1..2], s_heads));
    }

    [Fact]
    public void The_gradient_of_an_embedding_adds_up()
    {
        var rows = Tensor.From([2L, 0, 2]);
        var table = Numerically.Draw(4, 3, 2);
        Numerically.CheckGradient(Numerically.Weighted(T.Sqr(T.Embedding(s_m, s_i))), twice: true, (s_m, table), (s_i, rows));
        Assert.Equal([1.0, 1, 0, 0, 2, 2], Numerically.Agreed(T.Grad(T.Sum(T.Embedding(s_m, s_i)), s_m), (s_m, table), (s_i, rows)).ToArray<double>());
    }

    [Fact]
    public void CTC_sums_over_all_alignments()
    {
        const int Time = 4, Classes = 3;
        var activations = Numerically.Draw(5, Time, 3, Classes);
        long[][] labels = [[1, 2], [1, 1], [2, -1]];
        int[] lengths = [4, 3, 2];
        var logs = Numerically.Value(T.LogSoftmax(T.Constant(activations)));
        double[] expected = [.. Enumerable.Range(0, 3).Select(b => -Math.Log(Alignments(lengths[b], Classes).Where(path => Collapse(path).SequenceEqual(labels[b].Where(l => l >= 0)))
            .Sum(path => Math.Exp(path.Select((c, t) => logs.Get<double>(t, b, (int)c)).Sum()))))];
        var cost = T.Ctc(s_a, s_labels, T.Constant(Tensor.From([4L, 3, 2])));
        (Variable, Tensor)[] inputs = [(s_a, activations), (s_labels, Tensor.From<long>([.. labels.SelectMany(l => l)], 3, 2))];
        Numerically.Close(Tensor.From(expected), Numerically.Agreed(cost, inputs), 1e-10);
        Numerically.CheckGradient(T.Sum(cost * T.Constant(Tensor.From([1.0, -2, 3]))), twice: false, inputs);
    }

    [Fact]
    public void Labels_that_do_not_fit_into_the_time_have_an_infinite_cost()
    {
        var activations = T.Constant(Numerically.Draw(6, 2, 1, 3));
        Assert.Equal([double.PositiveInfinity], Numerically.Agreed(T.Ctc(activations, T.Constant(Tensor.From<long>([1, 1], 1, 2)))).ToArray<double>());
        var blanks = Numerically.Agreed(T.Ctc(activations, T.Constant(Tensor.From<long>([-1], 1, 1))));
        Numerically.Close(Numerically.Value(T.Reshape(-T.Sum(T.LogSoftmax(activations)[.., 0, 0]), 1)), blanks);
        Assert.Throws<ShapeException>(() => T.Ctc(s_m, s_labels));
    }

    [Fact]
    public void The_probabilities_of_two_levels_add_up_to_one()
    {
        var (x, w1, b1) = (T.Constant(Numerically.Draw(1, 2, 3)), T.Constant(Numerically.Draw(2, 3, 2)), T.Constant(Numerically.Draw(3, 2)));
        var (w2, b2) = (T.Constant(Numerically.Draw(4, 2, 3, 4)), T.Constant(Numerically.Draw(5, 2, 4)));
        var all = T.HierarchicalSoftmax(x, w1, b1, w2, b2);
        Numerically.Close(Tensor.From([1.0, 1]), Numerically.Agreed(T.Sum(all, 1)));
        var chosen = T.HierarchicalSoftmax(x, w1, b1, w2, b2, T.Constant(Tensor.From([6L, 1])));
        Numerically.Close(Numerically.Value(T.Stack([all[0, 6], all[1, 1]])), Numerically.Agreed(chosen));
    }

    [Fact]
    public void Predictions_are_counted_by_what_would_be_right()
    {
        var (actual, predicted) = (T.Constant(Tensor.From([5L, 2, 5, 7])), T.Constant(Tensor.From([5L, 5, 2, 7])));
        var (counts, classes) = T.ConfusionMatrix(actual, predicted);
        Assert.Equal([2L, 5, 7], Numerically.Agreed(classes).ToArray<long>());
        Assert.Equal([0L, 1, 0, 1, 1, 0, 0, 0, 1], Numerically.Agreed(counts).ToArray<long>());
        Assert.Equal([1L, 1, 0, 1], Numerically.Agreed(T.ConfusionMatrix(T.Constant(Tensor.From([0L, 0, 1])), T.Constant(Tensor.From([0L, 1, 1])), 2)).ToArray<long>());
    }

    private static IEnumerable<long[]> Alignments(int time, int classes) =>
        Enumerable.Range(0, (int)Math.Pow(classes, time)).Select(n => Enumerable.Range(0, time).Select(t => n / (long)Math.Pow(classes, t) % classes).ToArray());

    private static IEnumerable<long> Collapse(long[] path) => path.Where((c, t) => c != 0 && (t == 0 || path[t - 1] != c));
}
