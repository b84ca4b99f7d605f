using System.Diagnostics;
using DeepSym.Benchmarks.Measuring;

namespace DeepSym.Benchmarks.Rows;

/// <summary>Single operations, as functions into memory that the caller keeps.</summary>
static class Operations
{
    public static IReadOnlyList<Case> All { get; } =
    [
        .. new[] { (4, 10_000), (6, 1_000_000), (7, 10_000_000) }.SelectMany(n => new[] { Chain($"ew_chain_1e{n.Item1}", n.Item2), Chain($"ew_chain_1e{n.Item1}.inplace", n.Item2) }),
        OfMatrix("softmax_128x1000", 128, 1000, x => T.Softmax(x)),
        OfMatrix("transpose_4096", 4096, 4096, x => 1 + T.Transpose(x)) with { HasPeer = false },
        OfMatrix("power_1000x1000", 1000, 1000, x => T.Pow(x, 1.7)) with { HasPeer = false },
        OfMatrix("red_sum_ax0_4096", 4096, 4096, x => T.Sum(x, 0)),
        OfMatrix("red_mean_ax0_4096", 4096, 4096, x => T.Mean(x, 0)),
        OfMatrix("red_max_ax0_4096", 4096, 4096, x => T.Max(x, 0)),
        OfMatrix("red_sum_ax1_4096", 4096, 4096, x => T.Sum(x, 1)),
        OfMatrix("red_mean_ax1_4096", 4096, 4096, x => T.Mean(x, 1)),
        OfMatrix("red_max_ax1_4096", 4096, 4096, x => T.Max(x, 1)),
        OfMatrix("red_sum_all_4096", 4096, 4096, x => T.Sum(x)),
        OfMatrix("red_mean_all_4096", 4096, 4096, x => T.Mean(x)),
        OfMatrix("red_max_all_4096", 4096, 4096, x => T.Max(x)),
        Case("layernorm_4096x512", LayerNorm),
        Case("layernorm_4096x512.grad", LayerNormGradient) with { HasPeer = false },
        .. new[] { 64, 128, 256, 512, 1024, 2048 }.Select(n => Case($"matmul_{n}", () =>
        {
            Variable[] v = [T.FMatrix("a", "m", "k"), T.FMatrix("b", "k", "n")];
            return (v, [T.Dot(v[0], v[1])], [Data.Uniform(n, n), Data.Uniform(n, n)]);
        })),
        Case("conv2d_fwd", () =>
        {
            Variable[] v = [T.FTensor4("x"), T.FTensor4("w")];
            return (v, [T.Conv2D(v[0], v[1])], [Data.Uniform(128, 32, 28, 28), Data.Uniform(64, 32, 3, 3)]);
        }),
        Case("conv2d_fwdbwd", () => ConvolutionAndGradients(128, 32, 64, groups: 1)),
        Case("conv2d_depthwise_fwdbwd", () => ConvolutionAndGradients(32, 64, 64, groups: 64)) with { HasPeer = false },
        Case("embed_gather", () =>
        {
            var (w, i) = (T.FMatrix("w", 20000, 128), T.LVector("i"));
            return ([w, i], [T.Take(w, i)], [Data.Uniform(20000, 128), Data.Labels(20000, 2560)]);
        }),
        ScatterAdd("embed_scatter_add"),
        Case("embed_grad_dense", () =>
        {
            var (i, g) = (T.LVector("i", "n"), T.FMatrix("g", "n", 128));
            return ([i, g], [T.Zeros([20000, 128]).Add([i], g)], [Data.Labels(20000, 2560), Data.Uniform(2560, 128)]);
        }),
        ScalarAdd("call_scalar_add"),
        Case("call_graph10_n10", () =>
        {
            var (x, y) = (T.FVector("x", "n"), T.FVector("y", "n"));
            var t = T.Sigmoid((T.Tanh((x + y) * x - y) + x) * y);
            return ([x, y], [T.Sum(T.Exp(t - x))], [Data.Uniform(10), Data.Uniform(10)]);
        }),
    ];

    static Case Chain(string name, int length) => Case(name, () =>
    {
        Variable[] v = [T.FVector("a", "n"), T.FVector("b", "n"), T.FVector("c", "n"), T.FVector("d", "n")];
        return (v, [T.Tanh(v[0] * v[1] + v[2]) * T.Sigmoid(v[3])], [.. v.Select(_ => Data.Uniform(length))]);
    });

    static (Variable[], Expr[], Tensor[]) LayerNorm()
    {
        var (x, gamma, beta) = (T.FMatrix("x", "rows", 512), T.FVector("gamma", 512), T.FVector("beta", 512));
        return ([x, gamma, beta], [T.LayerNormalization(x, gamma, beta)], [Data.Uniform(4096, 512), Data.Uniform(512), Data.Uniform(512)]);
    }

    static (Variable[], Expr[], Tensor[]) LayerNormGradient()
    {
        var (x, gamma, beta, g) = (T.FMatrix("x", "rows", 512), T.FVector("gamma", 512), T.FVector("beta", 512), T.FMatrix("g", "rows", 512));
        var y = T.LayerNormalization(x, gamma, beta);
        return ([x, gamma, beta, g], [y, .. T.Grad(T.Sum(y * g), [x, gamma, beta])], [Data.Uniform(4096, 512), Data.Uniform(512), Data.Uniform(512), Data.Uniform(4096, 512)]);
    }

    static (Variable[], Expr[], Tensor[]) ConvolutionAndGradients(int images, int channels, int filters, int groups)
    {
        var (x, w, g) = (T.FTensor4("x"), T.FTensor4("w"), T.FTensor4("g"));
        var y = T.Conv2D(x, w, groups: groups);
        return ([x, w, g], [y, .. T.Grad(T.Sum(y * g), [x, w])], [Data.Uniform(images, channels, 28, 28), Data.Uniform(filters, channels / groups, 3, 3), Data.Uniform(images, filters, 26, 26)]);
    }

    static Case OfMatrix(string name, int rows, int columns, Func<Expr, Expr> of) => Case(name, () =>
    {
        var x = T.FMatrix("x", "rows", "columns");
        return ([x], [of(x)], [Data.Uniform(rows, columns)]);
    });

    static Case Case(string name, Func<(Variable[] Inputs, Expr[] Outputs, Tensor[] Values)> make) => new(name, setting =>
    {
        var (inputs, outputs, values) = make();
        var start = Stopwatch.GetTimestamp();
        var function = Function.Compile([.. inputs.Select(input => (In)input)], outputs, options: setting.Options);
        var compile = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var results = function.Invoke(values);
        var first = Setting.SinceStart();
        return [Sampler.Measure(name, () => function.Invoke(values, results)) with { FirstStepS = first, CompileMs = compile }];
    });

    // Rows added into a shared variable, which stays where it is.
    static Case ScatterAdd(string name) => new(name, setting =>
    {
        var w = T.Shared(Data.Uniform(20000, 128), "w");
        var (i, g) = (T.LVector("i", "n"), T.FMatrix("g", "n", 128));
        var function = Function.Compile([i, g], [], [(w, w.Add([i], g))], options: setting.Options);
        Tensor[] values = [Data.Labels(20000, 2560), Data.Uniform(2560, 128)];
        return [Sampler.Measure(name, () => function.Invoke(values, []))];
    });

    static Case ScalarAdd(string name) => new(name, setting =>
    {
        var (a, b) = (T.FScalar("a"), T.FScalar("b"));
        var add = Function.Compile<float, float, float>(a, b, a + b, setting.Options);
        return [Sampler.Measure(name, () => add(1, 2))];
    });
}
