using DeepSym.Layers;
using DeepSym.Tests.Golden.Python;
using DeepSym.Tests.Golden.Theano;

namespace DeepSym.Tests.Golden.Lasagne;

/// <summary>The names of <c>lasagne.layers</c> and <c>lasagne.nonlinearities</c>, mapped onto this library's layers, and onto expressions where these need no layer.</summary>
internal sealed class LasagneNames(Pass pass)
{
    const string Conv = "incoming, num_filters, filter_size, stride=1, pad=0, nonlinearity='rectify'";
    const string Pool = "incoming, pool_size, stride=None, pad=0, ignore_border=True";

    readonly List<Layer> _made = [];
    readonly Dictionary<string, object?> _names = new() { ["nl"] = Nonlinearities() };

    public static Dictionary<string, object?> Create(Pass pass)
    {
        var names = new LasagneNames(pass);
        names.AddCore();
        names.AddConvolutions();
        names.AddPools();
        names.AddNormalizations();
        names.AddMerges();
        return names._names;
    }

    void Add(string signature, Func<BoundArguments, LasagneNode> layer)
    {
        var function = new NativeFunction(signature, a => layer(a).ToPython());
        _names[function.Name] = function;
    }

    void AddCore()
    {
        Add("Input(x)", a => new LasagneNode(a.Expr("x"), [], []));
        Add("DenseLayer(incoming, num_units, nonlinearity='rectify', W=None, b=0, num_leading_axes=1)", a => a["W"] switch
        {
            null => Linear(a, useBias => new Dense((int)a.Whole("num_units")) { UseBias = useBias }, flatten: a.Whole("num_leading_axes") == 1),
            SharedVariable shared => Again(a, shared),
            _ => throw new MissingFeatureException("DenseLayer(W=expression)"),
        });
        Add("NINLayer(incoming, num_units, untie_biases=False, nonlinearity='rectify')", a => a.Bool("untie_biases")
            ? throw new MissingFeatureException("NINLayer(untie_biases=)")
            : Linear(a, useBias => new Dense((int)a.Whole("num_units")) { UseBias = useBias, Axis = 1 }));
        Add("EmbeddingLayer(incoming, input_size, output_size)", a => Apply(a, new Embedding((int)a.Whole("input_size"), (int)a.Whole("output_size")) { ParameterDType = DType.Float64 }));
        Add("FlattenLayer(incoming)", a => Apply(a, new Flatten()));
        Add("ReshapeLayer(incoming, shape)", a => a.Items("shape").Skip(1).All(size => size is long)
            ? Apply(a, new ReshapeLayer(Symbolic.Integers(a.Items("shape").Skip(1).ToArray())))
            : throw new MissingFeatureException("ReshapeLayer of the batch axis"));
        Add("DimshuffleLayer(incoming, pattern)", a => Apply(a, new Permute(Symbolic.Integers(a.Items("pattern").Skip(1).ToArray()))));
        Add("PadLayer(incoming, width, val=0, batch_ndim=2)", a => a.Whole("batch_ndim") == 2
            ? Apply(a, Padded(a["width"], a.Number("val"), LasagneNode.Of(a["incoming"]).Output.Rank - 2))
            : throw new MissingFeatureException("PadLayer(batch_ndim=)"));
        Add("NonlinearityLayer(incoming, nonlinearity='rectify')", a => Apply(a, ToActivation(a["nonlinearity"])));
        Add("prelu(incoming)", a => Apply(Parts(a).Linear(true), new PRelu()));
        Add("FeaturePoolLayer(incoming, pool_size, axis=1)", a => Apply(a, new Maxout((int)a.Whole("pool_size")) { Axis = (int)a.Whole("axis") }));
        Add("DropoutLayer(incoming, p=0.5)", a => Apply(a, new Dropout(a.Number("p"))));
        Add("dropout(incoming, p=0.5)", a => Apply(a, new Dropout(a.Number("p"))));
        Add("GaussianNoiseLayer(incoming, sigma=0.1)", a => Apply(a, new GaussianNoise(a.Number("sigma"))));
        Add("ExpressionLayer(incoming, function, output_shape=None)", a => Apply(a, Activation.Of("expression", x => Symbolic.From(a.Function("function").Call(Arguments.Of(x))))));
        foreach (var rank in new[] { 1, 2, 3 })
            Add($"Upscale{rank}DLayer(incoming, scale_factor, mode='repeat')", a => a.Text("mode") == "repeat"
                ? Apply(a, new Upsample(PerAxis(a["scale_factor"], rank)))
                : throw new MissingFeatureException("Upscale(mode='dilate')"));
    }

