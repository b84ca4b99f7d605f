using CsCheck;

namespace DeepSym.Tests.Ops.Linear;

/// <summary>Einstein's notation against loops over all letters, for random notations; and the order in which several operands are multiplied.</summary>
public sealed class EinsumTests
{
    // A notation, sizes of its letters, and the letters of the result.
    private static readonly Gen<(string[] Inputs, string Output, int[] Sizes)> s_notations =
        from count in Gen.Int[1, 4]
        from inputs in Gen.Char['a', 'e'].Array[0, 3].Select(letters => new string(letters)).Array[count]
        from order in Gen.Int[0, 1_000_000]
        from kept in Gen.Int[0, 31]
        from sizes in Gen.Int[1, 3].Array[5]
        let letters = inputs.SelectMany(s => s).Distinct().Order().Where(c => (kept >> (c - 'a') & 1) == 1).OrderBy(c => (c * 7919 + order) % 13)
        select (inputs, string.Concat(letters), sizes);

    [Fact]
    public void Any_notation_means_a_sum_over_loops() => s_notations.Sample(n =>
    {
        var values = n.Inputs.Select((letters, i) => Numerically.Draw(i + 1, [.. letters.Select(c => n.Sizes[c - 'a'])])).ToArray();
        var expr = T.Einsum($"{string.Join(',', n.Inputs)}->{n.Output}", [.. values.Select(v => (Expr)T.Constant(v))]);
        Numerically.Close(Loops(n.Inputs, n.Output, n.Sizes, values), Numerically.Agreed(expr));
    }, iter: 400, threads: 1);

    private static Tensor Loops(string[] inputs, string output, int[] sizes, Tensor[] values)
    {
        var result = Tensor.Zeros<double>([.. output.Select(c => sizes[c - 'a'])]);
        var letters = string.Concat(inputs.SelectMany(s => s).Distinct());
        var index = new int[26];
        for (var run = 0; run < letters.Aggregate(1, (p, c) => p * sizes[c - 'a']); run++)
        {
            var rest = run;
            foreach (var c in letters) (rest, index[c - 'a']) = Math.DivRem(rest, sizes[c - 'a']);
            var product = values.Select((v, i) => v.Get<double>([.. inputs[i].Select(c => index[c - 'a'])])).Aggregate(1.0, (p, v) => p * v);
            int[] place = [.. output.Select(c => index[c - 'a'])];
            result.Set(result.Get<double>(place) + product, place);
        }
        return result;
    }

    [Fact]
    public void Gradients_of_any_notation_equal_differences() => s_notations.Sample(n =>
    {
        var variables = n.Inputs.Select((letters, i) => T.Variable($"x{i}", DType.Float64, [.. letters.Select(c => (Dim?)n.Sizes[c - 'a'])])).ToArray();
        var values = n.Inputs.Select((letters, i) => Numerically.Draw(i + 9, [.. letters.Select(c => n.Sizes[c - 'a'])])).ToArray();
        Numerically.CheckGradient(Numerically.Weighted(T.Einsum($"{string.Join(',', n.Inputs)}->{n.Output}", [.. variables])), twice: false, [.. variables.Zip(values)]);
    }, iter: 15, threads: 1);

    [Theory]
    [InlineData("ij,jk", "ij,jk->ik"), InlineData("ba", "ba->ab"), InlineData("ii", "ii->"), InlineData(" i j , j k -> i k ", "ij,jk->ik")]
    public void What_may_be_left_out_is_understood(string shortly, string fully)
    {
        Expr[] operands = [.. fully.Split("->")[0].Split(',').Select((_, i) => (Expr)T.Constant(Numerically.Draw(i + 1, 3, 3)))];
        Matrices.Same(T.Einsum(fully, operands), T.Einsum(shortly, operands));
    }

    [Fact]
    public void An_ellipsis_stands_for_axes_that_broadcast()
    {
        var (x, y) = (T.Constant(Numerically.Draw(1, 2, 1, 3, 4)), T.Constant(Numerically.Draw(2, 5, 4, 3)));
        Matrices.Same(T.MatMul(x, y), T.Einsum("...ij,...jk->...ik", x, y));
        Matrices.Same(T.MatMul(x, y), T.Einsum("...ij,...jk", x, y));
        Matrices.Same(T.Transpose(x, 3, 0, 1, 2), T.Einsum("...i->i...", x));
        Matrices.Same(T.Sum(x, 0, 1, 3), T.Einsum("...ij->i", x));
    }

