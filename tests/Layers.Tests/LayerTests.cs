using DeepSym.Layers;

namespace DeepSym.Tests.Layers;

/// <summary>What layers compute, held against plain loops and worked examples.</summary>
public sealed class LayerTests
{
    [Fact]
    public void Dense_multiplies_adds_and_activates()
    {
        var x = T.DMatrix("x", "n", 3);
        var layer = new Dense(2, Activation.Tanh) { WeightInitializer = 0.5, BiasInitializer = -1 };
        var y = Value(layer.Apply(x), x, new[,] { { 1.0, 2, 3 }, { 0, 0, 1 } });
        Assert.Equal([Math.Tanh(2), Math.Tanh(2), Math.Tanh(-0.5), Math.Tanh(-0.5)], y.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Dense_acts_on_the_last_axis_of_any_rank()
    {
        var x = T.Variable("x", DType.Float32, "n", 4, 5);
        var y = new Dense(7).Apply(x);
        Assert.Equal(3, y.Rank);
        Assert.Equal([4L, 7L], y.Shape.Skip(1).Select(d => d.Constant));
    }

    [Fact]
    public void A_convolution_gives_the_worked_example()
    {
        // x = 0..15 in 4 by 4, k = [[1, 2], [3, 4]]: correlated, y[0, 0] = 0·1 + 1·2 + 4·3 + 5·4.
        var x = T.Variable("x", DType.Float64, "n", 1, 4, 4);
        var layer = new Conv2D(1, 2);
        layer.Apply(x);
        layer.Weight!.Variable.SetValue(Tensor.From<double>([1, 2, 3, 4], 1, 1, 2, 2));
        var image = Tensor.From<double>([.. Enumerable.Range(0, 16).Select(i => (double)i)], 1, 1, 4, 4);
        Assert.Equal([34.0, 44, 54, 74, 84, 94, 114, 124, 134], Value(layer.Apply(x), x, image).ToArray<double>());
        var flipped = new Conv2D(1, 2) { FlipFilters = true };
        flipped.Apply(x);
        flipped.Weight!.Variable.SetValue(Tensor.From<double>([4, 3, 2, 1], 1, 1, 2, 2));
        Assert.Equal([34.0, 44, 54, 74, 84, 94, 114, 124, 134], Value(flipped.Apply(x), x, image).ToArray<double>());
    }

    [Fact]
    public void Images_may_have_their_channels_last()
    {
        var first = T.Variable("x", DType.Float64, "n", 3, 6, 5);
        var last = T.Variable("x", DType.Float64, "n", 6, 5, 3);
        var image = Tensor.From<double>([.. Enumerable.Range(0, 90).Select(i => Math.Sin(i))], 1, 3, 6, 5);
        var moved = Function.Compile([first], first.Transpose(0, 2, 3, 1)).Invoke(image)[0];
        foreach (var (a, b) in new (Layer, Layer)[]
        {
            (new Conv2D(4, 3, Activation.Relu) { WeightInitializer = 0.1, Padding = Padding.Same }, new Conv2D(4, 3, Activation.Relu) { WeightInitializer = 0.1, Padding = Padding.Same, Format = DataFormat.ChannelsLast }),
            (new MaxPool2D(2), new MaxPool2D(2) { Format = DataFormat.ChannelsLast }),
            (new AveragePool2D((2, 1)), new AveragePool2D((2, 1)) { Format = DataFormat.ChannelsLast }),
        })
        {
            var y = a.Apply(first).Transpose(0, 2, 3, 1);
            Assert.Equal(Value(y, first, image).ToArray<double>(), Value(b.Apply(last), last, moved).ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-12);
        }
        Assert.Equal(Value(new GlobalPool().Apply(first), first, image).ToArray<double>(), Value(new GlobalPool { Format = DataFormat.ChannelsLast }.Apply(last), last, moved).ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-12);
    }

    [Fact]
    public void Pooling_gives_the_worked_examples()
    {
        var x = T.Variable("x", DType.Float64, "n", 1, 4, 4);
        var image = Tensor.From<double>([.. Enumerable.Range(0, 16).Select(i => (double)i)], 1, 1, 4, 4);
        Assert.Equal([5.0, 7, 13, 15], Value(new MaxPool2D().Apply(x), x, image).ToArray<double>());
        Assert.Equal([5.0, 6, 7, 9, 10, 11, 13, 14, 15], Value(new MaxPool2D(2) { Stride = 1 }.Apply(x), x, image).ToArray<double>());
        Assert.Equal([2.5, 4.5, 10.5, 12.5], Value(new AveragePool2D().Apply(x), x, image).ToArray<double>());
        Assert.Equal([2.5, 4, 8.5, 10], Value(new AveragePool2D(3) { Stride = 2, Padding = 1 }.Apply(x), x, image).ToArray<double>());
        Assert.Equal([10 / 9.0, 24 / 9.0, 51 / 9.0, 10], Value(new AveragePool2D(3) { Stride = 2, Padding = 1, CountPadding = true }.Apply(x), x, image).ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-12);
    }

    [Fact]
    public void Flatten_and_reshape_keep_the_batch()
    {
        var x = T.Variable("x", DType.Float32, "n", 2, 3, 4);
        Assert.Equal(24L, new Flatten().Apply(x).Shape[1].Constant);
        Assert.Equal([6L, 4L], new ReshapeLayer(6, -1).Apply(x).Shape.Skip(1).Select(d => d.Constant));
    }

    [Fact]
    public void Dropout_drops_in_training_only_and_keeps_the_mean()
    {
        var x = T.DMatrix("x", "n", 1000);
        var ones = Tensor.Ones<double>(50, 1000);
        var layer = new Dropout(0.3);
        Assert.Same(x, layer.Apply(x));
        var random = new RandomStream(4);
        var pass = Pass.Training(random);
        var dropped = Function.Compile([x], [layer.Apply(x, pass)], pass.Updates);
        var first = dropped.Invoke(ones)[0].ToArray<double>();
        var second = dropped.Invoke(ones)[0].ToArray<double>();
        Assert.All(first, v => Assert.True(v == 0 || Math.Abs(v - 1 / 0.7) < 1e-6));
        Assert.Equal(0.3, first.Count(v => v == 0) / 50000.0, 2);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Batch_normalisation_normalises_and_follows_the_statistics()
    {
        var x = T.DMatrix("x", "n", 2);
        var batch = Tensor.From(new[,] { { 1.0, 10 }, { 3, 20 }, { 5, 60 } });
        var layer = new BatchNorm { Momentum = 0.9, Epsilon = 1e-9 };
        var pass = Pass.Training(new RandomStream(1));
        var f = Function.Compile([x], [layer.Apply(x, pass)], pass.Updates);
        var y = f.Invoke(batch)[0].ToArray<double>();
        Assert.Equal(0, y[0] + y[2] + y[4], 9);
        Assert.Equal(3, y[0] * y[0] + y[2] * y[2] + y[4] * y[4], 6);
        Assert.Equal([0.3, 3.0], layer.Mean!.Variable.GetValue().ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-12);
        var variances = new[] { 8 / 3.0, 1400 / 3.0 };
        Assert.Equal(variances.Select(v => 0.9 + 0.1 * v), layer.Variance!.Variable.GetValue().ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-9);
        var inference = Value(layer.Apply(x), x, batch).ToArray<double>();
        Assert.Equal((1 - 0.3) / Math.Sqrt(0.9 + 0.1 * variances[0] + 1e-9), inference[0], 9);
    }

    [Fact]
    public void A_frozen_batch_normalisation_uses_and_keeps_its_running_statistics()
    {
        var x = T.DMatrix("x", "n", 2);
        var layer = new BatchNorm { Frozen = true };
        var pass = Pass.Training(new RandomStream(1));
        layer.Apply(x, pass);
        Assert.Empty(pass.Updates);
        Assert.Empty(layer.TrainableParameters);
    }

    [Fact]
    public void A_layer_that_is_applied_twice_shares_its_parameters()
    {
        var (x, y) = (T.FMatrix("x", "n", 3), T.FMatrix("y", "n", 3));
        var layer = new Dense(4);
        var sum = layer.Apply(x) + layer.Apply(y);
        Assert.Equal(2, Traversal.Leaves(sum).OfType<SharedVariable>().Distinct().Count());
        Assert.Equal(2, layer.Parameters.Count);
    }

    [Fact]
    public void Gradients_reach_all_trainable_parameters()
    {
        var x = T.Variable("x", DType.Float64, "n", 2, 6, 6);
        Layer[] layers = [new Conv2D(3, 3, Activation.Softplus), new BatchNorm(), new AveragePool2D(), new Flatten(), new Dense(4, Activation.Softmax)];
        var pass = Pass.Training(new RandomStream(1));
        var y = layers.Aggregate((Expr)x, (e, layer) => layer.Apply(e, pass));
        var parameters = layers.SelectMany(l => l.TrainableParameters).Select(p => p.Variable).ToArray();
        Assert.Equal(6, parameters.Length);
        var gradients = Function.Compile([x], [.. T.Grad(T.Sum(T.Sqr(y)), parameters)]).Invoke(Tensor.From<double>([.. Enumerable.Range(0, 216).Select(i => Math.Cos(i))], 3, 2, 6, 6));
        Assert.All(gradients, g => Assert.Contains(g.ToArray<double>(), v => v != 0));
    }

    [Fact]
    public void Penalties_are_those_of_the_regularizers()
    {
        var layer = new Dense(2) { WeightInitializer = -3, WeightRegularizer = new Regularizer { L1 = 0.5, L2 = 0.1 } };
        layer.Apply(T.DMatrix("x", "n", 4));
        Assert.Equal(8 * (0.5 * 3 + 0.1 * 9), Function.Compile([], layer.Penalty!).Invoke()[0].ToScalar<double>(), 12);
    }

    [Fact]
    public void Errors_name_the_layer_and_the_input()
    {
        var error = Assert.Throws<ShapeException>(() => new Conv2D(3, 3) { Name = "filters" }.Apply(T.FMatrix("x", "n", 10)));
        Assert.Contains("Layer 'filters' (Conv2D) on float32[n,10]", error.Message, StringComparison.Ordinal);
        var unknown = Assert.Throws<ShapeException>(() => new Dense(3).Apply(T.FMatrix("x", "n", "features")));
        Assert.Contains("must be known", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dense(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2D(3, (0, 3)));
    }

    [Fact]
    public void Every_layer_is_data_and_comes_back()
    {
        Layer[] layers =
        [
            new Dense(5, Activation.LeakyRelu(0.2)) { UseBias = false, WeightInitializer = Initializer.HeNormal, WeightRegularizer = new Regularizer { L2 = 0.1 }, Name = "first" },
            new Conv2D(4, (3, 5), Activation.Elu) { Padding = Padding.Same, Stride = 2, Groups = 2, Format = DataFormat.ChannelsLast, FlipFilters = true },
            new Conv2D(4, 3) { Padding = Padding.Of((0, 1), (2, 0)) }, new MaxPool2D((2, 3)) { Stride = 1, IgnoreBorder = false }, new AveragePool2D(3) { CountPadding = true, Padding = 1 },
            new GlobalPool { TakeMax = true }, new Flatten(), new ReshapeLayer(2, -1), new Dropout(0.25), new ActivationLayer(Activation.Softmax), new BatchNorm { Axis = -1, Momentum = 0.99, UseBeta = false },
        ];
        foreach (var layer in layers)
        {
            var data = LayerJson.Write(layer);
            var again = LayerJson.Read(data);
            Assert.Equal(layer.GetType(), again.GetType());
            Assert.Equal(data.ToJsonString(), LayerJson.Write(again).ToJsonString());
        }
        Assert.Equal(layers.Select(l => l.GetType()).Distinct().Count(), typeof(Layer).Assembly.GetExportedTypes().Count(t => t.IsSubclassOf(typeof(Layer)) && !t.IsAbstract));
        Assert.Contains("no_such_layer", Assert.Throws<FormatException>(() => LayerJson.Read(System.Text.Json.Nodes.JsonNode.Parse("""{"type": "no_such_layer"}""")!)).Message, StringComparison.Ordinal);
    }

    static Tensor Value(Expr y, Variable x, Tensor value) => Function.Compile([x], y).Invoke(value)[0];
}
