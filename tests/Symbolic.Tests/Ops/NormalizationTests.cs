namespace DeepSym.Tests.Ops;

/// <summary>Batch and layer normalisation: the numbers of Theano and Keras, laws of the statistics, derivatives.</summary>
public sealed class NormalizationTests
{
    private static readonly Variable s_x = T.DTensor4("x");
    private static readonly Variable s_gamma = T.DVector("gamma"), s_beta = T.DVector("beta"), s_mean = T.DVector("mean"), s_variance = T.DVector("variance");
    private static readonly Tensor s_images = Numerically.Draw(1, 3, 2, 2, 3);
    private static readonly Tensor s_two = Tensor.From([0.7, -1.3]), s_other = Tensor.From([0.2, 1.1]);

    [Fact]
    public void A_batch_is_normalised_as_Theano_does()
    {
        var x = T.Constant(Tensor.From<double>([1, 2, 3, 6], 2, 2));
        var ones = T.Constant(Tensor.Ones<double>(2));
        var batch = T.BatchNormalizationTrain(x, ones, T.ZerosLike(ones), [0]);
        var (mean, variance) = batch.Running(T.ZerosLike(ones), ones);
        double[] expected = [-.9999500037496877, -.9999875002343701, .9999500037496877, .9999875002343701];
        Numerically.Close(Tensor.From<double>(expected, 2, 2), Numerically.Agreed(batch.Output));
        Numerically.Close(Tensor.From([2.0, 4]), Numerically.Agreed(batch.Mean));
        Numerically.Close(Tensor.From([.9999500037496877, .49999375011718505]), Numerically.Agreed(batch.InverseDeviation));
        Numerically.Close(Tensor.From([.2, .4]), Numerically.Agreed(mean));
        Numerically.Close(Tensor.From([1.1, 1.7]), Numerically.Agreed(variance));
        Numerically.Close(Tensor.From<double>(expected, 2, 2), Numerically.Agreed(T.BatchNormalizationTest(x, null, null, batch.Mean, batch.Variance)));
    }

    [Fact]
    public void The_output_of_each_channel_has_mean_beta_and_deviation_gamma()
    {
        var output = Numerically.Agreed(T.BatchNormalizationTrain(s_x, s_gamma, s_beta, epsilon: 0).Output, (s_x, s_images), (s_gamma, s_two), (s_beta, s_other));
        Numerically.Close(s_other, Numerically.Value(T.Mean(T.Constant(output), 0, 2, 3)));
        Numerically.Close(Tensor.From([0.7, 1.3]), Numerically.Value(T.Std(T.Constant(output), [0, 2, 3])));
    }

    [Fact]
    public void Parameters_with_sizes_of_one_give_statistics_with_sizes_of_one()
    {
        var gamma = T.Constant(s_two.Reshape(1, 2, 1, 1));
        var (with, without) = (T.BatchNormalizationTrain(s_images, gamma, gamma, [0, 2, 3]), T.BatchNormalizationTrain(s_images, s_two, s_two, [0, 2, 3]));
        Assert.Equal("[1,2,1,1]", with.Mean.Shape.ToString());
        Assert.Equal("[2]", without.InverseDeviation.Shape.ToString());
        Numerically.Close(Numerically.Value(without.Output), Numerically.Value(with.Output));
        Numerically.Close(Numerically.Value(without.Variance).Reshape(1, 2, 1, 1), Numerically.Value(with.Variance));
    }

    [Fact]
    public void Derivatives_equal_differences()
    {
        Numerically.CheckGradient(Numerically.Weighted(T.BatchNormalizationTrain(s_x, s_gamma, s_beta).Output), twice: true, (s_x, s_images), (s_gamma, s_two), (s_beta, s_other));
        Numerically.CheckGradient(Numerically.Weighted(T.BatchNormalizationTest(s_x, s_gamma, s_beta, s_mean, s_variance)), twice: false,
            (s_x, s_images), (s_gamma, s_two), (s_beta, s_other), (s_mean, s_other), (s_variance, Tensor.From([0.5, 2.0])));
        Numerically.CheckGradient(Numerically.Weighted(T.LayerNormalization(s_x, s_gamma, s_beta)), twice: false,
            (s_x, Numerically.Draw(2, 2, 1, 2, 3)), (s_gamma, Numerically.Draw(3, 3)), (s_beta, Numerically.Draw(4, 3)));
    }

    [Fact]
    public void A_layer_is_normalised_as_Keras_does()
    {
        var x = T.Constant(Tensor.Arange<double>(0, 5, 1).Reshape(1, 5));
        var ones = T.Constant(Tensor.Ones<double>(5));
        Numerically.Close(Tensor.From<double>([-.41386, .29307, 1, 1.70693, 2.41386], 1, 5), Numerically.Agreed(T.LayerNormalization(x, ones, ones)), 1e-5);
        var both = Numerically.Value(T.LayerNormalization(T.Constant(s_images), axes: [1, -1], epsilon: 0));
        Numerically.Close(Tensor.Zeros<double>(3, 2), Numerically.Value(T.Mean(T.Constant(both), 1, 3)));
        Numerically.Close(Tensor.Ones<double>(3, 2), Numerically.Value(T.Var(T.Constant(both), [1, 3])));
    }

    [Fact]
    public void Parameters_that_do_not_fit_are_named()
    {
        var x = T.Tensor4("x", "batch", 16, 8, 8);
        Says("batch_normalization(x: float32[batch,16,8,8]): gamma: float32[8] must have shape [16] or [1,16,1,1].", () => T.BatchNormalizationTrain(x, T.Vector("gamma", 8)));
        Says("batch_normalization(x: float32[batch,16,8,8]): mean: float32[mean.0,mean.1] must have shape [16] or [1,16,1,1].", () => T.BatchNormalizationTest(x, null, null, T.FMatrix("mean"), T.Vector("v", 16)));
        Says("layer_normalization(x: float32[batch,16,8,8]): beta: float32[4] must have shape [8] or [1,1,1,8].", () => T.LayerNormalization(x, beta: T.Vector("beta", 4)));
        Says("batch_normalization(v: float32[v.0]): a batch has at least two axes, [n, channels, ...]. Name the axes to normalise over.", () => T.BatchNormalizationTrain(T.FVector("v")));
    }

    private static void Says(string message, Func<object> build) => Assert.Equal(message, Assert.Throws<ShapeException>(build).Message);
}
