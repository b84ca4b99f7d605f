using static DeepSym.Tests.Acceptance.Row;

namespace DeepSym.Tests.Acceptance;

/// <summary>Gradients, where they are plain and where they are conventions: rows G of Theano's behaviour.</summary>
public sealed class GradientRows
{
    static Func<Expr, Expr> Slope(Func<Expr, Expr> f) => x => T.Grad(T.Sum(f(x)), x);

    [Fact]
    public void G1_The_gradient_of_a_square_is_twice_the_argument()
    {
        Gives(S(8), Slope(x => T.Pow(x, 2)), S(4));
        Gives(S(188.4), Slope(x => T.Pow(x, 2)), S(94.2));
        var x = T.DScalar("x");
        Assert.Equal("(2 * x)", Rewritten(T.Grad(T.Pow(x, 2), x)).ToString());
    }

    [Fact]
    public void G2_The_gradient_of_a_logistic_function() =>
        Gives(M(2, .25, .19661193, .19661193, .10499359), Slope(x => 1 / (1 + T.Exp(-x))), M(2, 0, 1, -1, -2), 1e-7);

    [Fact]
    public void G3_The_Jacobian_of_squares_is_diagonal() => Gives(M(2, 8, 0, 0, 8), x => T.Jacobian(T.Sqr(x), x), V(4, 4));

    [Fact]
    public void G4_Hessians_of_squares_and_cubes()
    {
        Gives(M(2, 2, 0, 0, 2), x => T.Hessian(T.Sum(T.Sqr(x)), x), V(4, 4));
        Gives(M(2, 6, 0, 0, 12), x => T.Hessian(T.Sum(T.Pow(x, 3)), x), V(1, 2));
    }

    [Fact]
    public void G5_Rop_and_Lop_of_a_product()
    {
        var (ones, twos, x) = (M(2, 1, 1, 1, 1), M(2, 2, 2, 2, 2), V(0, 1));
        Gives(V(2, 2), a => T.Rop(T.Dot(a[0], a[1]), a[1], a[2]), [x, ones, twos]);
        Gives(M(2, 0, 0, 2, 2), a => T.Lop(T.Dot(a[0], a[1]), a[1], a[2]), [x, ones, V(2, 2)]);
    }

    [Fact]
    public void G6_A_Hessian_times_a_vector_in_three_ways()
    {
        static Expr Cubes(Expr x) => T.Sum(T.Pow(x, 3));
        Gives(V(4, 4), (x, v) => T.Grad(T.Sum(T.Grad(T.Sum(T.Sqr(x)), x) * v), x), V(4, 4), V(2, 2));
        Gives(V(6, 12), (x, v) => T.Grad(T.Sum(T.Grad(Cubes(x), x) * v), x), V(1, 2), V(1, 1));
        Gives(V(6, 12), (x, v) => T.Rop(T.Grad(Cubes(x), x), x, v), V(1, 2), V(1, 1));
        Gives(V(6, 12), (x, v) => T.HessianVectorProduct(Cubes(x), x, v), V(1, 2), V(1, 1));
    }

    [Fact]
    public void G7_A_gradient_is_clipped_and_scaled_and_the_graph_keeps_no_trace()
    {
        Gives(S(1), Slope(x => T.Sqr(T.GradClip(x, -1, 1))), S(2));
        Gives(S(8), Slope(x => T.Sqr(T.GradScale(x, 2))), S(2));
        var x = T.DScalar("x");
        Assert.Same(Rewritten(T.Sqr(x)), Rewritten(T.Sqr(T.GradScale(T.GradClip(x, -1, 1), 2))));
    }

    [Fact]
    public void G8_A_known_gradient_is_the_gradient() =>
        Gives(S(.6), x => T.Grad(null, [x], new GradientOptions { KnownGradients = [(x, .6)] })[0], S(-3));

    [Fact]
    public void G9_Known_gradients_of_any_layer_give_the_gradient()
    {
        Expr x = T.DVector("x"), t = T.DVector("t");
        List<Expr> layers = [x];
        for (var i = 0; i < 5; i++) layers.Add(T.Tanh(t * layers[^1] + i));
        var cost = T.Sum(T.Sqr(layers[^1]));
        var at = new[] { ((Variable)x, V(.3, -.2, .7)), ((Variable)t, V(1.1, .4, -.6)) };
        var whole = Ops.Numerically.Value(T.Grad(cost, x), at);
        foreach (var layer in layers.Skip(1))
        {
            var known = T.Grad(cost, layer);
            var cut = T.Grad(null, [x], new GradientOptions { KnownGradients = [(layer, known)] })[0];
            Near(whole, Ops.Numerically.Compiled(cut, at));
        }
    }

