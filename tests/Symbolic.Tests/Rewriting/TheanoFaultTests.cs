using DeepSym.Rewriting;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Rewriting;

/// <summary>Results that Theano 1.0.5 gets wrong, loses or hides: here they are right, in every setting of numerics that promises it.</summary>
public sealed class TheanoFaultTests
{
    static readonly Variable s_x = T.DVector("x"), s_y = T.DVector("y"), s_m = T.DMatrix("m");

    [Fact]
    public void Stable_forms_are_found_before_constants_are_folded() => Numerically.Close(Tensor.Scalar(800.0), Numerically.Compiled(T.Log(1 + T.Exp(T.Constant(Tensor.Scalar(800.0))))));

    [Fact]
    public void Any_number_of_exponentials_adds_up_under_a_logarithm()
    {
        var sum = T.Log(T.Exp(s_x) + T.Exp(s_y) + T.Exp(s_x - s_y) + T.Exp(s_x + s_y));
        var inputs = new[] { (s_x, Tensor.From([10000.0, 1])), (s_y, Tensor.From([10000.0, -1])) };
        Numerically.Close(Tensor.From([20000, Math.Log(Math.E + 1 / Math.E + Math.E * Math.E + 1)]), Numerically.Compiled(sum, inputs));
    }

    [Fact]
    public void Gradients_of_log_sum_exp_are_the_softmax()
    {
        var at = Tensor.From([1000.0, 1000]);
        Numerically.Close(Tensor.From([0.5, 0.5]), Numerically.Compiled(T.Grad(T.Log(T.Sum(T.Exp(s_x))), s_x), (s_x, at)));
        Numerically.Close(Tensor.From([0.5, 0.5]), Numerically.Compiled(T.Grad(T.Sum(T.Log(T.Exp(s_x) + T.Exp(s_y))), s_x), (s_x, at), (s_y, at)));
    }

    [Fact]
    public void The_log_of_a_sum_of_no_probability_is_minus_infinity() =>
        Assert.Equal(double.NegativeInfinity, Numerically.Compiled(T.Log(T.Sum(T.Exp(s_x))), (s_x, Tensor.From([double.NegativeInfinity, double.NegativeInfinity]))).ToScalar<double>());

    [Fact]
    public void Parts_of_a_softmax_have_exact_logarithms()
    {
        var at = Tensor.From<double>([0, 1000], 1, 2);
        Numerically.Close(Tensor.From<double>([-1000, 0], 2, 1), Numerically.Compiled(T.Log(T.Softmax(s_m).Transpose()), (s_m, at)));
        Numerically.Close(Tensor.From([-1000.0, 0]), Numerically.Compiled(T.Log(T.Softmax(s_m)[0]), (s_m, at)));
        Numerically.Close(Tensor.From([-1000.0]), Numerically.Compiled(T.Log(T.Softmax(s_m)[.., 0]), (s_m, at)));
        Numerically.Close(Tensor.From([-1000.0, 0]), Numerically.Compiled(T.Log(T.Flatten(T.Softmax(s_m))), (s_m, at)));
    }

    [Fact]
    public void Softmax_has_any_number_of_axes()
    {
        var x = T.DTensor3("x");
        var value = Numerically.Compiled(T.Softmax(x), (x, Tensor.From<double>([1000, 1000, 0, 1000], 1, 2, 2)));
        Numerically.Close(Tensor.From<double>([0.5, 0.5, 0, 1], 1, 2, 2), value);
    }

    [Fact]
    public void Exponentials_over_their_sum_are_a_softmax_along_any_axis() =>
        Numerically.Close(Tensor.From<double>([0.5, 0, 0.5, 1], 2, 2), Numerically.Compiled(T.Exp(s_m) / T.Sum(T.Exp(s_m), 0), (s_m, Tensor.From<double>([1000, 0, 1000, 1000], 2, 2))));

    [Fact]
    public void Inverse_functions_cancel()
    {
        var at = Tensor.From([-1000.0, 1000]);
        foreach (var same in new[] { T.Log(T.Exp(s_x)), s_x - (-(s_x * 0)), T.Exp(s_x) * T.Exp(-s_x) * s_x }) Numerically.Close(at, Numerically.Compiled(same, (s_x, at)));
        Numerically.Close(Tensor.From([1000.0, 1000]), Numerically.Compiled(T.Sqrt(T.Sqr(s_x)), (s_x, at)));
    }

    [Fact]
    public void A_product_with_a_vector_is_never_a_product_of_matrices()
    {
        var (a, b) = (T.DMatrix("a"), T.DMatrix("b"));
        foreach (var product in new[] { T.Dot(T.Dot(a, b), s_x), T.Dot(s_y, T.Dot(a, b)) })
            Assert.All(Compiled(product).Where(e => e.Op is Contract), e => Assert.Equal(1, e.Rank));
        var inputs = new[] { (a, Numerically.Draw(1, 3, 4)), (b, Numerically.Draw(2, 4, 5)), (s_x, Numerically.Draw(3, 5)) };
        Numerically.Agreed(T.Dot(T.Dot(a, b), s_x), inputs);
    }

