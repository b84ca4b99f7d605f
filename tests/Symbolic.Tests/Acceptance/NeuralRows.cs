using static DeepSym.Tests.Acceptance.Row;

namespace DeepSym.Tests.Acceptance;

/// <summary>Convolution, pooling, patches, CTC, normalisation and activations: rows M and the long tables L of Theano's behaviour. Here a kernel is turned around only on demand.</summary>
public sealed class NeuralRows
{
    static Tensor Image(Tensor rows) => rows.Reshape(1, 1, rows.Shape[0], rows.Shape[1]);

    static readonly Tensor s_image = Image(Counting(4, 4)), s_kernel = Image(M(2, 1, 2, 3, 4));

    [Fact]
    public void M1_M2_A_convolution_with_and_without_flip()
    {
        Gives(Image(M(3, 16, 26, 36, 56, 66, 76, 96, 106, 116)), (x, w) => T.Conv2D(x, w, flip: true), s_image, s_kernel);
        Gives(Image(M(3, 34, 44, 54, 74, 84, 94, 114, 124, 134)), (x, w) => T.Conv2D(x, w, flip: false), s_image, s_kernel);
    }

    [Fact]
    public void M3_M5_M7_Borders()
    {
        var full = Image(M(5, 0, 1, 4, 7, 6, 4, 16, 26, 36, 26, 20, 56, 66, 76, 50, 36, 96, 106, 116, 74, 36, 87, 94, 101, 60));
        Gives(full, (x, w) => T.Conv2D(x, w, Padding.Full, flip: true), s_image, s_kernel);
        Gives(full, (x, w) => T.Conv2D(x, w, Padding.Half, flip: true), s_image, s_kernel);
        Gives(Image(M(5, 0, 4, 11, 18, 9, 16, 34, 44, 54, 24, 40, 74, 84, 94, 40, 64, 114, 124, 134, 56, 24, 38, 41, 44, 15)), (x, w) => T.Conv2D(x, w, 1, flip: false), s_image, s_kernel);
        Gives(Image(M(3, 8, 15, 12, 21, 36, 27, 20, 33, 24)), (x, w) => T.Conv2D(x, w, Padding.Half), Image(Counting(3, 3)), Image(M(3, 1, 1, 1, 1, 1, 1, 1, 1, 1)));
    }

    [Fact]
    public void M4_M6_Strides_and_dilations()
    {
        Gives(Image(M(2, 16, 36, 96, 116)), (x, w) => T.Conv2D(x, w, strides: [2, 2], flip: true), s_image, s_kernel);
        Gives(Image(M(2, 68, 78, 108, 118)), (x, w) => T.Conv2D(x, w, dilations: [2, 2], flip: false), s_image, s_kernel);
    }

    [Fact]
    public void M8_The_gradients_of_a_convolution()
    {
        Gives(Image(M(2, 24, 20, 12, 8)), (x, w) => T.Grad(T.Sum(T.Conv2D(x, w, flip: true)), w), Image(Counting(3, 3)), Image(M(2, 1, 1, 1, 1)));
        Gives(Image(M(3, 4, 7, 3, 6, 10, 4, 2, 3, 1)), (x, w) => T.Grad(T.Sum(T.Conv2D(x, w, flip: true)), x), Image(M(3, 1, 1, 1, 1, 1, 1, 1, 1, 1)), s_kernel);
    }

    [Fact]
    public void M9_A_transposed_convolution() =>
        Gives(Image(M(3, 4, 11, 6, 14, 30, 14, 6, 11, 4)), (y, w) => T.Conv2DTransposed(y, w, [3, 3], flip: true), Image(M(2, 1, 2, 3, 4)), s_kernel);

    [Fact]
    public void M10_Groups_of_channels() =>
        Gives(Tensor.From<double>([6, 22], 1, 2, 1, 1), (x, w) => T.Conv2D(x, w, groups: 2), Counting(1, 2, 2, 2), Tensor.Ones<double>(2, 1, 2, 2));

    [Fact]
    public void M11_M12_Pooling()
    {
        var x = Image(Counting(5, 5));
        Gives(Image(M(2, 6, 8, 16, 18)), x => T.MaxPool2D(x, [2, 2]), x);
        Gives(Image(M(3, 6, 8, 9, 16, 18, 19, 21, 23, 24)), x => T.MaxPool2D(x, [2, 2], ignoreBorder: false), x);
        Gives(Image(M(3, 12, 13, 14, 17, 18, 19, 22, 23, 24)), x => T.MaxPool2D(x, [3, 3], [1, 1]), x);
        Gives(Image(M(2, 3, 5, 13, 15)), x => T.Pool2D(x, [2, 2], mode: PoolMode.AverageIncludingPadding), x);
        Gives(Image(M(3, 3, 4.5, 6, 10.5, 12, 13.5, 18, 19.5, 21)), x => T.Pool2D(x, [3, 3], [2, 2], 1, mode: PoolMode.AverageExcludingPadding), x);
        Gives(Image(M(3, 4 / 3.0, 3, 8 / 3.0, 7, 12, 9, 8, 13, 28 / 3.0)), x => T.Pool2D(x, [3, 3], [2, 2], 1, mode: PoolMode.AverageIncludingPadding), x);
        Gives(Image(M(2, 12, 20, 52, 60)), x => T.Pool2D(x, [2, 2], mode: PoolMode.Sum), x);
    }

