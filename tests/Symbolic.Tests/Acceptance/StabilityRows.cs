using static DeepSym.Tests.Acceptance.Row;

namespace DeepSym.Tests.Acceptance;

/// <summary>What is written in the plain way is exact where the plain way is not: rows S of Theano's behaviour.</summary>
public sealed class StabilityRows
{
    const double Ln2 = 0.6931471805599453;
    static readonly Tensor s_points = V(-800, -40, -1, 0, 1, 40, 800);
    static readonly Variable s_x = T.DVector("x"), s_y = T.DVector("y"), s_m = T.DMatrix("m");

    [Fact]
    public void S1_The_log_of_one_plus_exp_is_softplus()
    {
        Compiled(V(0, 4.2483542552915889e-18, .31326168751822286, Ln2, 1.3132616875182228, 40, 800), x => T.Log(1 + T.Exp(x)), s_points);
        Assert.Equal("softplus", Left(T.Log(1 + T.Exp(s_x))));
    }

    [Fact]
    public void S2_The_log_of_a_sigmoid_is_exact()
    {
        Compiled(V(-800, -40, -1.3132616875182228, -Ln2, -.31326168751822286, -4.2483542552915889e-18, -0.0), x => T.Log(T.Sigmoid(x)), s_points);
        Assert.Equal("neg softplus neg", Left(T.Log(T.Sigmoid(s_x))));
    }

    [Fact]
    public void S3_The_log_of_one_minus_a_sigmoid_is_exact()
    {
        Compiled(V(-0.0, -4.248354255291589e-18, -Ln2, -40, -800), x => T.Log(1 - T.Sigmoid(x)), V(-800, -40, 0, 40, 800));
        Assert.Equal("softplus neg", Left(T.Log(1 - T.Sigmoid(s_x))));
    }

    [Fact]
    public void S4_It_is_so_through_flatten_and_reshape()
    {
        Assert.Equal("softplus neg", Left(T.Log(1 - T.Flatten(T.Sigmoid(s_m)))));
        Assert.Equal("softplus neg", Left(T.Log(1 - T.Reshape(T.Sigmoid(T.DMatrix("m", 54, 11)), 11, 54))));
    }

    [Fact]
    public void S5_The_log_of_one_plus_little_is_exact()
    {
        var (little, more) = (V(1e-20, 1e-10, 0, 1), V(1e-20, 1e-10, .5));
        var log1p = V(1e-20, 9.9999999995e-11, 0, Ln2);
        Compiled(log1p, x => T.Log(1 + x), little);
        Compiled(log1p, x => T.Log(0 + x + T.OnesLike(x)), little);
        Compiled(log1p, x => T.Log(2 + x - T.OnesLike(x)), little);
        Compiled(V(-1e-20, -1.00000000005e-10, -Ln2), x => T.Log(1 - x), more);
        Compiled(V(1e-20, 1.00000000005e-10, Ln2), x => -T.Log(1 - x), more);
        Assert.Equal("log1p", Left(T.Log(1 + s_x)));
        Assert.Equal("neg log1p", Left(T.Log(1 - s_x)));
        Assert.Equal("neg log1p neg", Left(-T.Log(1 - s_x)));
        Gives(V(0, Ln2, 1.0986122886681098), i => T.Log(1 + i), L(0, 1, 2));   // an integer has no digits to lose
    }

    [Fact]
    public void S6_Exp_minus_one_is_exact()
    {
        Compiled(V(1e-20, 1.00000000005e-10, 0, 1.718281828459045), x => T.Exp(x) - 1, V(1e-20, 1e-10, 0, 1));
        Assert.Equal("expm1", Left(T.Exp(s_x) - 1));
    }

    [Fact]
    public void S7_The_log_of_a_sum_of_two_exps_is_stable()
    {
        var at = V(1e4, -1e4, 10);
        Compiled(V(10000.69314718056, -9999.30685281944, 10.693147180559945), (x, y) => T.Log(T.Exp(x) + T.Exp(y)), at, at);
    }

    [Fact]
    public void S8_Log_sum_exp_is_stable()
    {
        Compiled(S(100), x => T.Log(T.Sum(T.Exp(x))), V(-100, 100));
        Compiled(S(1001.0986122886682), x => T.Log(T.Sum(T.Exp(x))), V(1000, 1000, 1000));
    }