    [Fact]
    public void G11_A_known_gradient_of_another_type_is_an_error()
    {
        var x = T.DVector("x");
        var error = Assert.Throws<GradientException>(() => T.Grad(null, [x], new GradientOptions { KnownGradients = [(x, 1.0)] }));
        Assert.Contains("known gradient", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void G13_A_variable_without_influence_is_an_error_or_zero()
    {
        var (x, y) = (T.DVector("x"), T.DVector("y"));
        Assert.Throws<GradientException>(() => T.Grad(T.Sum(x), y));
        Near(V(0, 0), Ops.Numerically.Compiled(T.Grad(T.Sum(x), y, Disconnected.Zero), (y, V(1, 2))));
        Assert.Contains("scalar", Assert.Throws<GradientException>(() => T.Grad(x, x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void G14_Gradients_at_kinks_that_are_as_in_Theano()
    {
        Gives(V(0, 1, 1), Slope(x => T.Max(x)), V(1, 3, 3));
        Gives(V(1, 0, 1), (x, y) => T.Grad(T.Sum(T.Maximum(x, y)), x), V(1, 2, 3), V(1, 3, 2));
        Gives(V(0, 1, 0), (x, y) => T.Grad(T.Sum(T.Maximum(x, y)), y), V(1, 2, 3), V(1, 3, 2));
        Gives(V(0, 1, 1, 1, 0), Slope(x => T.Clip(x, -1, 1)), V(-2, -1, 0, 1, 2));
        Gives(V(-1, 0, 1), Slope(T.Abs), V(-3, 0, 3));
        Gives(S(1), Slope(x => T.Maximum(x, 0)), S(0));
        Gives(S(0), Slope(x => T.Switch(x > 0, x, 0)), S(0));
    }

    [Fact]
    public void G15_Gradients_of_powers()
    {
        var (x, y) = (V(2, 0, 3), V(3, 2, 0));
        Gives(V(12, 0, 0), (x, y) => T.Grad(T.Sum(T.Pow(x, y)), x), x, y);
        Gives(V(5.545177444479562, 0, 1.0986122886681098), (x, y) => T.Grad(T.Sum(T.Pow(x, y)), y), x, y);
    }

    [Fact]
    public void G16_Gradients_of_products_with_zeros()
    {
        Gives(V(12, 8, 6), Slope(x => T.Prod(x)), V(2, 3, 4));
        Gives(V(12, 0, 0), Slope(x => T.Prod(x)), V(0, 3, 4));
        Gives(V(0, 0, 0), Slope(x => T.Prod(x)), V(0, 0, 4));
    }

    [Fact]
    public void G17_Gradients_of_sort_cumulative_sum_and_deviation()
    {
        Gives(V(3, 1, 2), Slope(x => T.Sort(x) * T.Constant(V(1, 2, 3))), V(3, 1, 2));
        Gives(V(6, 5, 3), Slope(x => T.CumSum(x) * T.Constant(V(1, 2, 3))), V(3, 1, 2));
        Gives(V(-.4082482904638631, 0, .4082482904638631), Slope(x => T.Std(x)), V(1, 2, 3));
    }

    [Fact]
    public void G18_What_is_taken_twice_has_both_gradients() =>
        Gives(V(3, 3, 0), Slope(x => x[T.Constant(L(0, 0, 1))] * T.Constant(V(1, 2, 3))), V(7, 8, 9));

    [Fact]
    public void G19_The_gradients_of_a_remainder()
    {
        Gives(V(1, 1), (x, y) => T.Grad(T.Sum(x % y), x), V(5.5, -5.5), V(2, 2));
        Gives(V(-2, 3), (x, y) => T.Grad(T.Sum(x % y), y), V(5.5, -5.5), V(2, 2));
    }

    [Fact]
    public void G20_Gradients_of_cholesky_determinant_and_inverse()
    {
        var a = M(2, 4, 2, 2, 3);
        Gives(M(2, .21338834764831843, 0, .14644660940672627, .35355339059327373), Slope(x => T.Cholesky(x)), a);
        Gives(M(2, 3, -2, -2, 4), Slope(T.Det), a);
        Gives(M(2, -.015625, -.03125, -.03125, -.0625), Slope(T.MatrixInverse), a);
    }

    [Fact]
    public void G21_Gradients_of_pseudo_inverse_log_sum_exp_and_softplus()
    {
        Gives(M(2, -.5, .5, .5, -.5), Slope(x => T.PseudoInverse(x)), M(2, 1, 2, 3, 4));
        Gives(V(.2689414213699951, .7310585786300049), Slope(x => T.Log(T.Sum(T.Exp(x)))), V(1, 2));
        Gives(V(0, .5, 1), Slope(T.Softplus), V(-800, 0, 800));
        Gives(V(.25, 0), Slope(Slope(T.Softplus)), V(0, 800));
    }

    [Fact]
    public void G22_A_gradient_of_a_gradient_through_relu() => Gives(V(0, 8), Slope(x => T.Sqr(Slope(x => T.Sqr(T.Relu(x)))(x))), V(0, 1));

    [Fact]
    public void G23_Gradients_of_variance_triangles_and_parts()
    {
        Gives(V(-8.0 / 9, -2.0 / 9, 10.0 / 9), Slope(x => T.Var(x)), V(1, 2, 4));
        Gives(M(2, 2, 0, 6, 8), Slope(x => T.Sqr(T.Tril(x))), M(2, 1, 2, 3, 4));
        Gives(V(0, 4, 6, 0), Slope(x => T.Sqr(x[1..3])), V(1, 2, 3, 4));
        Gives(M(2, 0, 1, 0, 2, 0, 0), Slope(x => x[T.Constant(L(0, 1, 1)), T.Constant(L(1, 0, 0))]), M(2, 1, 2, 3, 4, 5, 6));
    }

    [Fact]
    public void G24_The_gradient_of_a_batch_of_products() =>
        Gives(Tensor.From<double>([1, 5, 1, 5], 1, 2, 2), (x, y) => T.Grad(T.Sum(T.BatchedDot(x, y)), x), Counting(1, 2, 2), Counting(1, 2, 2));
}
