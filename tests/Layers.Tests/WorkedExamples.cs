using DeepSym.Layers;

namespace DeepSym.Tests.Layers;

/// <summary>Examples worked out by hand or by Keras's and Lasagne's own tests: images 0, 1, 2, ... and small filters.</summary>
public sealed class WorkedExamples
{
    public static TheoryData<string, Layer, string> Convolutions => new()
    {
        { "valid", new Conv2D(1, 2), "34 44 54 74 84 94 114 124 134" },
        { "flipped", new Conv2D(1, 2) { FlipFilters = true }, "16 26 36 56 66 76 96 106 116" },
        { "same, the odd row at the end", new Conv2D(1, 2) { Padding = Padding.Same }, "34 44 54 24 74 84 94 40 114 124 134 56 38 41 44 15" },
        { "full, flipped", new Conv2D(1, 2) { Padding = Padding.Full, FlipFilters = true }, "0 1 4 7 6 4 16 26 36 26 20 56 66 76 50 36 96 106 116 74 36 87 94 101 60" },
        { "dilated", new Conv2D(1, 2) { Dilation = 2 }, "68 78 108 118" },
    };

    public static TheoryData<string, Layer, string> Sobel => new()
    {
        { "same", new Conv2D(1, 3) { Padding = Padding.Same }, "-7 -6 -6 10 -20 -8 -8 24 -36 -8 -8 40 -35 -6 -6 38" },
        { "same by 2, as Keras", new Conv2D(1, 3) { Padding = Padding.Same, Stride = 2 }, "-8 24 -6 38" },
        { "half by 2, as Theano", new Conv2D(1, 3) { Padding = Padding.Half, Stride = 2 }, "-7 -6 -36 -8" },
        { "half by 2, flipped", new Conv2D(1, 3) { Padding = Padding.Half, Stride = 2, FlipFilters = true }, "7 6 36 8" },
    };

    public static TheoryData<string, Layer, string> Pools => new()
    {
        { "max", new MaxPool2D(), "5 7 13 15" },
        { "max by 1", new MaxPool2D(2) { Stride = 1 }, "5 6 7 9 10 11 13 14 15" },
        { "max of 3 by 2, same", new MaxPool2D(3) { Stride = 2, Padding = Padding.Same }, "10 11 14 15" },
        { "mean", new AveragePool2D(), "2.5 4.5 10.5 12.5" },
        { "mean of 3 by 2, same", new AveragePool2D(3) { Stride = 2, Padding = Padding.Same }, "5 6.5 11 12.5" },
        { "max of 3 by 2, padded", new MaxPool2D(3) { Stride = 2, Padding = 1 }, "5 7 13 15" },
        { "mean of 3 by 2, padding counted", new AveragePool2D(3) { Stride = 2, Padding = 1, CountPadding = true }, "1.1111111 2.6666667 5.6666667 10" },
        { "mean of 3 by 2, padding not counted", new AveragePool2D(3) { Stride = 2, Padding = 1 }, "2.5 4 8.5 10" },
        { "global mean", new GlobalPool(), "7.5" },
    };

    [Theory, MemberData(nameof(Convolutions))]
    public void A_convolution_with_1_2_3_4(string about, Layer layer, string expected) => Near(expected, Run(layer, Image(4, 4), [1, 2, 3, 4]), about);

    [Theory, MemberData(nameof(Sobel))]
    public void A_convolution_with_an_edge_filter(string about, Layer layer, string expected) => Near(expected, Run(layer, Image(4, 4), [1, 0, -1, 2, 0, -2, 1, 0, -1]), about);

    [Theory, MemberData(nameof(Pools))]
    public void A_pool_of_16_numbers(string about, Layer layer, string expected) => Near(expected, Run(layer, Image(4, 4)), about);

    [Fact]
    public void A_window_at_the_border_is_left_out_or_cut()
    {
        Near("6 8 16 18", Run(new MaxPool2D(), Image(5, 5)));
        Near("6 8 9 16 18 19 21 23 24", Run(new MaxPool2D { IgnoreBorder = false }, Image(5, 5)));
    }

