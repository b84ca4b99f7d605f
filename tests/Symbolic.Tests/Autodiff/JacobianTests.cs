using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Autodiff;

/// <summary>Jacobians and Hessians: against rows and columns taken one by one, and against formulas.</summary>
public sealed class JacobianTests
{
    private static readonly Variable s_x = T.DVector("x"), s_v = T.DVector("v"), s_w = T.DMatrix("w");
    private static readonly Tensor s_point = Tensor.From([0.5, -1.0, 2]);
    private static readonly Tensor s_weights = Numerically.Draw(3, 2, 3);

    [Fact]
    public void The_Jacobian_of_a_product_with_a_matrix_is_the_matrix() =>
        Numerically.Close(s_weights, Numerically.Agreed(T.Jacobian(T.Dot(s_w, s_x), s_x), (s_w, s_weights), (s_x, s_point)));

    [Fact]
    public void Rows_are_gradients_and_columns_are_forward_derivatives()
    {
        var y = T.Sin(s_x) * T.Sum(s_x) + T.CumSum(s_x);
        var jacobian = Numerically.Agreed(T.Jacobian(y, s_x), (s_x, s_point));
        for (var i = 0; i < 3; i++)
        {
            Numerically.Close(Numerically.Value(T.Grad(y[i], s_x), (s_x, s_point)), jacobian.Row(i));
            var unit = Tensor.Zeros<double>(3);
            unit.Set(1.0, i);
            Numerically.Close(Numerically.Value(T.Constant(jacobian)[.., i]), Numerically.Value(T.Rop(y, s_x, T.Constant(unit)), (s_x, s_point)));
            Numerically.Close(jacobian.Row(i), Numerically.Value(T.Lop(y, s_x, T.Constant(unit)), (s_x, s_point)));
        }
    }

    [Fact]
    public void The_shape_is_that_of_the_output_and_then_that_of_the_variable()
    {
        Assert.Equal([2, 3, 2, 3], Numerically.Agreed(T.Jacobian(T.Sqr(s_w), s_w), (s_w, s_weights)).Shape.ToArray());
        Assert.Equal([2, 3], Numerically.Agreed(T.Jacobian(T.Sum(s_w), s_w), (s_w, s_weights)).Shape.ToArray());
        Assert.Equal([0, 0], Numerically.Agreed(T.Jacobian(T.Sqr(s_x), s_x), (s_x, Tensor.Zeros<double>(0))).Shape.ToArray());
        var both = T.Jacobian(T.Dot(s_w, s_x), [s_x, s_w]);
        Assert.Equal([2, 2, 3], Numerically.Agreed(both[1], (s_w, s_weights), (s_x, s_point)).Shape.ToArray());
    }

    [Fact]
    public void The_Hessian_of_a_quadratic_form_is_its_matrix_and_its_transpose()
    {
        var square = T.Dot(T.Transpose(s_w), s_w) + T.Outer(T.Arange(3) * 1.0, T.Ones([3], DType.Float64));
        var hessian = T.Hessian(T.Dot(s_x, T.Dot(square, s_x)), s_x);
        Numerically.Close(Numerically.Value(square + T.Transpose(square), (s_w, s_weights)), Numerically.Agreed(hessian, (s_w, s_weights), (s_x, s_point)));
    }

    [Fact]
    public void A_Hessian_times_a_vector_needs_no_Hessian()
    {
        var cost = T.Sum(T.Exp(s_x)) * s_x[0] + T.Prod(s_x);
        var expected = Numerically.Value(T.Dot(T.Hessian(cost, s_x), s_v), (s_x, s_point), (s_v, Tensor.From([1.0, 2, -1])));
        Numerically.Close(expected, Numerically.Agreed(T.HessianVectorProduct(cost, s_x, s_v), (s_x, s_point), (s_v, Tensor.From([1.0, 2, -1]))));
    }

    [Fact]
    public void Jacobians_can_be_differentiated() =>
        Numerically.CheckGradient(Numerically.Weighted(T.Jacobian(T.Exp(s_x) * T.Sum(T.Sqr(s_x)), s_x)), twice: false, (s_x, s_point));

    [Fact]
    public void What_has_no_Jacobian_is_said()
    {
        Assert.Equal("There are no derivatives of n: int64[n.0]: only floating expressions have some.", Assert.Throws<GradientException>(() => T.Jacobian(T.LVector("n"), s_x)).Message);
        Assert.StartsWith("No gradient flows from", Assert.Throws<GradientException>(() => T.Jacobian(s_v * 2, s_x)).Message, StringComparison.Ordinal);
        Assert.Equal([3, 3], Numerically.Agreed(T.Jacobian(s_v * 2, s_x, Disconnected.Zero), (s_v, s_point), (s_x, s_point)).Shape.ToArray());
    }
}
