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
    public void Elements_are_dropped_together_along_shared_axes()
    {
        var x = T.Variable("x", DType.Float64, "n", 30, 4, 5);
        var pass = Pass.Training(new RandomStream(2));
        var dropped = Function.Compile([x], new Dropout(0.2) { SharedAxes = [2, 3] }.Apply(x, pass)).Invoke(Tensor.Ones<double>(40, 30, 4, 5))[0].ToArray<double>();
        var channels = dropped.Chunk(20).ToList();
        Assert.All(channels, channel => Assert.Single(channel.Distinct()));
        Assert.Equal([0, 1.25], dropped.Distinct().Order());
        Assert.InRange(channels.Count(channel => channel[0] == 0) / 1200.0, 0.16, 0.24);
    }

    [Fact]
    public void Noise_is_normal_and_there_in_training_only()
    {
        var x = T.DMatrix("x", "n", 1000);
        var layer = new GaussianNoise(0.5);
        Assert.Same(x, layer.Apply(x));
        var noise = Function.Compile([x], layer.Apply(x, Pass.Training(new RandomStream(3)))).Invoke(Tensor.Zeros<double>(50, 1000))[0].ToArray<double>();
        Assert.InRange(noise.Average(), -0.01, 0.01);
        Assert.InRange(Math.Sqrt(noise.Average(v => v * v)), 0.49, 0.51);
        Assert.InRange(noise.Count(v => Math.Abs(v) < 0.5) / 50000.0, 0.67, 0.70);
    }

    [Fact]
    public void A_statistic_of_a_layer_that_is_applied_twice_follows_both_batches()
    {
        var (x, y) = (T.DMatrix("x", "n", 1), T.DMatrix("y", "n", 1));
        var layer = new BatchNorm { Momentum = 0.5 };
        var pass = Pass.Training(new RandomStream(1));
        Expr[] outputs = [layer.Apply(x, pass), layer.Apply(y, pass)];
        Function.Compile([x, y], outputs, pass.Updates).Invoke(Tensor.From(new[,] { { 1.0 }, { 3 } }), Tensor.From(new[,] { { 10.0 }, { 20 } }));
        Assert.Equal([(0 * 0.5 + 2 * 0.5) * 0.5 + 15 * 0.5], layer.Mean!.Variable.GetValue().ToArray<double>());
    }

    [Fact]
    public void Every_inner_expression_can_be_had()
    {
        var x = T.DMatrix("x", "n", 3);
        var (hidden, output) = (new Dense(4, Activation.Tanh), new Dense(2));
        var pass = Pass.Inference();
        var y = output.Apply(hidden.Apply(x, pass), pass);
        Assert.Same(y, pass[output]);
        Assert.Equal(4L, pass[hidden].Shape[1].Constant);
        var chain = new Chain(hidden, output);
        chain.Apply(x, pass);
        Assert.Same(pass[output], pass[chain]);
        Assert.Contains("was not applied", Assert.Throws<KeyNotFoundException>(() => pass[new Dense(1)]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_are_numbered_by_type_and_inner_ones_named_for_the_outer()
    {
        Layer[] layers = [new Dense(3), new Residual(new Dense(3), new Dense(3) { Name = "mine" }), new Dense(3), new Dense(3) { Name = "dense_2" }, new MaxPool2D()];
        Layer.NameAll(layers);
        Assert.Equal(["dense_1", "residual_1", "dense_3", "dense_2", "max_pool2d_1"], layers.Select(layer => layer.Name));
        Assert.Equal(["residual_1.dense_1", "mine"], layers[1].Inner.Select(layer => layer.Name));
        Layer.NameAll(layers);
        Assert.Equal("dense_3", layers[2].Name);
        var error = Assert.Throws<ArgumentException>(() => Layer.NameAll([new Dense(1) { Name = "a" }, new Chain(new Dense(1) { Name = "a" })]));
        Assert.StartsWith("Two layers are called 'a'. Give them different names before they are built.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_residual_adds_and_branches_join()
    {
        var x = T.DMatrix("x", "n", 2);
        var value = Tensor.From(new[,] { { 1.0, -2 } });
        static Dense Times(double factor) => new(2) { WeightInitializer = factor };
        Assert.Equal([1 - 3, -2 - 3], Value(new Residual(Times(3)).Apply(x), x, value).ToArray<double>());
        Assert.Equal([-1, -1, 1, -2, -6, -6], Value(new Branches(Times(1), Activation.Linear, new Chain(Times(3), Times(1))).Apply(x), x, value).ToArray<double>());
        foreach (var (merge, expected) in new[] { (Merge.Sum, -4.0), (Merge.Mean, -2), (Merge.Product, 3), (Merge.Maximum, -1) })
            Assert.Equal([expected, expected], Value(new Branches(Times(1), Times(3)) { Merge = merge }.Apply(x), x, value).ToArray<double>());
        Assert.Contains("'residual' (Residual)", Assert.Throws<ShapeException>(() => new Residual(new Dense(3)).Apply(x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Penalties_of_inner_layers_count_and_weights_but_not_biases_are_regularizable()
    {
        var layer = new Chain(new Dense(2) { WeightInitializer = 2, WeightRegularizer = new Regularizer { L2 = 0.5 } }, new Dense(1) { WeightInitializer = -1, BiasInitializer = 7, WeightRegularizer = new Regularizer { L1 = 1 } });
        layer.Apply(T.DMatrix("x", "n", 3));
        Assert.Equal(6 * 4 * 0.5 + 2, Function.Compile([], layer.Penalty!).Invoke()[0].ToScalar<double>(), 12);
        Assert.Equal(6 * 4 + 2, Function.Compile([], Regularization.Of(layer.Parameters, Regularization.L2)!).Invoke()[0].ToScalar<double>(), 12);
        Assert.Null(new Dense(3).Penalty);
    }

    [Fact]
    public void Values_of_parameters_are_set_all_or_none()
    {
        var layer = new Dense(2) { Name = "a" };
        layer.Apply(T.DMatrix("x", "n", 1));
        var before = layer.Parameters.GetValues();
        void Refused(string message, Dictionary<string, Tensor> values)
        {
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => layer.Parameters.SetValues(values)).Message, StringComparison.Ordinal);
            Assert.Equal(before["a.W"].ToArray<double>(), layer.Weight!.Variable.GetValue().ToArray<double>());
        }
        var (w, b) = (Tensor.Ones<double>(1, 2), Tensor.Ones<double>(2));
        Refused("There is no value for parameter 'a.b'.", new() { ["a.W"] = w });
        Refused("Parameter a.b: float64[2] cannot be set to float64[3]: the shapes differ.", new() { ["a.W"] = w, ["a.b"] = Tensor.Ones<double>(3) });
        Refused("There is a value for 'a.c', and no such parameter.", new() { ["a.W"] = w, ["a.b"] = b, ["a.c"] = b });
        layer.Parameters.SetValues(new Dictionary<string, Tensor> { ["a.W"] = w.To(DType.Float32), ["a.b"] = b });
        Assert.Equal([1.0, 1], layer.Weight!.Variable.GetValue().ToArray<double>());
    }

    [Theory]
    [InlineData("units must be above 0.", "dense")]
    [InlineData("size: height and width must be above 0.", "conv2d")]
    [InlineData("Momentum is between 0 and 1.", "momentum")]
    [InlineData("Epsilon must be above 0.", "epsilon")]
    [InlineData("A dropout rate is at least 0 and below 1.", "dropout")]
    [InlineData("[1, 3] is no order of the axes 1, 2, ... of a sample; the batch axis 0 stays where it is.", "permute")]
    [InlineData("[0, 2] is no shape of a sample: sizes are above 0, and one may be -1.", "reshape")]
    [InlineData("There are one to three factors, all above 0.", "upsample")]
    [InlineData("There are as many widths after as before.", "pad")]
    [InlineData("There is at least one branch.", "branches")]
    public void Options_that_make_no_sense_are_refused_at_once(string message, string what)
    {
        Func<Layer> make = what switch
        {
            "dense" => () => new Dense(0),
            "conv2d" => () => new Conv2D(1, (0, 2)),
            "momentum" => () => new BatchNorm { Momentum = 1.1 },
            "epsilon" => () => new LayerNorm { Epsilon = double.NaN },
            "dropout" => () => new Dropout(double.NaN),
            "permute" => () => new Permute(1, 3),
            "reshape" => () => new ReshapeLayer(0, 2),
            "upsample" => () => new Upsample(2, 0),
            "pad" => () => new PadLayer(1, 1) { After = [1] },
            _ => () => new Branches(),
        };
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Layer 'filters' (Conv2D) on float32[n,10]: images [n, channels, height, width] have 4 axes, and this has 2.", "rank")]
    [InlineData("Layer 'dense' (Dense) on float32[n,features]: the size of axis 1 must be known, since parameters depend on it. Declare the input with a number there.", "unknown")]
    [InlineData("Layer 'conv2d' (Conv2D) on float32[n,5,8,8]: 5 channels and 4 filters cannot be divided into 2 groups.", "groups")]
    [InlineData("Layer 'group_norm' (GroupNorm) on float32[n,5,8,8]: 5 channels cannot be divided into 2 groups.", "group norm")]
    [InlineData("Layer 'embedding' (Embedding) on float32[n,10]: it takes whole numbers, and these are float32. Declare the input with an integer dtype; for a model: DType = DType.Int64.", "embedding")]
    [InlineData("Layer 'reshape' (ReshapeLayer) on float32[n,10]: a sample of 10 elements does not fill the shape [3, -1].", "reshape")]
    [InlineData("Layer 'maxout' (Maxout) on float32[n,10]: axis 1 has 10 elements, which 3 does not divide.", "maxout")]
    public void A_message_names_layer_input_rule_and_cure(string message, string what)
    {
        var (vector, image) = (T.FMatrix("x", "n", 10), T.Variable("x", DType.Float32, "n", 5, 8, 8));
        Action act = what switch
        {
            "rank" => () => new Conv2D(3, 3) { Name = "filters" }.Apply(vector),
            "unknown" => () => new Dense(3).Apply(T.FMatrix("x", "n", "features")),
            "groups" => () => new Conv2D(4, 3) { Groups = 2 }.Apply(image),
            "group norm" => () => new GroupNorm(2).Apply(image),
            "embedding" => () => new Embedding(3, 2).Apply(vector),
            "reshape" => () => new ReshapeLayer(3, -1).Apply(vector),
            _ => () => new Maxout(3).Apply(vector),
        };
        Assert.Equal(message, Assert.ThrowsAny<Exception>(act).Message);
    }

    [Fact]
    public void A_layer_that_could_not_be_built_can_be_built_for_another_input()
    {
        var layer = new Dense(3);
        Assert.Throws<ShapeException>(() => layer.Apply(T.FMatrix("x", "n", "features")));
        Assert.Empty(layer.Parameters);
        layer.Apply(T.FMatrix("x", "n", 4));
        Assert.Equal(2, layer.Parameters.Count);
    }

    static Tensor Value(Expr y, Variable x, Tensor value) => Function.Compile([x], y).Invoke(value)[0];
}
