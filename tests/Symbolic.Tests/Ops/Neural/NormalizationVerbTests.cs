namespace DeepSym.Tests.Ops.Neural;

/// <summary>Normalisation by instance, by group, and by neighbouring channels.</summary>
public sealed class NormalizationVerbTests
{
    private static readonly Variable s_x = T.DTensor4("x");
    private static readonly Variable s_gamma = T.DVector("gamma"), s_beta = T.DVector("beta");
    private static readonly Tensor s_images = Numerically.Draw(1, 2, 4, 3, 2);
    private static readonly Tensor s_scale = Tensor.From([0.5, -1, 2, 3]), s_shift = Tensor.From([0.1, 0.2, 0.3, 0.4]);

    [Fact]
    public void Each_channel_of_each_sample_has_mean_beta_and_deviation_gamma()
    {
        var output = T.Constant(Numerically.Agreed(T.InstanceNormalization(s_x, s_gamma, s_beta, epsilon: 0), (s_x, s_images), (s_gamma, s_scale), (s_beta, s_shift)));
        Numerically.Close(Numerically.Value(T.Tile(T.Constant(s_shift), 2, 1)), Numerically.Value(T.Mean(output, 2, 3)));
        Numerically.Close(Numerically.Value(T.Tile(T.Abs(T.Constant(s_scale)), 2, 1)), Numerically.Value(T.Std(output, [2, 3])));
    }

    [Fact]
    public void One_group_is_a_layer_and_a_group_for_each_channel_an_instance()
    {
        Numerically.Close(Numerically.Value(T.LayerNormalization(s_x, axes: [1, 2, 3], epsilon: 1e-5), (s_x, s_images)), Numerically.Agreed(T.GroupNormalization(s_x, 1), (s_x, s_images)));
        Numerically.Close(Numerically.Value(T.InstanceNormalization(s_x), (s_x, s_images)), Numerically.Agreed(T.GroupNormalization(s_x, 4), (s_x, s_images)));
        Assert.Equal("group_normalization(m: float32[2,5], 2): axis 1 must have a multiple of 2 channels.", Assert.Throws<ShapeException>(() => T.GroupNormalization(T.Matrix("m", 2, 5), 2)).Message);
    }

    [Fact]
    public void A_response_is_divided_by_those_of_its_neighbours()
    {
        var value = Numerically.Agreed(T.LocalResponseNormalization(s_x, 3, k: 1, alpha: 0.5), (s_x, s_images));
        for (var c = 0; c < 4; c++)
        {
            var sum = Enumerable.Range(0, 4).Where(n => Math.Abs(n - c) <= 1).Sum(n => Math.Pow(s_images.Get<double>(1, n, 2, 1), 2));
            Assert.Equal(s_images.Get<double>(1, c, 2, 1) / Math.Pow(1 + 0.5 * sum, 0.75), value.Get<double>(1, c, 2, 1), 12);
        }
        Assert.Throws<ArgumentException>(() => T.LocalResponseNormalization(s_x, 4));
    }

    [Fact]
    public void Derivatives_equal_differences()
    {
        Numerically.CheckGradient(Numerically.Weighted(T.InstanceNormalization(s_x, s_gamma, s_beta)), twice: false, (s_x, s_images), (s_gamma, s_scale), (s_beta, s_shift));
        Numerically.CheckGradient(Numerically.Weighted(T.GroupNormalization(s_x, 2, s_gamma)), twice: false, (s_x, s_images), (s_gamma, s_scale));
        Numerically.CheckGradient(Numerically.Weighted(T.LocalResponseNormalization(s_x, 3, alpha: 1)), twice: false, (s_x, s_images));
    }
}