    [Fact]
    public void M13_Every_one_of_equal_maxima_has_the_gradient() =>
        Gives(Image(M(2, 1, 1, 1, 1)), x => T.Grad(T.Sum(T.MaxPool2D(x, [2, 2])), x), Image(M(2, 1, 1, 1, 1)));

    [Fact]
    public void M14_The_Hessian_of_a_pool() =>
        Gives(M(2, 0, 0, 0, 982.7667), x => T.Hessian(T.Exp(T.Sum(T.MaxPool2D(T.Reshape(T.Outer(x, x), 1, 1, x.Length, x.Length), [2, 2]))), x), V(1, 2), 1e-6);

    [Fact]
    public void M15_A_maximum_in_its_place() =>
        Gives(Image(M(2, 0, 0, 0, 0, 0, 6, 0, 8)), x => T.MaxPool2DSameSize(x, [2, 2]), Image(M(2, 1, 2, 3, 4, 5, 6, 7, 8)));

    [Fact]
    public void M16_M17_Images_to_patches_and_back()
    {
        var patches = M(4, 0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
        Gives(patches, x => T.ImagesToPatches(x, (2, 2)), s_image);
        Gives(s_image, x => T.PatchesToImages(x, (2, 2), [1, 1, 4, 4]), patches);
        double[] centred =
        [
            24, 20, 21, 4, 0, 1, 9, 5, 6, 21, 22, 23, 1, 2, 3, 6, 7, 8, 23, 24, 20, 3, 4, 0, 8, 9, 5,
            9, 5, 6, 14, 10, 11, 19, 15, 16, 6, 7, 8, 11, 12, 13, 16, 17, 18, 8, 9, 5, 13, 14, 10, 18, 19, 15,
            19, 15, 16, 24, 20, 21, 4, 0, 1, 16, 17, 18, 21, 22, 23, 1, 2, 3, 18, 19, 15, 23, 24, 20, 3, 4, 0,
        ];
        Gives(M(9, centred), x => T.ImagesToPatches(x, (3, 3), (2, 2), PatchMode.WrapCentered), Image(Counting(5, 5)));
    }

    static readonly double[] s_rows =
    [
        0, 0, 0, 0, 0, 1, 2, 3, 4, 5, -5, -4, -3, -2, -1,
        0, 0, 0, 0, 0, 6, 7, 8, 9, 10, -10, -9, -8, -7, -6,
        0, 0, 0, 0, 0, 11, 12, 13, 14, 15, -15, -14, -13, -12, -11,
    ];

    [Fact]
    public void M18_L1_CTC_of_three_sequences()
    {
        Tensor[] at = [Tensor.From(s_rows, 3, 3, 5), Tensor.From<long>([1, -1, 3, 3, 2, 3], 3, 2), L(1, 3, 3)];
        Gives(V(1.609437943, 7.355742931, 4.938849926), a => T.Ctc(a[0], a[1], a[2]), at, 1e-6);
        double[] gradient =
        [
            .2, -.8, .2, .2, .2, .01165623125, .03168492019, .08612854034, -.7658783197, .636408627, -.02115798369, .03168492019, -.8810571432, .2341216654, .636408627,
            0, 0, 0, 0, 0, -.9883437753, .03168492019, .08612854034, .2341216654, .636408627, -.02115798369, .03168492019, -.1891518533, -.4577836394, .636408627,
            0, 0, 0, 0, 0, .01165623125, .03168492019, .08612854034, -.7658783197, .636408627, -.02115798369, .03168492019, .08612854034, -.7330639958, .636408627,
        ];
        Gives(Tensor.From(gradient, 3, 3, 5), a => T.Grad(T.Sum(T.Ctc(a[0], a[1], a[2])), a[0]), at, 1e-5);
    }

    [Fact]
    public void M19_L2_CTC_of_two_sequences()
    {
        double[] rows = [.1, .6, .1, .1, .1, .1, .1, .6, .1, .1, .6, .1, .1, .1, .1, .1, .1, .5, .2, .1];
        Tensor[] at = [Tensor.From(rows, 2, 2, 5), Tensor.From<long>([1, 2, 1, 2], 2, 2), L(2, 2)];
        Gives(V(2.962858438, 3.053659201), a => T.Ctc(a[0], a[1], a[2]), at, 1e-6);
        double[] gradient =
        [
            .177031219, -.7081246376, .177031219, .177031219, .177031219, .177031219, -.8229685426, .291875124, .177031219, .177031219,
            .291875124, .177031219, -.8229685426, .177031219, .177031219, .1786672771, .1786672771, -.7334594727, .1974578798, .1786672771,
        ];
        Gives(Tensor.From(gradient, 2, 2, 5), a => T.Grad(T.Sum(T.Ctc(a[0], a[1], a[2])), a[0]), at, 1e-6);
    }

    [Fact]
    public void M20_Batch_normalisation_and_its_running_moments()
    {
        Tensor[] at = [M(2, 1, 2, 3, 6), V(1, 1), V(0, 0)];
        var normal = M(2, -.9999500037496877, -.9999875002343701, .9999500037496877, .9999875002343701);
        Gives(normal, a => Train(a).Output, at);
        Gives(V(2, 4), a => Train(a).Mean, at);
        Gives(V(.9999500037496877, .49999375011718505), a => Train(a).InverseDeviation, at);
        Gives(V(.2, .4), a => Train(a).Running(T.Zeros([2], DType.Float64), T.Ones([2], DType.Float64), .1).Item1, at);
        Gives(V(1.1, 1.7), a => Train(a).Running(T.Zeros([2], DType.Float64), T.Ones([2], DType.Float64), .1).Item2, at);
        Gives(normal, a => T.BatchNormalizationTest(a[0], a[1], a[2], a[3], a[4], [0], 1e-4), [.. at, V(2, 4), V(1, 4)]);

        static NormalizedBatch Train(Expr[] a) => T.BatchNormalizationTrain(a[0], a[1], a[2], [0], 1e-4);
    }

    [Fact]
    public void M21_Activations()
    {
        Gives(V(-1.1113307378125625, 1.0507009873554805), T.Selu, V(-1, 1));
        Gives(V(-.6321205588285577), x => T.Elu(x), V(-1));
        Gives(V(0, .3, .5, .7, 1), x => T.HardSigmoid(x), V(-3, -1, 0, 1, 3));
        Gives(V(.05, .25, .5, .75, .95), T.UltraFastSigmoid, V(-3, -1, 0, 1, 3));
        Gives(V(-.75, 0, .5), T.Softsign, V(-3, 0, 1));
    }

    [Fact]
    public void M22_Bilinear_upsampling() =>
        Gives(Image(M(4, 1, 1.5, 2, 2, 2, 2.5, 3, 3, 3, 3.5, 4, 4, 3, 3.5, 4, 4)), x => T.Upsample(x, [2, 2], UpsampleMode.BilinearFromCorner), Image(M(2, 1, 2, 3, 4)));

    [Fact]
    public void M23_A_confusion_matrix_and_one_hot_rows()
    {
        var (actual, predicted) = (L(2, 0, 2, 2, 0, 1), L(0, 0, 2, 2, 0, 2));
        Gives(Tensor.From<long>([2, 0, 0, 0, 0, 1, 1, 0, 2], 3, 3), (a, p) => T.ConfusionMatrix(a, p).Item1, actual, predicted);
        Gives(L(0, 1, 2), (a, p) => T.ConfusionMatrix(a, p).Item2, actual, predicted);
        Gives(M(3, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), x => T.OneHot(x, 10, DType.Float64), L(3, 2, 1));
    }

    [Fact]
    public void M24_The_crossentropy_of_labels() =>
        Gives(V(.916290731874155, .22314355131420976), (p, y) => T.CategoricalCrossentropy(p, y), M(2, .4, .6, 0, .1, .8, .1), L(0, 1));

    [Fact]
    public void M25_Relus_elus_and_selus_are_their_formulas()
    {
        var random = new Random(3);
        double[] x = [.. Enumerable.Range(0, 50).Select(_ => 6 * random.NextDouble() - 3)];
        Gives(V([.. x.Select(v => Math.Max(v, 0))]), T.Relu, V(x));
        Gives(V([.. x.Select(v => v > 0 ? v : .3 * v)]), x => T.LeakyRelu(x, .3), V(x));
        Gives(V([.. x.Select(v => v > 0 ? v : 2 * (Math.Exp(v) - 1))]), x => T.Elu(x, 2), V(x));
        Gives(V([.. x.Select(v => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * (Math.Exp(v) - 1)))]), T.Selu, V(x));
    }

