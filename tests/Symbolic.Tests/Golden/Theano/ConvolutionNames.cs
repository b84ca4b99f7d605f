using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Convolutions and pooling of Theano by their names there; filters are flipped unless it is said otherwise.</summary>
internal static class ConvolutionNames
{
    const string Options = "border_mode='valid', subsample=1, filter_flip=True, filter_dilation=1, num_groups=1, unshared=False";

    public static void AddTo(TheanoModules modules, Scope globals)
    {
        modules.Nnet.Add($"conv2d(x, w, input_shape=None, filter_shape=None, {Options})", a =>
            a.Bool("unshared")
                ? T.LocallyConnected2D(a.Expr("x"), a.Expr("w"), Padding(a), Numbers(a, "subsample"), Numbers(a, "filter_dilation"), a.Bool("filter_flip"))
                : T.Conv2D(a.Expr("x"), a.Expr("w"), Padding(a), Numbers(a, "subsample"), Numbers(a, "filter_dilation"), Groups(a), a.Bool("filter_flip")));
        modules.Nnet.Add($"conv3d(x, w, input_shape=None, filter_shape=None, {Options})", a =>
            T.Conv3D(a.Expr("x"), a.Expr("w"), Padding(a), Numbers(a, "subsample"), Numbers(a, "filter_dilation"), Groups(a), a.Bool("filter_flip")));

        var abstractConv = (Module)modules.Nnet["abstract_conv"]!;
        abstractConv.Add("causal_conv1d(x, w, filter_shape, input_shape=None, subsample=1, filter_flip=True, filter_dilation=1, num_groups=1, unshared=False)", a =>
        {
            int before = (Symbolic.Integers(a["filter_shape"])[^1] - 1) * (int)a.Whole("filter_dilation");
            return T.Conv1D(a.Expr("x"), a.Expr("w"), DeepSym.Padding.Of((before, 0)), Numbers(a, "subsample"), Numbers(a, "filter_dilation"), Groups(a), a.Bool("filter_flip"));
        });
        abstractConv.Add("separable_conv2d(x, depthwise, pointwise, num_channels, border_mode='valid', subsample=1, filter_flip=True, filter_dilation=1)", a =>
            T.SeparableConv2D(T.SpecifyShape(a.Expr("x"), null, (int)a.Whole("num_channels"), null, null), a.Expr("depthwise"), a.Expr("pointwise"),
                Padding(a), Numbers(a, "subsample"), Numbers(a, "filter_dilation"), a.Bool("filter_flip")));

        abstractConv.Add($"conv2d_grad_wrt_inputs(y, w, input_shape, filter_shape=None, {Options})", a => Transposed(a, "input_shape", "subsample"));
        abstractConv.Add("conv2d_transpose(y, w, output_shape, filter_shape=None, border_mode='valid', input_dilation=1, filter_flip=True, filter_dilation=1, num_groups=1, unshared=False)",
            a => Transposed(a, "output_shape", "input_dilation"));
        abstractConv.Add($"conv2d_grad_wrt_weights(x, y, filter_shape, input_shape=None, {Options})", a =>
            T.Conv2DGradWeights(a.Expr("x"), a.Expr("y"), a.Shape("filter_shape").AsSpan(2), Padding(a), Numbers(a, "subsample"), Numbers(a, "filter_dilation"), Groups(a), a.Bool("filter_flip")));
        foreach (string name in new[] { "conv2d_grad_wrt_inputs", "conv2d_grad_wrt_weights", "conv2d_transpose" })
            globals[name] = modules.Nnet[name] = abstractConv[name];

        var pool = (Module)((Module)modules.Tensor["signal"]!)["pool"]!;
        pool.Add("pool_2d(x, ws, ignore_border=False, stride=None, pad=0, mode='max')", a =>
            T.Pool2D(a.Expr("x"), Numbers(a, "ws"), Strides(a), DeepSym.Padding.Of(Numbers(a, "pad")), a.Bool("ignore_border"), Mode(a)));
        pool.Add("pool_3d(x, ws, ignore_border=False, stride=None, pad=0, mode='max')", a =>
            T.Pool3D(a.Expr("x"), Numbers(a, "ws"), Strides(a), DeepSym.Padding.Of(Numbers(a, "pad")), a.Bool("ignore_border"), Mode(a)));
        pool.Add("max_pool_2d_same_size(x, patch_size)", a => T.MaxPool2DSameSize(a.Expr("x"), Numbers(a, "patch_size")));
        foreach (string name in new[] { "pool_2d", "pool_3d" })
            globals[name] = pool[name];
        AddPatches(globals);
        abstractConv.Add("bilinear_upsampling(input, ratio, frac_ratio=None, batch_size=None, num_input_channels=None, use_1D_kernel=True)", a =>
            T.Upsample(a.Expr("input"), [(int)a.Whole("ratio"), (int)a.Whole("ratio")], UpsampleMode.BilinearFromCorner));
        globals["bilinear_upsampling"] = abstractConv["bilinear_upsampling"];
    }

