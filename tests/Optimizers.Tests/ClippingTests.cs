using CsCheck;

namespace DeepSym.Optimizers.Tests;

public sealed class ClippingTests
{
    static double[][] Clip(Clipping clipping, params double[][] gradients)
    {
        using var f = Compiled.Function([], clipping.Clip([.. gradients.Select(g => (Expr)Tensor.From(g))]));
        return [.. f.Invoke().Select(t => t.ToArray<double>())];
    }

    static double Norm(params double[][] xs) => Math.Sqrt(xs.Sum(x => x.Sum(v => v * v)));

    [Fact]
    public void By_value_brings_each_element_into_bounds() =>
        Assert.Equal([[1, -1, .5]], Clip(Clipping.ByValue(1), [100, -7, .5]));

    [Fact]
    public void By_norm_scales_each_gradient_alone()
    {
        var clipped = Clip(Clipping.ByNorm(1), [100, 100], [.1, .2]);
        Descent.Near([.7071067811865475, .7071067811865475], clipped[0], 1e-15);
        Assert.Equal([.1, .2], clipped[1]);
    }

    [Fact]
    public void By_global_norm_scales_all_gradients_alike()
    {
        var clipped = Clip(Clipping.ByGlobalNorm(1), [50], [100]);
        Assert.Equal(.4472135954999579, clipped[0][0], 1e-15);
        Assert.Equal(.8944271909999159, clipped[1][0], 1e-15);
    }

    [Fact]
    public void The_constraint_of_Lasagne_bounds_the_total_norm()
    {
        var nine = Enumerable.Range(0, 9).Select(i => (double)i).ToArray();
        Assert.Equal(5, Norm(Clip(Clipping.ByGlobalNorm(5, epsilon: 1e-7), [9], nine)), 1e-6);
    }

    static readonly Gen<double[]> Gradient = Gen.Double[-100, 100].Array[1, 6];

    [Fact]
    public void A_norm_is_never_above_its_bound_and_a_small_gradient_is_not_touched() => Gen.Select(Gradient, Gradient, Gen.Double[.01, 300]).Sample((g, h, max) =>
    {
        var clipped = Clip(Clipping.ByGlobalNorm(max), g, h);
        Assert.True(Norm(clipped) <= max * (1 + 1e-12));
        if (Norm(g, h) <= max) Assert.Equal([g, h], clipped);
    }, iter: 30);

    [Fact]
    public void Zero_gradients_stay_zero()
    {
        Assert.Equal([[0.0, 0]], Clip(Clipping.ByNorm(1), [0, 0]));
        Assert.Equal([[0.0, 0]], Clip(Clipping.ByGlobalNorm(1), [0, 0]));
    }

    [Fact]
    public void Clipping_comes_before_the_rule()
    {
        var path = Descent.Along(new SGD { LearningRate = 1, Clipping = Clipping.ByValue(.5) }, [0, 0], [10, -.25]);
        Assert.Equal([-.5, .25], path[0]);
    }

    [Fact]
    public void Weights_are_bounded_unit_by_unit()
    {
        var x = Tensor.From<double>([3, .3, 4, .4], 2, 2);
        using var f = Compiled.Function([], [Norms.Constrain(x, 1)]);
        Descent.Near([.6, .3, .8, .4], f.Invoke()[0].ToArray<double>(), 1e-6);
    }

    [Fact]
    public void The_axes_of_a_unit_are_not_guessed() =>
        Assert.Equal("norm constraint on float64[2]: the axes of a unit's inputs are known for 2 to 5 axes only. Name them.",
            Assert.Throws<ShapeException>(() => Norms.Constrain(Tensor.From(new[] { 1.0, 2 }), 1)).Message);

    [Fact]
    public void A_bound_must_be_above_zero() => Assert.Throws<ArgumentOutOfRangeException>(() => Clipping.ByNorm(0));
}
