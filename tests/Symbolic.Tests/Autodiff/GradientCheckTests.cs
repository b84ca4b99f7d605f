namespace DeepSym.Tests.Autodiff;

/// <summary>The public comparison of gradients with differences.</summary>
public sealed class GradientCheckTests
{
    [Fact]
    public void A_right_gradient_passes()
    {
        var (x, w) = (T.DMatrix("x", 3, 4), T.DMatrix("w", 4, 2));
        var cost = T.Sum(T.Sqr(T.Softmax(T.Dot(T.Tanh(x), w))));
        GradientCheck.Verify(cost, [(x, Ops.Numerically.Draw(1, 3, 4)), (w, Ops.Numerically.Draw(2, 4, 2))]);
    }

    [Fact]
    public void A_wrong_gradient_names_the_element_and_both_numbers()
    {
        var x = T.DVector("x", 3);
        var cost = T.Sum(T.Sqr(x)) + T.Sum(T.StopGradient(x));   // the derivative of the second part is hidden
        var error = Assert.Throws<GradientException>(() => GradientCheck.Verify(cost, [(x, Tensor.From(new[] { 0.5, 1, 2 }))]));
        Assert.Contains("of 'x' is", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cost_that_is_no_scalar_is_an_error()
    {
        var x = T.DVector("x", 3);
        Assert.Throws<GradientException>(() => GradientCheck.Compare(x * 2, [(x, Tensor.Zeros<double>(3))]));
    }
}