    static void AddPatches(Scope globals)
    {
        globals["images2neibs"] = new NativeFunction("images2neibs(x, neib_shape, neib_step=None, mode='valid')", a =>
            T.ImagesToPatches(a.Expr("x"), Pair(a["neib_shape"]), a.Has("neib_step") ? Pair(a["neib_step"]) : null, a.Text("mode") switch
            {
                "ignore_borders" => PatchMode.IgnoreBorders,
                "wrap_centered" => PatchMode.WrapCentered,
                "half" => PatchMode.Half,
                "full" => PatchMode.Full,
                _ => PatchMode.Valid,
            }));
        globals["neibs2images"] = new NativeFunction("neibs2images(neibs, neib_shape, original_shape, mode='valid')", a =>
            T.PatchesToImages(a.Expr("neibs"), Pair(a["neib_shape"]), a.Shape("original_shape")));
    }

    static (int, int) Pair(object? sizes) => Symbolic.Integers(sizes) is [var height, var width] ? (height, width) : throw new PythonException("a patch has two sizes");

    static int[] Strides(BoundArguments a) => a.Has("stride") ? Numbers(a, "stride") : [];

    static PoolMode Mode(BoundArguments a) => a.Text("mode") switch
    {
        "max" => PoolMode.Max,
        "sum" => PoolMode.Sum,
        "average_inc_pad" => PoolMode.AverageIncludingPadding,
        "average_exc_pad" => PoolMode.AverageExcludingPadding,
        var mode => throw new PythonException($"{mode} is not a mode of pooling"),
    };

    static Expr Transposed(BoundArguments a, string shape, string stride) => T.Conv2DTransposed(
        a.Expr("y"), a.Expr("w"), a.Shape(shape).AsSpan(2), Padding(a), Numbers(a, stride), Numbers(a, "filter_dilation"), Groups(a), a.Bool("filter_flip"));

    // 'valid', 'half', 'full', a width, a width for each axis, or a pair of them for each axis.
    static Padding Padding(BoundArguments a) => a["border_mode"] switch
    {
        "valid" => DeepSym.Padding.Valid,
        "half" => DeepSym.Padding.Half,
        "full" => DeepSym.Padding.Full,
        var widths when Sequences.IsSequence(widths) => DeepSym.Padding.Of([.. Sequences.Items(widths).Select(width => Sequences.IsSequence(width)
            ? (Symbolic.Integers(width)[0], Symbolic.Integers(width)[1])
            : ((int)Python.Numbers.Whole(width), (int)Python.Numbers.Whole(width)))]),
        var width => (int)Python.Numbers.Whole(width),
    };

    static int[] Numbers(BoundArguments a, string name) => Sequences.IsSequence(a[name]) ? Symbolic.Integers(a[name]) : [(int)a.Whole(name)];

    static int Groups(BoundArguments a) => a.Bool("unshared") ? throw new MissingFeatureException("gradients of conv2d(unshared=)") : (int)a.Whole("num_groups");
}