    [Fact]
    public void S14_The_log_of_a_softmax_is_stable()
    {
        double[] expected = [-1000, 0, -1000, 0, -1.3132616875182228, -.31326168751822286];
        Compiled(M(3, expected), x => T.Log(T.Softmax(x)), M(3, 0, 1000, -1000, 0, 1, 2));
    }

    [Fact]
    public void S15_S16_The_crossentropy_of_a_softmax_is_stable_and_so_is_its_gradient()
    {
        Compiled(V(1000, 0), (m, y) => T.CategoricalCrossentropy(T.Softmax(m), y), M(2, 0, 1000, 1000, 0), L(0, 0));
        Compiled(M(2, -1, 1, .26894142136999516, -.2689414213699951), (m, y) => T.Grad(T.Sum(T.CategoricalCrossentropy(T.Softmax(m), y)), m), M(2, 0, 1000, 1, 2), L(0, 1));
    }

    [Fact]
    public void S17_The_mean_log_probability_of_labels_is_stable_and_so_is_its_gradient()
    {
        static Expr Cost(Expr m, Expr y) => T.Mean((-T.Log(T.Softmax(m)))[T.Arange(y.Length), y]);
        var (m, y) = (M(2, 0, 1000, 1, 2), L(0, 1));
        Compiled(S(500.1566308437591), Cost, m, y);
        Compiled(M(2, -.5, .5, .13447071068499758, -.13447071068499755), (m, y) => T.Grad(Cost(m, y), m), m, y);
    }

    [Fact]
    public void S18_Soft_targets_are_stable()
    {
        static Expr Cost(Expr m, Expr t) => T.Sum(-t * T.Log(T.Softmax(m)));
        Compiled(S(1000), Cost, M(1, 0, 1000), M(1, 1, 0));
        Compiled(M(1, -1, 1), (m, t) => T.Grad(Cost(m, t), m), M(1, 0, 1000), M(1, 1, 0));
    }

    [Fact]
    public void S19_S20_S21_The_binary_crossentropy_of_a_sigmoid_is_stable_and_so_is_its_gradient()
    {
        var (x, t) = (V(800, -800, 0), V(0, 1, 1));
        Compiled(V(800, 800, Ln2), (x, t) => T.BinaryCrossentropy(T.Sigmoid(x), t), x, t);
        Gives(V(800, 800, Ln2), T.SigmoidBinaryCrossentropy, x, t);
        var (more, targets) = (V(800, -800, 0, 30), V(0, 1, 1, 1));
        foreach (var cost in new Func<Expr, Expr, Expr>[] { (x, t) => T.BinaryCrossentropy(T.Sigmoid(x), t), T.SigmoidBinaryCrossentropy })
            Compiled(V(1, -1, -.5, -9.3576229688392989e-14), (x, t) => T.Grad(T.Sum(cost(x, t)), x), more, targets, 2e-3);   // Theano: 0
    }

