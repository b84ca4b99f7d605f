using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Autodiff;

/// <summary>Gradients that are given, stopped, cut, scaled or replaced.</summary>
public sealed class GradientOptionsTests
{
    private static readonly Variable s_x = T.DVector("x"), s_y = T.DVector("y");
    private static readonly Tensor s_point = Tensor.From([0.5, -1.0, 2]), s_other = Tensor.From([3.0, -4, 0.25]);
    private static readonly (Variable, Tensor)[] s_inputs = [(s_x, s_point), (s_y, s_other)];

    [Fact]
    public void Known_gradients_go_on_from_where_they_are()
    {
        var hidden = T.Tanh(s_x);
        var cost = T.Sum(T.Sqr(hidden) * s_y);
        var ofHidden = T.Grad(cost, hidden);
        var options = new GradientOptions { KnownGradients = [(hidden, ofHidden)] };
        Same(T.Grad(cost, s_x), T.Grad(null, [s_x], options)[0]);
    }

    [Fact]
    public void A_known_gradient_stands_for_what_the_cost_would_bring()
    {
        var hidden = T.Tanh(s_x);
        var options = new GradientOptions { KnownGradients = [(hidden, T.OnesLike(s_x))] };
        Same(T.Grad(T.Sum(hidden), s_x) + s_y, T.Grad(T.Sum(T.Exp(hidden)) + T.Sum(s_x * s_y), [s_x], options)[0]);
    }

    [Fact]
    public void Constants_let_no_gradient_through()
    {
        var hidden = T.Sqr(s_x);
        var options = new GradientOptions { ConsiderConstant = [hidden] };
        Same(hidden, T.Grad(T.Sum(hidden * s_x), [s_x], options)[0]);
        Assert.StartsWith("No gradient flows from 'the cost' to 'x'", Assert.Throws<GradientException>(() => T.Grad(T.Sum(hidden), [s_x], options)).Message, StringComparison.Ordinal);
        Same(T.ZerosLike(s_x), T.Grad(T.Sum(hidden), [s_x], options with { Disconnected = Disconnected.Zero })[0]);
    }

    [Fact]
    public void Parts_of_a_graph_give_the_gradient_of_the_whole()
    {
        var (first, second) = (T.Sin(s_x), T.Tanh(T.Sin(s_x)) * s_y);
        var cost = T.Sum(T.Sqr(second));
        var (ofY, ofFirst) = T.SubgraphGrad([s_y], [first], cost: cost);
        var (ofX, _) = T.SubgraphGrad([s_x], [], [(first, ofFirst[0])]);
        Same(T.Grad(cost, s_x), ofX[0]);
        Same(T.Grad(cost, s_y), ofY[0]);
    }

    [Fact]
    public void A_gradient_is_scaled_or_cut()
    {
        Same(-2 * T.Exp(s_x), T.Grad(T.Sum(T.Exp(T.GradScale(s_x, -2))), s_x));
        Same(T.Constant(Tensor.From([1.0, -1, 1])), T.Grad(T.Sum(T.Sqr(T.GradClip(s_x, -1, 1))), s_x));
        Same(-2 * s_y, T.Jvp(T.GradScale(s_x, -2), s_x, s_y));
        Same(T.Exp(s_x) * s_x, T.Exp(T.GradScale(s_x, 0)) * T.GradClip(s_x, 0, 1));
        Assert.Throws<ArgumentException>(() => T.GradClip(s_x, 1, 0));
    }

    [Fact]
    public void A_gradient_of_ones_own_replaces_the_derivative_backward_and_forward()
    {
        var value = T.WithGradient(T.Floor(s_x * 4) / 4, [s_x], cotangent => [cotangent * s_y]);
        Same(T.Floor(s_x * 4) / 4, value);
        Same(2 * T.Floor(s_x * 4) / 4 * s_y, T.Grad(T.Sum(T.Sqr(value)), s_x));
        Same(s_y * s_y, T.Jvp(value, s_x, s_y));
        Same(T.Ones([3], DType.Float64), T.Grad(T.Sum(T.Grad(T.Sum(value), s_x)), s_y));
    }

    [Fact]
    public void A_gradient_of_ones_own_follows_its_inputs_into_loops_and_copies()
    {
        Func<Expr, Expr> sine = x => T.WithGradient(T.Sin(x), [x], cotangent => [cotangent * T.Cos(x) * 2]);
        Same(4 * s_x * T.Cos(T.Sqr(s_x)), T.Grad(T.Sum(T.Substitute(sine(s_y), (s_y, T.Sqr(s_x)))), s_x));
        Same(2 * s_x * T.Cos(s_y), T.Grad(T.Sum(T.Substitute(sine(s_x), (s_x, s_y)) * s_x), s_y));
        Same(2 * T.Cos(s_x), T.Grad(T.Sum(T.Map(sine, s_x)), s_x));
    }

    [Fact]
    public void A_function_of_graphs_is_applied_to_arguments()
    {
        var (a, b) = (T.DVector("a"), T.DVector("b"));
        var function = new GraphFunction([a, b], [a * T.Exp(b), a + b]);
        var results = function.Apply(s_y, s_x * 2);
        Same(s_y * T.Exp(s_x * 2), results[0]);
        Same(T.Grad(T.Sum(s_y * T.Exp(s_x * 2)), s_x), T.Grad(T.Sum(results[0]), s_x));

        var overriding = function with { Gradient = (inputs, outputs, cotangents) => [cotangents[0] * 10 * inputs[1] + cotangents[1], null] };
        var other = overriding.Apply(s_y, s_x * 2);
        Same(20 * s_x + 3, T.Grad(T.Sum(other[0] + 3 * other[1]), s_y));
        Same(T.ZerosLike(s_x), T.Grad(T.Sum(other[0]), s_x));
        Assert.Equal("The function takes 2 arguments (a: float64[a.0], b: float64[b.0]), and 1 were given. (Parameter 'arguments')", Assert.Throws<ArgumentException>(() => function.Apply(s_x)).Message);
    }

    [Fact]
    public void What_cannot_be_is_said()
    {
        Assert.Equal("A gradient needs a cost, or known gradients to begin with.", Assert.Throws<GradientException>(() => T.Grad(null, [s_x], new GradientOptions())).Message);
        Assert.StartsWith("The known gradient of x: float64[x.0] must have its type", Assert.Throws<GradientException>(
            () => T.Grad(null, [s_x], new GradientOptions { KnownGradients = [(s_x, T.DScalar("s"))] })).Message, StringComparison.Ordinal);
        Assert.Contains("must have a part for each of 1 inputs", Assert.Throws<GradientException>(
            () => T.Grad(T.Sum(T.WithGradient(T.Exp(s_x), [s_x], _ => [])), s_x)).Message, StringComparison.Ordinal);
        Assert.Contains("not linear in the cotangent", Assert.Throws<GradientException>(
            () => T.Jvp(T.WithGradient(T.Exp(s_x), [s_x], c => [T.Sqr(c)]), s_x, s_y)).Message, StringComparison.Ordinal);
    }

    private static void Same(Expr expected, Expr actual) => Numerically.Close(Numerically.Value(expected, s_inputs), Numerically.Agreed(actual, s_inputs));
}