    [Fact]
    public void Padding_before_makes_a_sequence_causal()
    {
        var sequence = Tensor.From<double>([1, 2, 3, 4, 5], 1, 1, 5);
        Near("10 21 32 43 54", Run(new Conv1D(1, 2) { Padding = Padding.Of((1, 0)) }, sequence, [1, 10]));
        Near("10 20 31 42 53", Run(new Conv1D(1, 2) { Padding = Padding.Of((2, 0)), Dilation = 2 }, sequence, [1, 10]));
    }

    [Fact]
    public void A_transposed_convolution_puts_filters_side_by_side_and_on_top_of_each_other()
    {
        var image = Tensor.From<double>([1, 2, 3, 4], 1, 1, 2, 2);
        Near("1 2 2 4 3 4 6 8 3 6 4 8 9 12 12 16", Run(new TransposedConv2D(1, 2) { Stride = 2 }, image, [1, 2, 3, 4]));
        Near("1 3 3 2 4 10 10 6 4 10 10 6 3 7 7 4", Run(new TransposedConv2D(1, 3), image, [1, 1, 1, 1, 1, 1, 1, 1, 1]));
    }

    [Fact]
    public void Sequences_are_pooled_by_steps()
    {
        var x = Tensor.From<double>([.. Enumerable.Range(0, 24).Select(i => (double)i)], 2, 3, 4);
        Near("4 5 6 7 8 9 10 11 16 17 18 19 20 21 22 23", Run(new MaxPool1D(2) { Stride = 1, Format = DataFormat.ChannelsLast }, x));
        Near("4 5 6 7 16 17 18 19", Run(new GlobalPool { Format = DataFormat.ChannelsLast }, x));
    }

    [Fact]
    public void Dense_gives_the_numbers_of_Keras()
    {
        var x = Tensor.From(new[,] { { -1.0, 2 } });
        Near("10 0", Run(new Dense(2, Activation.Relu), x, [1, -2, 3, -4], [5, -6]));
        Near("5 -6", Run(new Dense(2) { UseBias = false }, x, [1, -2, 3, -4]));
    }

    [Fact]
    public void An_embedding_picks_rows()
    {
        Near("3 3 2 2 0 0", Run(new Embedding(3, 2) { ParameterDType = DType.Float64 }, Tensor.From<long>([2, 1, 0], 1, 3), [0, 0, 2, 2, 3, 3]));
        var x = T.Variable("x", DType.Int64, "n", 1);
        var f = Function.Compile([x], new Embedding(3, 2).Apply(x));
        Assert.ThrowsAny<ArgumentException>(() => f.Invoke(Tensor.From<long>([3], 1, 1)));
    }

    [Fact]
    public void Batch_normalisation_gives_the_numbers_of_Lasagne_and_of_Keras()
    {
        var x = Tensor.From(new[,] { { 1.0 }, { 2 }, { 3 }, { 4 } });
        var lasagne = new BatchNorm { AverageInverseDeviation = true };
        Near("-1.3415871 -.4471957 .4471957 1.3415871", Train(lasagne, x));
        Near(".25", lasagne.Mean!.Variable.GetValue());
        Near(".98943914", lasagne.InverseDeviation!.Variable.GetValue());
        Near(".74207936 1.73151850 2.72095764 3.71039678", Run(lasagne, x));

        var keras = new BatchNorm { Momentum = 0.99, Epsilon = 1e-3, Axis = -1 };
        Near("-1.3411045 -.4470348 .4470348 1.3411045", Train(keras, x));
        Near(".025", keras.Mean!.Variable.GetValue());
        Near("1.0025", keras.Variance!.Variable.GetValue());
        Near(".97329822 1.97155280 2.96980738 3.96806196", Run(keras, x));
    }

