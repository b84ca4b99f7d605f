using DeepSym.Layers;

namespace DeepSym.Tests.Layers;

/// <summary>Every layer at least once, with options other than the defaults, and a sample that it takes: what the laws are held against.</summary>
static class Samples
{
    static readonly Dictionary<string, (Func<Layer> Make, int[] Shape)> All = new()
    {
        ["dense"] = (() => new Dense(4, Activation.Tanh) { WeightRegularizer = new Regularizer { L1 = 0.1, L2 = 0.2 }, WeightInitializer = Initializer.HeNormal, BiasInitializer = 0.5 }, [3]),
        ["dense along an axis"] = (() => new Dense(4, Activation.Sigmoid) { Axis = 1, UseBias = false, WeightInitializer = Initializer.Orthogonal(2) }, [3, 2, 5]),
        ["conv1d"] = (() => new Conv1D(4, 3, Activation.Elu) { Padding = Padding.Of((2, 0)), Dilation = 1, Stride = 2, Groups = 2 }, [2, 7]),
        ["conv2d"] = (() => new Conv2D(4, (3, 2), Activation.Tanh) { Padding = Padding.Same, Stride = (2, 1), Groups = 2, FlipFilters = true, WeightInitializer = Initializer.LeCunUniform }, [2, 5, 6]),
        ["conv2d dilated"] = (() => new Conv2D(2, 2) { Dilation = 2, UseBias = false, Padding = 1 }, [1, 5, 4]),
        ["conv3d"] = (() => new Conv3D(2, (2, 1, 2), Activation.Softsign) { Stride = (1, 2, 1), Padding = Padding.Half }, [1, 3, 4, 3]),
        ["transposed"] = (() => new TransposedConv2D(3, (3, 2), Activation.Swish) { Stride = 2, Padding = 1 }, [2, 3, 4]),
        ["locally connected"] = (() => new LocallyConnected2D(2, 2, Activation.Tanh) { Padding = 1, Stride = 2 }, [2, 4, 3]),
        ["max pool 1"] = (() => new MaxPool1D(3) { Stride = 2, Padding = 1 }, [2, 7]),
        ["max pool 2"] = (() => new MaxPool2D((2, 3)) { IgnoreBorder = false }, [2, 5, 5]),
        ["max pool 3"] = (() => new MaxPool3D { Padding = Padding.Same }, [1, 3, 4, 3]),
        ["average pool 1"] = (() => new AveragePool1D(2) { IgnoreBorder = false }, [2, 5]),
        ["average pool 2"] = (() => new AveragePool2D(3) { Stride = (1, 2), Padding = 1, CountPadding = true }, [2, 4, 5]),
        ["average pool 3"] = (() => new AveragePool3D((2, 1, 2)) { Stride = 1 }, [1, 3, 2, 3]),
        ["global pool"] = (() => new GlobalPool(), [3, 2, 4]),
        ["global maximum"] = (() => new GlobalPool { TakeMax = true }, [3, 4]),
        ["flatten"] = (() => new Flatten(), [2, 3, 2]),
        ["reshape"] = (() => new ReshapeLayer(2, -1, 3), [3, 4]),
        ["permute"] = (() => new Permute(3, 1, 2), [2, 3, 4]),
        ["pad"] = (() => new PadLayer(1, 0) { After = [2, 1], Value = 0.5 }, [2, 3, 3]),
        ["upsample"] = (() => new Upsample(2, 3), [2, 3, 2]),
        ["upsample between"] = (() => new Upsample(2) { Mode = UpsampleMode.Bilinear }, [2, 4]),
        ["dropout"] = (() => new Dropout(0.3), [20]),
        ["dropout of channels"] = (() => new Dropout(0.4) { SharedAxes = [2, 3] }, [4, 2, 3]),
        ["noise"] = (() => new GaussianNoise(0.5), [6]),
        ["activation"] = (() => new ActivationLayer(Activation.LeakyRelu(0.3)), [2, 3]),
        ["prelu"] = (() => new PRelu { SlopeInitializer = 0.4, Axis = -1 }, [2, 3]),
        ["maxout"] = (() => new Maxout(2) { Axis = 2 }, [3, 4]),
        ["batch norm"] = (() => new BatchNorm { Momentum = 0.8, Epsilon = 1e-3 }, [3, 2]),
        ["batch norm of Lasagne"] = (() => new BatchNorm { AverageInverseDeviation = true, UseBeta = false, Axis = -1 }, [3]),
        ["layer norm"] = (() => new LayerNorm { Axis = 1, Epsilon = 1e-2 }, [2, 4]),
        ["group norm"] = (() => new GroupNorm(2) { Epsilon = 0.1 }, [4, 3]),
        ["local response norm"] = (() => new LocalResponseNorm { Size = 3, Alpha = 0.1, K = 1 }, [4, 2, 2]),
        ["embedding"] = (() => new Embedding(5, 3) { WeightInitializer = Initializer.Normal(), ParameterDType = DType.Float64 }, [4]),
        ["chain"] = (() => new Chain(new Dense(4, Activation.Tanh), new Dense(2)), [3]),
        ["residual"] = (() => new Residual(new Dense(5, Activation.Tanh), new Dense(3)), [3]),
        ["branches"] = (() => new Branches(new Dense(2), new Chain(new Dense(3, Activation.Tanh), new Dense(1)), Activation.Linear), [3]),
        ["branches maximum"] = (() => new Branches(new Dense(3), new Dense(3)) { Merge = Merge.Maximum }, [3]),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    public static IEnumerable<Layer> Layers => All.Values.Select(sample => sample.Make());

    public static Layer Layer(string name) => All[name].Make();

    public static int[] Shape(string name) => All[name].Shape;

    /// <summary>The input, float64 or for an embedding int64, of which only the number of samples is not known.</summary>
    public static Variable Input(string name) => T.Variable("x", DTypeOf(name), ["n", .. All[name].Shape.Select(size => (Dim?)size)]);

    /// <summary>Values for the input, none equal.</summary>
    public static Tensor Value(string name, int samples)
    {
        int[] shape = [samples, .. All[name].Shape];
        var values = Values(shape);
        return DTypeOf(name) == DType.Int64 ? Tensor.From<long>([.. Enumerable.Range(0, (int)values.Length).Select(i => i * 7L % 5)], shape) : values;
    }

    /// <summary>Smooth but irregular numbers.</summary>
    public static Tensor Values(params int[] shape) => Tensor.From<double>([.. Enumerable.Range(0, shape.Aggregate(1, (p, size) => p * size)).Select(i => Math.Sin(1.7 * i + 0.3 * i * i + 0.5))], shape);

    static DType DTypeOf(string name) => name == "embedding" ? DType.Int64 : DType.Float64;
}