    void AddConvolutions()
    {
        Add($"Conv1DLayer({Conv}, flip_filters=True)", a => Linear(a, useBias => new Conv1D(Filters(a), Sizes(a, 1)[0])
        {
            UseBias = useBias, Stride = (int)a.Whole("stride"), Padding = ToPadding(a["pad"]), FlipFilters = a.Bool("flip_filters"),
        }));
        Add($"Conv2DLayer({Conv}, flip_filters=True, num_groups=1)", a => Linear(a, useBias => new Conv2D(Filters(a), Square(a))
        {
            UseBias = useBias, Stride = Stride(a), Padding = ToPadding(a["pad"]), FlipFilters = a.Bool("flip_filters"), Groups = (int)a.Whole("num_groups"),
        }));
        Add($"Conv3DLayer({Conv}, flip_filters=True)", a => Linear(a, useBias => new Conv3D(Filters(a), (int)a.Whole("filter_size"))
        {
            UseBias = useBias, Padding = ToPadding(a["pad"]), FlipFilters = a.Bool("flip_filters"),
        }));
        Add($"TransposedConv2DLayer(incoming, num_filters, filter_size, stride=1, crop=0, nonlinearity='rectify', flip_filters=False)", a => Linear(a, useBias => new TransposedConv2D(Filters(a), Square(a))
        {
            UseBias = useBias, Stride = Stride(a), Padding = ToPadding(a["crop"]), FlipFilters = !a.Bool("flip_filters"),
        }));
        Add("DilatedConv2DLayer(incoming, num_filters, filter_size, dilation=1, nonlinearity='rectify')", a => Linear(a, useBias => new Conv2D(Filters(a), Square(a))
        {
            UseBias = useBias, Dilation = (int)a.Whole("dilation"),
        }, weightAxes: [1, 0, 2, 3]));
        Add("LocallyConnected2DLayer(incoming, num_filters, filter_size, nonlinearity='rectify', flip_filters=True, channelwise=False)", a => a.Bool("channelwise")
            ? throw new MissingFeatureException("LocallyConnected2DLayer(channelwise=)")
            : Linear(a, useBias => new LocallyConnected2D(Filters(a), Square(a)) { UseBias = useBias, Padding = Padding.Half, FlipFilters = a.Bool("flip_filters") }, weightAxes: [0, 4, 5, 1, 2, 3]));
    }

    void AddPools()
    {
        Add($"MaxPool1DLayer({Pool})", a => Apply(a, new MaxPool1D((int)a.Whole("pool_size"))));
        Add($"MaxPool2DLayer({Pool})", a => Apply(a, new MaxPool2D(PerAxis(a["pool_size"], 2) is var s ? (s[0], s[1]) : default)
        {
            Stride = a.Has("stride") ? Stride(a) : null, Padding = ToPadding(a["pad"]), IgnoreBorder = a.Bool("ignore_border"),
        }));
        Add($"MaxPool3DLayer({Pool})", a => Apply(a, new MaxPool3D((int)a.Whole("pool_size"))));
        Add($"Pool1DLayer({Pool}, mode='max')", a => Apply(a, new AveragePool1D((int)a.Whole("pool_size")) { IgnoreBorder = a.Bool("ignore_border"), CountPadding = CountsPadding(a) }));
        Add($"Pool2DLayer({Pool}, mode='max')", a => Apply(a, new AveragePool2D((int)a.Whole("pool_size"))
        {
            Stride = a.Has("stride") ? Stride(a) : null, Padding = ToPadding(a["pad"]), IgnoreBorder = a.Bool("ignore_border"), CountPadding = CountsPadding(a),
        }));
        Add($"Pool3DLayer({Pool}, mode='max')", a => Apply(a, new AveragePool3D((int)a.Whole("pool_size")) { Stride = a.Has("stride") ? (int)a.Whole("stride") : null, CountPadding = CountsPadding(a) }));
    }

