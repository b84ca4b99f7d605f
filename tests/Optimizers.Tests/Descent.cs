namespace DeepSym.Optimizers.Tests;

/// <summary>Runs an optimizer for some steps.</summary>
static class Descent
{
    /// <summary>The truth table's problem: from ones down <c>Σ c·x²</c> with c = (.1, .2, .3).</summary>
    public static double[] Bowl(Optimizer optimizer, int steps = 10)
    {
        var x = T.Shared(Tensor.From(new[] { 1.0, 1, 1 }), "x");
        var loss = T.Sum(T.Constant(Tensor.From(new[] { .1, .2, .3 })) * T.Sqr(x));
        using var train = Compiled.Function([], [loss], optimizer.Minimize(loss, [x]).Updates);
        for (var i = 0; i < steps; i++) train.Invoke();
        return x.GetValue().ToArray<double>();
    }

    /// <summary>The values of the parameter after each of the given gradients.</summary>
    public static double[][] Along(Optimizer optimizer, double[] start, params double[][] gradients)
    {
        var x = T.Shared(Tensor.From(start), "x");
        var g = T.DVector("g", start.Length);
        using var train = Compiled.Function([g], [], optimizer.Step([g], [x]).Updates);
        return [.. gradients.Select(gradient =>
        {
            train.Invoke(Tensor.From(gradient));
            return x.GetValue().ToArray<double>();
        })];
    }

    public static void Near(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