    [Fact]
    public void Other_normalisations_give_the_numbers_of_Keras_and_of_Lasagne()
    {
        Near("-.41386 .29307 1 1.70693 2.41386", Run(new LayerNorm(), Tensor.From(new[,] { { 0.0, 1, 2, 3, 4 } }), afterwards: layer => ((LayerNorm)layer).Beta!.Variable.SetValue(Tensor.Ones<double>(5))), tolerance: 1e-4);
        var x = Tensor.From(new[,] { { -1.0, -1, 1, 1, 2, 2, 0, -2 } });
        Near("-.898 -.898 .539 .539 1.257 1.257 -.180 -1.616", Run(new GroupNorm(1), x), tolerance: 1e-3);
        Near("-1 -1 1 1 .904 .904 -.301 -1.507", Run(new GroupNorm(2), x), tolerance: 1e-3);
        var channels = Tensor.From<double>([1, 2, 3, 4, 5], 1, 5, 1, 1);
        Near(".59429158 1.18787101 1.78014039 2.37360929 2.96745555", Run(new LocalResponseNorm(), channels));
        Near(".125 .14865089 .14461559 .19539749 .25820669", Run(new LocalResponseNorm { Alpha = 1 }, channels));
    }

    [Fact]
    public void Images_are_enlarged_by_repeating()
    {
        var x = Tensor.From<double>([.. Enumerable.Range(0, 12).Select(i => (double)i)], 2, 2, 1, 3);
        Near("0 1 2 0 1 2 3 4 5 3 4 5 6 7 8 6 7 8 9 10 11 9 10 11", Run(new Upsample(1, 2) { Format = DataFormat.ChannelsLast }, x));
    }

    [Fact]
    public void Parameters_are_counted_by_tag()
    {
        var x = T.FMatrix("x", 10, 20);
        Layer[] layers = [new Dense(30) { Name = "first" }, new Dense(40) { Name = "second" }];
        _ = layers.Aggregate((Expr)x, (y, layer) => layer.Apply(y));
        var all = layers.SelectMany(layer => layer.Parameters).ToList();
        Assert.Equal((1870, 1800, 1870), (all.CountElements(), all.CountElements(ParameterTags.Regularizable), all.CountElements(ParameterTags.Trainable)));
        Assert.Equal(["first.W", "first.b", "second.W", "second.b"], all.GetValues().Keys);
    }

    static Tensor Image(int height, int width) => Tensor.From<double>([.. Enumerable.Range(0, height * width).Select(i => (double)i)], 1, 1, height, width);

    // The output in its inference form, with weights and biases if they are given.
    static Tensor Run(Layer layer, Tensor value, double[]? weights = null, double[]? bias = null, Action<Layer>? afterwards = null)
    {
        var x = InputFor(value);
        var y = layer.Apply(x);
        foreach (var (values, parameter) in new[] { weights, bias }.Zip(layer.Parameters))
            if (values is not null) parameter.Variable.SetValue(Tensor.From<double>(values).Reshape([.. parameter.Variable.Shape.Select(size => (int)size.Constant)]));
        afterwards?.Invoke(layer);
        return Function.Compile([x], y).Invoke(value)[0];
    }

    static Tensor Train(Layer layer, Tensor value)
    {
        var x = InputFor(value);
        var pass = Pass.Training(new RandomStream(1));
        var y = layer.Apply(x, pass);
        return Function.Compile([x], [y], pass.Updates).Invoke(value)[0];
    }

    static Variable InputFor(Tensor value) => T.Variable("x", value.DType, ["n", .. value.Shape[1..].ToArray().Select(size => (Dim?)size)]);

    static void Near(string expected, Tensor actual, string about = "", double tolerance = 1e-7)
    {
        double[] numbers = [.. expected.Split(' ').Select(double.Parse)];
        var values = actual.ToArray<double>();
        Assert.True(numbers.Length == values.Length && numbers.Zip(values).All(p => Math.Abs(p.First - p.Second) <= tolerance * Math.Max(1, Math.Abs(p.First))),
            $"{about}: expected {expected}, got {string.Join(" ", values)}");
    }
}