    [Fact]
    public void S22_S23_The_log_of_erfc_is_finite_and_so_is_its_gradient()
    {
        var at = V(0, 1, 10, 26, 27, 30, 100);
        double[] values = [0, -1.8496055099332482, -102.87988902484489, -679.83119976319426, -732.86888650792048, -903.97411711065388, -10005.177585122667];
        double[] slopes = [-1.1283791670955126, -2.6389675142347913, -20.099024116734604, -52.0384048519643, -54.03698640637312, -60.03329639935404, -200.00999900025002];
        Compiled(V(values), x => T.Log(T.Erfc(x)), at);
        Compiled(V(slopes), x => T.Grad(T.Sum(T.Log(T.Erfc(x))), x), at);
        double[] all = [.. Enumerable.Range(-30, 61)];
        Assert.All(Value(a => T.Log(T.Erfc(a[0])), [V(all)], Backend.Cpu).ToArray<double>(), value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void S24_One_minus_erf_is_erfc()
    {
        Compiled(V(1.5374597944280351e-12, 2.0884875837625449e-45), x => 1 - T.Erf(x), V(5, 10));
        Assert.Equal("erfc", Left(1 - T.Erf(s_x)));
        Assert.Equal("neg erfc", Left(1 + T.Erf(s_x)));
        Assert.Equal("erfc neg", Left(T.Erf(s_x) - 1));
        Assert.Equal("erf", Left(1 - T.Erfc(s_x)));
        Assert.Equal("erf", Left(-1 + T.Erfc(-s_x)));
    }

    [Fact]
    public void S25_The_branch_not_taken_brings_nothing_into_a_gradient() =>
        Gives(V(1, .5), x => T.Grad(T.Sum(T.Switch(x < 7, x, T.Sqrt(x - 7))), x), V(5, 8));

    [Fact]
    public void S26_A_product_of_masked_values_has_no_NaN()
    {
        var condition = V(.1, 0, 1, -1);
        static Expr Masked(Expr c, Expr x) => T.Switch(c > 0, x, 0) * T.Switch(c > 0, x, T.Log(T.Constant(Tensor.Scalar(-1.0))) * x);
        Gives(V(4, 9, 25), (c, x) => T.Switch(c > 0, x, 0) * T.Switch(c > 0, x, 1), V(1, 1, 1), V(2, 3, 5));
        Compiled(V(4, 0, 25, 0), Masked, condition, V(2, 3, 5, 7));
    }

    [Fact]
    public void S27_S31_Quotients_of_exps_are_sigmoids()
    {
        var e = T.Exp(s_x);
        Assert.Equal("sigmoid", Left(e / (1 + e)));
        Assert.Equal("sigmoid", Left(T.OnesLike(s_x) / (1 + T.Exp(-s_x))));
        Assert.Equal("sigmoid neg", Left(-T.OnesLike(s_x) / (1 + T.Exp(-s_x))));
        foreach (var other in new[] { e / (2 + e), e / (1 - e), (T.OnesLike(s_x) * 1.1) / (2 + T.Exp(-s_x)) })
            Assert.DoesNotContain("sigmoid", Left(other), StringComparison.Ordinal);
        Gives(V(.73105857863000488, Math.E / 2), x => T.Exp(x + 1) / (1 + T.Exp(x)), V(-1, 0));
        var at = V(-800, 0, 800);
        foreach (var sigmoid in new Func<Expr, Expr>[] { x => T.Exp(x) / (1 + T.Exp(x)), x => 1 / (1 + T.Exp(-x)), x => T.Sigmoid(-x) * T.Exp(x) }) Compiled(V(0, .5, 1), sigmoid, at);
        Compiled(V(0, -.25, 0), x => -T.Exp(x) / ((1 + T.Exp(x)) * (1 + T.Exp(x))), at);
        Compiled(V(0, -.25, -1), x => -T.Exp(x) / ((1 + T.Exp(x)) * (1 + T.Exp(-x))), at);
    }

    [Fact]
    public void S28_S29_A_sigmoid_times_an_exp_is_the_other_sigmoid()
    {
        Assert.Equal("sigmoid", Left(T.Sigmoid(-s_x) * T.Exp(s_x)));
        Assert.Equal("neg sigmoid", Left(T.Sigmoid(s_x) * T.Exp(-s_x)));
        Assert.Equal("neg sigmoid neg", Left(-(-(-T.Sigmoid(s_x))) * T.Exp(-s_x)));
        static Expr Product(Expr x, Expr y) => -x * T.Sigmoid(x) * (y * (-1 * T.Sqr(y)) * T.Exp(-x));
        Assert.DoesNotContain("exp", Left(Product(s_x, s_y)), StringComparison.Ordinal);
        Compiled(V(-6400, 0), Product, V(-800, 800), V(2, 3));
    }

    [Fact]
    public void S30_A_step_down_a_saturated_cost_is_a_number() =>
        Compiled(V(50.1), x => x - -.1 * -T.Grad(T.Mean(T.Log(1 - T.Sigmoid(x))), x), V(50));

    [Fact]
    public void S32_Exps_over_their_sum_are_a_softmax() =>
        Compiled(M(1, .5, .5), m => T.Exp(m) / T.Sum(T.Exp(m), [1], keepDims: true), M(1, 1000, 1000));

    [Fact]
    public void S34_Only_one_plus_exp_has_a_softplus_as_its_logarithm()
    {
        var e = T.Exp(s_x);
        foreach (var one in new[] { 1 + e, e + 1, 1 + T.Exp(-s_x) }) Assert.Contains("softplus", Left(T.Log(one)), StringComparison.Ordinal);
        foreach (var other in new[] { 1 - e, e - 1, -1 + e }) Assert.DoesNotContain("softplus", Left(T.Log(other)), StringComparison.Ordinal);
        var at = V(-1, 0.5, 2);
        foreach (var other in new Func<Expr, Expr>[] { x => 2 + T.Exp(x), x => T.Exp(x) + 2, x => 1 + 2 * T.Exp(x) })
            Near(Value(a => T.Log(other(a[0])), [at], Backend.Interpreter), Value(a => T.Log(other(a[0])), [at], Backend.Cpu));
    }
}
