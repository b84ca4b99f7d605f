namespace DeepSym.Tests.Ops;

/// <summary>Softmax and the cross-entropies: their definitions, derivatives, and what they do where the plain formulas overflow.</summary>
public sealed class SoftmaxTests
{
    private static readonly Variable s_x = T.DMatrix("x"), s_t = T.DMatrix("t");
    private static readonly Variable s_labels = T.LVector("labels");
    private static readonly Tensor s_rows = Tensor.From<double>([0.3, -1.2, 2.0, 0.5, 0.5, -0.4], 2, 3);
    private static readonly Tensor s_targets = Tensor.From<double>([0.2, 0.5, 0.3, 0.6, 0.1, 0.3], 2, 3);
    private static readonly Tensor s_classes = Tensor.From([2L, 0]);

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(-1)]
    public void Softmax_is_exponentials_over_their_sum_along_any_axis(int axis)
    {
        var x = T.Constant(Numerically.Draw(1, 2, 3, 4));
        var expected = Numerically.Value(T.Exp(x) / T.Sum(T.Exp(x), [axis], keepDims: true));
        Numerically.Close(expected, Numerically.Agreed(T.Softmax(x, axis)));
        Numerically.Close(Numerically.Value(T.Log(expected)), Numerically.Agreed(T.LogSoftmax(x, axis)));
    }

    [Fact]
    public void Softmax_of_a_vector_is_a_vector() => Assert.Equal([3], Numerically.Value(T.Softmax(T.Constant(Tensor.From([1.0, 2, 3])))).Shape.ToArray());

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        var x = T.Constant(Tensor.From<float>([1000, 0, -1000, -1e30f], 4));
        Assert.Equal([1, 0, 0, 0], Numerically.Agreed(T.Softmax(x)).ToArray<float>());
        Assert.Equal([0, -1000, -2000, -1e30f], Numerically.Agreed(T.LogSoftmax(x)).ToArray<float>());
        Assert.Equal(0f, Numerically.Agreed(T.SoftmaxCrossentropy(x, 0L)).ToScalar<float>());
        Assert.Equal(2000f, Numerically.Agreed(T.SoftmaxCrossentropy(x, 2)).ToScalar<float>());
    }

    [Fact]
    public void First_and_second_derivatives_equal_differences()
    {
        Numerically.CheckGradient(Numerically.Weighted(T.Softmax(s_x)), twice: true, (s_x, s_rows));
        Numerically.CheckGradient(Numerically.Weighted(T.LogSoftmax(s_x, 0)), twice: true, (s_x, s_rows));
        Numerically.CheckGradient(Numerically.Weighted(T.SoftmaxCrossentropy(s_x, s_labels)), twice: true, (s_x, s_rows), (s_labels, s_classes));
        Numerically.CheckGradient(Numerically.Weighted(T.SoftmaxCrossentropy(s_x, s_t)), twice: true, (s_x, s_rows), (s_t, s_targets));
        Numerically.CheckGradient(Numerically.Weighted(T.SigmoidBinaryCrossentropy(s_x, s_t)), twice: true, (s_x, s_rows), (s_t, s_targets));
        var p = Numerically.Value(T.Softmax(s_rows));
        Numerically.CheckGradient(Numerically.Weighted(T.CategoricalCrossentropy(s_x, s_labels)), twice: false, (s_x, p), (s_labels, s_classes));
        Numerically.CheckGradient(Numerically.Weighted(T.CategoricalCrossentropy(s_x, s_t)), twice: false, (s_x, p), (s_t, s_targets));
        Numerically.CheckGradient(Numerically.Weighted(T.BinaryCrossentropy(s_x, s_t)), twice: false, (s_x, p), (s_t, s_targets));
    }

    [Fact]
    public void The_derivative_of_a_crossentropy_is_the_softmax_less_the_target()
    {
        var p = Numerically.Value(T.Softmax(s_rows));
        var oneHot = T.OneHot(T.Constant(s_classes), 3, DType.Float64);
        var expected = Numerically.Value(p - oneHot);
        foreach (var cost in new[]
        {
            T.SoftmaxCrossentropy(s_x, T.Constant(s_classes)), T.SoftmaxCrossentropy(s_x, oneHot),
            T.CategoricalCrossentropy(T.Softmax(s_x), T.Constant(s_classes)), T.CategoricalCrossentropy(T.Softmax(s_x), oneHot),
        })
            Numerically.Close(expected, Numerically.Agreed(T.Grad(T.Sum(cost), s_x), (s_x, s_rows)));
    }

    [Fact]
    public void All_ways_to_write_a_crossentropy_agree()
    {
        var (x, labels) = (T.Constant(s_rows), T.Constant(s_classes));
        var oneHot = T.OneHot(labels, 3, DType.Float64);
        var expected = Numerically.Agreed(T.SoftmaxCrossentropy(x, labels));
        Numerically.Close(Tensor.From([Math.Log(Math.Exp(0.3) + Math.Exp(-1.2) + Math.Exp(2)) - 2, Math.Log(2 * Math.Exp(0.5) + Math.Exp(-0.4)) - 0.5]), expected);
        Numerically.Close(expected, Numerically.Agreed(T.SoftmaxCrossentropy(x, oneHot)));
        Numerically.Close(expected, Numerically.Agreed(T.CategoricalCrossentropy(T.Softmax(x), labels)));
        Numerically.Close(expected, Numerically.Agreed(T.CategoricalCrossentropy(T.Softmax(x), oneHot)));
        Numerically.Close(expected, Numerically.Agreed(-T.Log(T.Softmax(x))[T.Arange(labels.Length), labels]));
    }

    [Fact]
    public void Labels_may_have_any_number_of_axes()
    {
        var rows = Numerically.Draw(1, 2, 3, 4);
        var labels = Tensor.From<int>([0, 3, 1, 2, 2, 0], 2, 3);
        var flat = Numerically.Value(T.SoftmaxCrossentropy(rows.Reshape(6, 4), labels.Reshape(6)));
        Numerically.Close(flat.Reshape(2, 3), Numerically.Agreed(T.SoftmaxCrossentropy(rows, labels)));
        Numerically.Close(flat.Reshape(2, 3), Numerically.Agreed(T.CategoricalCrossentropy(T.Softmax(rows), labels)));
        Numerically.Close(flat.Slice(5, 1).Reshape(), Numerically.Agreed(T.SoftmaxCrossentropy(T.Constant(rows)[1, 2], T.Constant(labels)[1, 2])));
    }

    [Fact]
    public void A_probability_of_zero_costs_nothing_where_its_target_is_zero()
    {
        var (p, t) = (Tensor.From<double>([0, 1, 0], 1, 3), Tensor.From<double>([0, 1, 0], 1, 3));
        Assert.Equal([0.0], Numerically.Agreed(T.CategoricalCrossentropy(s_x, s_t), (s_x, p), (s_t, t)).ToArray<double>());
        Assert.Equal([0.0, 0, 0], Numerically.Agreed(T.BinaryCrossentropy(s_x, s_t), (s_x, p), (s_t, t)).ToArray<double>());
        Assert.Equal([0.0, -1, 0], Numerically.Agreed(T.Grad(T.Sum(T.CategoricalCrossentropy(s_x, s_t)), s_x), (s_x, p), (s_t, t)).ToArray<double>());
        Assert.Equal([1.0, -1, 1], Numerically.Agreed(T.Grad(T.Sum(T.BinaryCrossentropy(s_x, s_t)), s_x), (s_x, p), (s_t, t)).ToArray<double>());
        Assert.Equal([double.PositiveInfinity], Numerically.Agreed(T.CategoricalCrossentropy(s_x, s_t), (s_x, p), (s_t, Tensor.From<double>([1, 0, 0], 1, 3))).ToArray<double>());
    }

    [Theory]
    [InlineData(DType.Float32), InlineData(DType.Float64)]
    public void Crossentropies_of_saturated_networks_stay_finite(DType dtype)
    {
        var x = T.Matrix("x", dtype: dtype);
        var logits = Tensor.From<double>([2000, -2000, 0], 1, 3).To(dtype);
        var t = T.Constant(Tensor.From<double>([0, 1, 0], 1, 3).To(dtype));
        Numerically.Close(Tensor.From([4000.0]), Numerically.Compiled(T.CategoricalCrossentropy(T.Softmax(x), t), (x, logits)));
        Numerically.Close(Tensor.From<double>([1, -1, 0], 1, 3), Numerically.Agreed(T.Grad(T.Sum(T.CategoricalCrossentropy(T.Softmax(x), t)), x), (x, logits)));
        Numerically.Close(Tensor.From<double>([2000, 2000, Math.Log(2)], 1, 3), Numerically.Compiled(T.BinaryCrossentropy(T.Sigmoid(x), t), (x, logits)));
        Numerically.Close(Tensor.From<double>([2000, 2000, Math.Log(2)], 1, 3), Numerically.Agreed(T.SigmoidBinaryCrossentropy(x, t), (x, logits)));
        Numerically.Close(Tensor.From<double>([1, -1, 0.5], 1, 3), Numerically.Agreed(T.Grad(T.Sum(T.BinaryCrossentropy(T.Sigmoid(x), t)), x), (x, logits)));
        Numerically.Close(Tensor.From<double>([1, -1, 0.5], 1, 3), Numerically.Agreed(T.Grad(T.Sum(T.SigmoidBinaryCrossentropy(x, t)), x), (x, logits)));
    }

    [Fact]
    public void Labels_out_of_range_are_an_error_of_the_call()
    {
        var cost = T.SoftmaxCrossentropy(s_x, s_labels);
        foreach (var label in new[] { 3L, -4 })
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => Numerically.Value(cost, (s_x, s_rows), (s_labels, Tensor.From([0, label]))));
            Assert.Contains($"Index {label} is out of bounds for axis 1 of size 3: it must be from -3 to 2.", error.Message, StringComparison.Ordinal);
        }
        Assert.Throws<ShapeException>(() => Numerically.Value(cost, (s_x, s_rows), (s_labels, Tensor.From([0L, 1, 2]))));
    }

    [Fact]
    public void Targets_that_do_not_fit_are_named()
    {
        Says("softmax_crossentropy(x: float32[batch,10], y: int64[y.0,y.1,y.2]): the targets must be class numbers (integers, one axis less) or rows of the same shape.",
            () => T.SoftmaxCrossentropy(T.Matrix("x", "batch", 10), T.Tensor3("y", dtype: DType.Int64)));
        Says("categorical_crossentropy(x: float32[batch,10], y: float32[batch]): the targets must be class numbers (integers, one axis less) or rows of the same shape.",
            () => T.CategoricalCrossentropy(T.Matrix("x", "batch", 10), T.Vector("y", "batch")));
        Says("softmax_crossentropy(x: float32[5,10], y: int64[4]): the targets must be class numbers (integers, one axis less) or rows of the same shape.",
            () => T.SoftmaxCrossentropy(T.Matrix("x", 5, 10), T.LVector("y", 4)));
    }

    private static void Says(string message, Func<Expr> build) => Assert.Equal(message, Assert.Throws<ShapeException>(build).Message);
}