    [Fact]
    public void Sizes_may_be_known_only_to_a_call()
    {
        var (x, y, z) = (T.DMatrix("x"), T.DMatrix("y"), T.DMatrix("z"));
        var (a, b, c) = (Numerically.Draw(1, 2, 3), Numerically.Draw(2, 3, 4), Numerically.Draw(3, 4, 5));
        Numerically.Close(Numerically.Value(T.Dot(T.Dot(a, b), c)), Numerically.Agreed(T.Einsum("ij,jk,kl->il", x, y, z), (x, a), (y, b), (z, c)));
    }

    [Theory]
    [InlineData(1000, 2, 1000, 2, true), InlineData(2, 1000, 2, 1000, false)]
    public void The_cheapest_order_is_found(int a, int b, int c, int d, bool lastFirst)
    {
        var order = ContractionOrderOf([[1, 2], [2, 3], [3, 4]], [1, 4], [a, b, c, d]);
        Assert.Equal(lastFirst ? "dot[1·0](x, dot[1·0](y, z))" : "dot[1·0](dot[1·0](x, y), z)", order);
    }

    private static string ContractionOrderOf(int[][] labels, int[] output, int[] sizes)
    {
        string Letters(int[] some) => string.Concat(some.Select(l => (char)('a' + l)));
        Expr[] operands = [.. labels.Select((own, i) => T.Variable($"{"xyz"[i]}", DType.Float32, [.. own.Select(l => (Dim?)sizes[l - 1])]))];
        return T.Einsum($"{string.Join(',', labels.Select(Letters))}->{Letters(output)}", operands).ToString();
    }

    [Fact]
    public void A_long_product_of_matrices_is_multiplied_in_a_good_order()
    {
        var factors = Enumerable.Range(0, 30).Select(i => (Expr)T.Constant(Matrices.Regular(i, 4, 4))).ToArray();
        var expected = Numerically.Value(factors.Aggregate(T.Dot));
        var scale = expected.ToArray<double>().Max(Math.Abs);
        Numerically.Close(Numerically.Value(T.Constant(expected) / scale), Numerically.Agreed(T.MatrixDot(factors) / scale));
        var (v, m) = (T.Constant(Numerically.Draw(1, 4)), factors[0]);
        Matrices.Same(T.Dot(T.Dot(v, m), v), T.MatrixDot(v, m, v));
        Matrices.Same(T.Dot(m, v), T.MatrixDot(m, v));
    }

    [Fact]
    public void A_batch_of_tensor_products_is_one_for_each_index()
    {
        var (x, y) = (Numerically.Draw(1, 2, 3, 4), Numerically.Draw(2, 2, 4, 3, 5));
        var all = T.BatchedTensorDot(x, y, [1, 2], [2, 1]);
        for (var i = 0; i < 2; i++) Matrices.Same(T.TensorDot(x.Row(i), y.Row(i), [0, 1], [1, 0]), all[i]);
        Matrices.Same(T.BatchedTensorDot(x, y, [2], [1]), T.BatchedTensorDot(x, y, 1));
        Assert.Equal("batched_tensordot(x: float32[2,3], y: float32[2,3]): axis 0 is that of the batch and cannot be summed over.",
            Assert.Throws<ShapeException>(() => T.BatchedTensorDot(T.Matrix("x", 2, 3), T.Matrix("y", 2, 3), [0], [1])).Message);
    }

    [Fact]
    public void A_notation_that_does_not_fit_is_explained()
    {
        var (x, y) = (T.Matrix("x", 2, 3), T.Matrix("y", 4, 5));
        Assert.Equal("einsum(\"ij,jk->ik\") of x: float32[2,3], y: float32[4,5]: axis 'j' is 3 long in one place and 4 in another.", Assert.Throws<ShapeException>(() => T.Einsum("ij,jk->ik", x, y)).Message);
        Says("einsum(\"ij\"): it names 1 operands, and 2 were given.", "ij", x, y);
        Says("einsum(\"ijk\"): 'ijk' names 3 axes, and x: float32[2,3] has 2.", "ijk", x);
        Says("einsum(\"i\"): 'i' names 1 axes, and x: float32[2,3] has 2.", "i", x);
        Says("einsum(\"ij->k\"): the result names 'k', which no operand has.", "ij->k", x);
        Says("einsum(\"ij->ii\"): the result names 'i' twice.", "ij->ii", x);
        Says("einsum(\"i1->i\"): 'i1' must consist of letters and at most one '...'.", "i1->i", x);
        Says("einsum(\"ij->i->j\"): there is more than one '->'.", "ij->i->j", x);
        static void Says(string message, string spec, params Expr[] operands) => Assert.Equal(message, Assert.Throws<ArgumentException>(() => T.Einsum(spec, operands)).Message);
    }
}