    [Fact]
    public void M26_A_step_of_softmax_regression_has_one_softmax_and_two_products()
    {
        var (x, y) = (T.DMatrix("x"), T.LVector("y"));
        var (w, b) = (T.Shared(Tensor.Zeros<double>(784, 10), "w"), T.Shared(Tensor.Zeros<double>(10), "b"));
        var cost = -T.Mean(T.Log(T.Softmax(T.Dot(x, w) + b))[T.Arange(y.Length), y]);
        var (gw, gb) = T.Grad(cost, w, b);
        var nodes = Nodes(cost, w - .1 * gw, b - .1 * gb);
        Assert.Equal(2, nodes.Count(n => n.Op is Contract));
        Assert.Single(nodes, n => n.Op is Map { Function.Name: "exp" });
    }

    [Fact]
    public void M27_A_flipped_convolution_is_a_correlation_with_the_turned_kernel()
    {
        var (x, w) = (Ops.Numerically.Draw(1, 2, 3, 6, 5), Ops.Numerically.Draw(2, 4, 3, 3, 2));
        Gives(Value(a => T.Conv2D(a[0], T.Flip(a[1], 2, 3), flip: false), [x, w], Backend.Interpreter), (x, w) => T.Conv2D(x, w, flip: true), x, w, 1e-8);
    }