    void AddNormalizations()
    {
        Add("BatchNormLayer(incoming, beta=0, gamma=1)", a => Apply(a, new BatchNorm { AverageInverseDeviation = true, UseBeta = a.Has("beta"), UseGamma = a.Has("gamma") }));
        Add("batch_norm(incoming)", a => Apply(Apply(Parts(a).Linear(false), new BatchNorm { AverageInverseDeviation = true }), Parts(a).Activation));
        Add("StandardizationLayer(incoming, axes='auto', epsilon=1e-4)", a => Apply(a, Standardization(a.Text("axes") == "features" ? 1 : 2, a.Number("epsilon"))));
        Add("layer_norm(incoming)", a =>
        {
            var layer = new LayerNorm { Axis = 1, Epsilon = 1e-4 };
            var normalized = Apply(Parts(a).Linear(false), layer);
            return Apply(normalized with { Parameters = [new(layer.Gamma!, HasOtherTags: true), new(layer.Beta!)] }, Parts(a).Activation);
        });
        Add("LocalResponseNormalization2DLayer(incoming)", a => Apply(a, new LocalResponseNorm()));
    }

    // What several layers become, and what is part of one, needs no layer here: expressions do it.
    void AddMerges()
    {
        Add("ConcatLayer(incomings, axis=1)", a => Join(a, inputs => T.Concatenate(inputs, (int)a.Whole("axis"))));
        Add("ElemwiseSumLayer(incomings, coeffs=1)", a => Join(a, inputs => inputs.Select((x, i) => x * (a["coeffs"] is long or double ? a.Number("coeffs") : Numbers.Real(a.Items("coeffs")[i]))).Aggregate((x, y) => x + y)));
        Add("ElemwiseMergeLayer(incomings, merge_function)", a => Join(a, inputs => inputs.Aggregate((x, y) => Symbolic.From(a.Function("merge_function").Call(Arguments.Of(x, y))))));
        Add("SliceLayer(incoming, indices, axis=-1)", a =>
        {
            var node = LasagneNode.Of(a["incoming"]);
            var axis = (int)a.Whole("axis") is < 0 and var back ? back + node.Output.Rank : (int)a.Whole("axis");
            AxisIndex index = a["indices"] is PythonSlice slice ? T.Range((int)Numbers.Whole(slice.Start), (int)Numbers.Whole(slice.Stop)) : (int)a.Whole("indices");
            return new LasagneNode(node.Output[[.. Enumerable.Repeat(T.Range(null, null), axis), index]], [node], []);
        });
        Add("InverseLayer(incoming, layer)", a =>
        {
            var (node, of) = (LasagneNode.Of(a["incoming"]), LasagneNode.Of(a["layer"]));
            return new LasagneNode(T.Vjp([of.Output], [of.Inputs[0].Output], [node.Output])[0], [node, of], []);
        });
    }

    static (Func<bool, LasagneNode> Linear, Activation Activation) Parts(BoundArguments a) => LasagneNode.Of(a["incoming"]).Parts!.Value;

    LasagneNode Apply(BoundArguments a, Layer layer) => Apply(LasagneNode.Of(a["incoming"]), layer);

    LasagneNode Apply(LasagneNode input, Layer layer, int[]? weightAxes = null)
    {
        var output = layer.Apply(input.Output, pass);
        _made.Add(layer);
        return new LasagneNode(output, [input], [.. layer.Parameters.Select(p => new LasagneParameter(p, p.ShortName == "W" ? weightAxes : null))]);
    }

    static LasagneNode Join(BoundArguments a, Func<Expr[], Expr> merge)
    {
        LasagneNode[] inputs = [.. a.Items("incomings").Select(LasagneNode.Of)];
        return new LasagneNode(merge([.. inputs.Select(input => input.Output)]), inputs, []);
    }