    [Fact]
    public void A_product_with_an_inverse_is_a_solution()
    {
        var (a, b) = (T.DMatrix("a"), T.DVector("b"));
        var solution = Compiled(T.Dot(T.MatrixInverse(a), b));
        Assert.Contains(solution, e => e.Op is Solve && e.Inputs[1].Shape[1].IsOne);
        Assert.DoesNotContain(solution, e => e.Op is Contract);
    }

    [Fact]
    public void A_part_of_a_part_is_one_view()
    {
        var parts = Compiled(T.DVector("a", 9)[1..][2]);
        Assert.Single(parts, e => e.Op is Slice);
        Assert.DoesNotContain(parts, e => e.Op is Map);
        Numerically.Close(Tensor.Scalar(4.0), Numerically.Compiled(s_x[1..][2], (s_x, Tensor.From([1.0, 2, 3, 4]))));
    }

    [Fact]
    public void The_gradient_of_a_mean_of_known_size_is_a_constant()
    {
        var a = T.DMatrix("a", 4, 5);
        Assert.DoesNotContain(Compiled(T.Grad(T.Mean(a), a)), e => e.Op is Map or DimValue);
    }

    [Fact]
    public void The_order_of_rewriting_does_not_depend_on_the_process()
    {
        var cost = T.Sum(T.Log(T.Softmax(T.Dot(s_m, T.DMatrix("w")))));
        var texts = Enumerable.Range(0, 3).Select(_ => string.Join('\n', Compiled(cost).Select(e => e.Op?.ToString() ?? e.Name)));
        Assert.Single(texts.Distinct());
    }

    [Fact]
    public void The_largest_of_a_softmax_over_another_axis_is_found_there()
    {
        var at = Tensor.From<double>([5, 10, 1, 0], 2, 2);
        Assert.Equal([1L, 0], Numerically.Compiled(T.ArgMax(T.Softmax(s_m), 0), (s_m, at)).ToArray<long>());
        Assert.Equal([1L, 0], Numerically.Compiled(T.ArgMax(T.Softmax(s_m), 1), (s_m, at)).ToArray<long>());
        Assert.DoesNotContain(Compiled(T.ArgMax(T.Softmax(s_m), 1)), e => e.Op is Map);
    }

    [Fact]
    public void A_reshape_to_a_wrong_size_is_an_error()
    {
        foreach (var shape in new Dim[][] { [7], [7, 1] })
            Assert.ThrowsAny<ShapeException>(() => Numerically.Compiled(T.Reshape(s_x, shape), (s_x, Tensor.From([1.0, 2]))));
    }

    [Fact]
    public void A_literal_near_one_is_not_one() =>
        Numerically.Close(Tensor.From([Math.Log(1.000000001)]), Numerically.Compiled(T.Log(1.000000001 + s_x), (s_x, Tensor.From([0.0]))));

    [Fact]
    public void Assigning_at_equal_indices_keeps_the_last_value()
    {
        var i = T.LVector("i");
        var inputs = new[] { (s_x, Tensor.From([0.0, 0])), (i, Tensor.From([0L, 0])), (s_y, Tensor.From([1.0, 2])) };
        Assert.Equal([2.0, 0], Numerically.Agreed(s_x.With([i], s_x[i] + s_y), inputs).ToArray<double>());
        Assert.Equal([3.0, 0], Numerically.Agreed(s_x.Add([i], s_y), inputs).ToArray<double>());
    }

    [Fact]
    public void What_is_not_a_number_stays_so()
    {
        var at = Tensor.From([0, double.NaN, double.PositiveInfinity]);
        Assert.All(Numerically.Compiled(s_x / s_x, (s_x, at)).ToArray<double>(), value => Assert.True(double.IsNaN(value)));
        Assert.Equal([0, double.NaN, double.NaN], Numerically.Compiled(s_x - s_x, (s_x, at)).ToArray<double>());
        Assert.Equal([0, double.NaN, double.NaN], Numerically.Compiled(s_x * 0, (s_x, at)).ToArray<double>());
        Assert.Equal([double.NaN, double.NaN, 0], Numerically.Compiled(0 / s_x, (s_x, at)).ToArray<double>());
        Assert.Equal([true, false, true], Numerically.Compiled(T.Eq(s_x, s_x), (s_x, at)).ToArray<bool>());
        Assert.Equal([true, false, true], Numerically.Compiled(T.Le(s_x, s_x), (s_x, at)).ToArray<bool>());
    }

    [Fact]
    public void Only_fast_numerics_take_all_numbers_to_be_finite()
    {
        var f = Function.Compile([s_x], [s_x / s_x, s_x * 0, s_x - s_x], options: new CompileOptions { Numerics = Numerics.Fast, AllowUnusedInputs = true });
        Assert.Equal([[1.0], [0], [0]], f.Invoke(Tensor.From([double.NaN])).Select(t => t.ToArray<double>()));
        Assert.Equal([false], Function.Compile([s_x], T.Eq(s_x, s_x), options: new CompileOptions { Numerics = Numerics.Fast }).Invoke(Tensor.From([double.NaN]))[0].ToArray<bool>());
    }

    // The nodes after rewriting.
    static List<Expr> Compiled(Expr expr) => Traversal.Topological(
        Rewriter.Apply(Rewriter.Apply([expr], Tables.Stabilize, Numerics.Default), Tables.Simplify, Numerics.Default));
}