    [Fact]
    public void L3_A_convolution_with_another_width_on_each_side() =>
        Gives(Image(M(4, 0, 16, 34, 44, 54, 0, 40, 74, 84, 94, 0, 64, 114, 124, 134, 0, 24, 38, 41, 44)), (x, w) => T.Conv2D(x, w, Padding.Of((0, 1), (2, 0)), flip: false), s_image, s_kernel);

    [Fact]
    public void L4_Causal_convolutions()
    {
        Gives(Tensor.From<double>([0, 2, 4, 7, 10], 1, 1, 5), (x, w) => T.Conv1D(x, w, Padding.Of((2, 0)), dilations: [2], flip: false), Counting(1, 1, 5), Tensor.From<double>([1, 2], 1, 1, 2));
        double[] image = [2, 4, 9, 5, 8, 0, 0, 4, 0, 5, 2, 5, 8, 5, 5, 1, 3, 0, 7, 9, 7, 0, 7, 1, 0, 0, 1, 4, 7, 2];
        double[] kernel = [5, 3, 1, 3, 1, 0, 6, 4, 9, 2, 2, 7];
        double[] expected = [10, 20, 63, 37, 88, 12, 24, 70, 46, 120, 13, 34, 47, 64, 78, 14, 36, 58, 70, 105, 35, 3, 68, 27, 38, 42, 2, 78, 22, 103];
        Gives(Tensor.From(expected, 3, 2, 5), (x, w) => T.Conv1D(x, w, Padding.Of((4, 0)), dilations: [2], flip: true), Tensor.From(image, 3, 2, 5), Tensor.From(kernel, 2, 2, 3));
    }

    [Fact]
    public void L5_A_convolution_of_volumes() =>
        Gives(Tensor.From<double>([56], 1, 1, 1, 1, 1), x => T.Conv3D(x, x, flip: true), Counting(1, 1, 2, 2, 2));

    [Fact]
    public void L6_A_dilated_transposed_convolution()
    {
        double[] outer = [2, 2, 4, 4, 4, 4, 4, 4, 2, 2], inner = [4, 4, 8, 8, 8, 8, 8, 8, 4, 4];
        double[] plane = [.. outer, .. outer, .. Enumerable.Repeat(inner, 6).SelectMany(r => r), .. outer, .. outer];
        Gives(Tensor.From<double>([.. plane, .. plane], 2, 1, 10, 10), (y, w) => T.Conv2DTransposed(y, w, [10, 10], dilations: [2, 2]), Tensor.Ones<double>(2, 2, 4, 4), Tensor.Ones<double>(2, 1, 4, 4));
    }

    [Fact]
    public void L7_Softmax_its_logarithm_and_its_gradient()
    {
        Gives(V(.09003057317038045, .2447284710547976, .6652409557748218), x => T.Softmax(x), V(1, 2, 3));
        Gives(V(-2.4076059644443806, -1.4076059644443804, -.4076059644443804), x => T.LogSoftmax(x), V(1, 2, 3));
        Gives(V(-.1418170936098121, -.14077035746962996, .28258745107944266), x => T.Grad(T.Sum(T.Softmax(x) * T.Constant(V(1, 2, 3))), x), V(1, 2, 3));
    }

    [Fact]
    public void L8_The_gradient_of_batch_normalisation()
    {
        double[] expected = [-1.7179422323e-5, 7.373671656e-2, 8.589711612e-5, -1.227716269e-2, -6.871769289e-5, -6.145955387e-2];
        Gives(M(3, expected), (x, w) => T.Grad(T.Sum(T.BatchNormalizationTrain(x, T.Ones([2], DType.Float64), T.Zeros([2], DType.Float64), [0], 1e-4).Output * w), x),
            M(3, 1, 2, 3, 7, 0, 1), M(3, 1, 2, 3, 5, 0, 1), 1e-6);
    }
}