    // A layer with weights, then its activation.
    LasagneNode Linear(BoundArguments a, Func<bool, Layer> layer, bool flatten = false, int[]? weightAxes = null)
    {
        var input = LasagneNode.Of(a["incoming"]);
        if (flatten && input.Output.Rank > 2) input = Apply(input, new Flatten());
        var activation = ToActivation(a["nonlinearity"]);
        var linear = Apply(input, layer(true), weightAxes);
        return Apply(linear, activation) with { Inputs = linear.Inputs, Parameters = linear.Parameters, Parts = (useBias => Apply(input, layer(useBias), weightAxes), activation) };
    }

    // The layer whose weights these are, once more.
    LasagneNode Again(BoundArguments a, SharedVariable weights)
    {
        var layer = _made.Last(made => made.Parameters.Any(p => p.Variable == weights));
        return Apply(Apply(a, layer), ToActivation(a["nonlinearity"]));
    }

    static PadLayer Padded(object? width, double value, int axes)
    {
        var pairs = width is long ? [.. Enumerable.Repeat(width, axes)] : Sequences.Items(width);
        (int Before, int After)[] widths = [.. pairs.Select(pair => pair is long both ? ((int)both, (int)both) : Symbolic.Integers(pair) is [var before, var after] ? (before, after) : default)];
        return new PadLayer([.. widths.Select(w => w.Before)]) { After = [.. widths.Select(w => w.After)], Value = value };
    }

    static LayerNorm Standardization(int axis, double epsilon) => new() { Axis = axis, Epsilon = epsilon, UseBeta = false, UseGamma = false };

    static int Filters(BoundArguments a) => (int)a.Whole("num_filters");

    static int[] Sizes(BoundArguments a, int rank) => PerAxis(a["filter_size"], rank);

    static Size2D Square(BoundArguments a) => Sizes(a, 2) is [var height, var width] ? (height, width) : default;

    static Size2D Stride(BoundArguments a) => PerAxis(a["stride"], 2) is [var down, var right] ? (down, right) : default;

    static int[] PerAxis(object? value, int rank) => value is long n ? [.. Enumerable.Repeat((int)n, rank)] : Symbolic.Integers(value);

    static bool CountsPadding(BoundArguments a) => a.Text("mode") switch
    {
        "average_inc_pad" => true,
        "average_exc_pad" => false,
        var mode => throw new MissingFeatureException($"Pool(mode='{mode}')"),
    };

    static Padding ToPadding(object? pad) => pad switch
    {
        "same" => Padding.Half,
        "full" => Padding.Full,
        "valid" => Padding.Valid,
        long width => (int)width,
        _ => Padding.Of(Symbolic.Integers(pad)),
    };

    static Activation ToActivation(object? value) => value switch
    {
        null => Activation.Linear,
        "rectify" => Activation.Relu,
        Activation activation => activation,
        ICallable function => Activation.Of("function of the text", x => Symbolic.From(function.Call(Arguments.Of(x)))),
        _ => throw new PythonException($"{Numbers.Describe(value)} is no nonlinearity"),
    };

    static Module Nonlinearities()
    {
        var module = new Module("nl")
        {
            ["linear"] = Activation.Linear, ["identity"] = Activation.Linear, ["rectify"] = Activation.Relu, ["leaky_rectify"] = Activation.LeakyRelu(0.01),
            ["very_leaky_rectify"] = Activation.LeakyRelu(1 / 3.0), ["elu"] = Activation.Elu, ["selu"] = Activation.Selu, ["sigmoid"] = Activation.Sigmoid,
            ["tanh"] = Activation.Tanh, ["softplus"] = Activation.Softplus, ["softmax"] = Activation.Softmax,
        };
        module.Add("ScaledTanH(scale_in=1, scale_out=1)", a => Activation.Of("scaled tanh", x => a.Number("scale_out") * T.Tanh(a.Number("scale_in") * x)));
        module.Add("LeakyRectify(leakiness=0.01)", a => Activation.LeakyRelu(a.Number("leakiness")));
        return module;
    }
}
