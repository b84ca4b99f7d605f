using DeepSym.Benchmarks.Measuring;

namespace DeepSym.Benchmarks.Comparing;

/// <summary>What bounds the speed of a row.</summary>
/// <param name="Gigaflop">Its floating operations, in 10^9.</param>
/// <param name="Megabytes">What it must at least read and write of memory, where it does not fit the caches, in 10^6.</param>
/// <param name="IsRead">Whether it writes next to nothing.</param>
sealed record Bound(double Gigaflop = 0, double Megabytes = 0, bool IsRead = false)
{
    /// <summary>The share of the limit that a step of so many milliseconds reaches; null where there is none.</summary>
    public double? Share(double milliseconds, IReadOnlyDictionary<string, double> limits)
    {
        double? Of(double amount, string limit) => amount > 0 && limits.TryGetValue(limit, out var best) ? amount / best / milliseconds * 1e3 : null;
        return Of(Gigaflop, Limits.Peak) ?? Of(Megabytes / 1e3, IsRead ? Limits.Read : Limits.Triad);
    }
}

/// <summary>For each row the ratio to the peer that is aimed at, and its bound.</summary>
static class Targets
{
    static readonly Dictionary<string, (double Ratio, Bound Bound)> Known = new()
    {
        ["logreg_b600.train"] = (0.35, new(0.0188)),
        ["logreg_b600.infer"] = (0.7, new(0.0094)),
        ["mlp_tanh500_b20.train"] = (0.4, new(0.0322)),
        ["mlp_tanh500_b20.infer"] = (0.7, new(0.0159)),
        ["mlp_tanh500_b20.raw.train"] = (0.8, new(0.0322)),
        ["mlp_keras_b128.train"] = (0.6, new(0.410)),
        ["mlp_keras_b128.infer"] = (0.7, new(0.171)),
        ["lenet_b500.train"] = (0.5, new(6.59)),
        ["lenet_b500.infer"] = (0.7, new(2.29)),
        ["lenet_b128.train"] = (0.5, new(1.687)),
        ["lenet_b128.infer"] = (0.7, new(0.587)),
        ["cnn_keras_b128.train"] = (0.6, new(9.16)),
        ["cnn_keras_b128.infer"] = (0.7, new(3.07)),
        ["lstm_imdb_b32.train"] = (0.7, new(2.01)),
        ["lstm_imdb_b32.infer"] = (0.85, new(0.671)),
        ["charlstm_2x512_b50_t50.train"] = (0.8, new(50.3)),
        ["charlstm_2x512_b50_t50.infer"] = (0.85, new(16.8)),
        ["ew_chain_1e4"] = (0.2, new()),
        ["ew_chain_1e4.inplace"] = (0.4, new()),
        ["ew_chain_1e6"] = (0.2, new(Megabytes: 20)),
        ["ew_chain_1e6.inplace"] = (0.4, new(Megabytes: 20)),
        ["ew_chain_1e7"] = (0.2, new(Megabytes: 200)),
        ["ew_chain_1e7.inplace"] = (0.4, new(Megabytes: 200)),
        ["softmax_128x1000"] = (0.9, new()),
        ["layernorm_4096x512"] = (0.9, new(Megabytes: 16.8)),
        ["red_sum_ax0_4096"] = (0.5, Matrix),
        ["red_mean_ax0_4096"] = (0.5, Matrix),
        ["red_max_ax0_4096"] = (0.5, Matrix),
        ["red_sum_ax1_4096"] = (1, Matrix),
        ["red_mean_ax1_4096"] = (1, Matrix),
        ["red_max_ax1_4096"] = (1, Matrix),
        ["red_sum_all_4096"] = (1, Matrix),
        ["red_mean_all_4096"] = (1, Matrix),
        ["red_max_all_4096"] = (1, Matrix),
        ["matmul_64"] = (0.95, new(Product(64))),
        ["matmul_128"] = (0.95, new(Product(128))),
        ["matmul_256"] = (0.95, new(Product(256))),
        ["matmul_512"] = (0.95, new(Product(512))),
        ["matmul_1024"] = (0.95, new(Product(1024))),
        ["matmul_2048"] = (0.95, new(Product(2048))),
        ["conv2d_fwd"] = (0.5, new(3.19)),
        ["conv2d_fwdbwd"] = (0.6, new(9.57)),
        ["embed_gather"] = (0.8, new()),
        ["embed_scatter_add"] = (0.8, new()),
        ["embed_grad_dense"] = (0.8, new()),
        ["call_scalar_add"] = (0.1, new()),
        ["call_graph10_n10"] = (0.05, new()),
    };

    static Bound Matrix => new(Megabytes: 67.1, IsRead: true);

    /// <summary>The ratio that a row is to reach.</summary>
    public static double? Ratio(string row) => Known.TryGetValue(row, out var known) ? known.Ratio : null;

    /// <summary>The bound of a row; an empty one where there is none.</summary>
    public static Bound BoundOf(string row) => Known.TryGetValue(row, out var known) ? known.Bound : new Bound();

    static double Product(double n) => 2 * n * n * n / 1e9;
}
