using DeepSym.Benchmarks.Rows;

namespace DeepSym.Benchmarks.Devices;

/// <summary>
/// The rows of a device. Models are trained as programs train them: batches come from the processor, and the loss is read in every step. The operands and results of
/// operations stay on the device.
/// </summary>
static class DeviceRows
{
    /// <summary>The row whose bandwidth others are held against.</summary>
    public const string Copy = "copy";

    public static IReadOnlyList<DeviceRow> All(bool isSmall)
    {
        int Or(int size, int small) => isSmall ? small : size;
        var elements = Or(10_000_000, 1000);
        var side = Or(4096, 64);
        int[] products = isSmall ? [32] : [512, 1024, 2048, 4096, 8192];
        return
        [
            Training("mlp_keras_b128", () => Models.DropoutPerceptron(Or(128, 2))),
            Training("lenet_b128", () => Models.LeNet(Or(128, 1))),
            Training("lenet_b500", () => Models.LeNet(Or(500, 1))),
            Training("cnn_keras_b128", () => Models.ConvolutionalNet(Or(128, 1))),
            Training("lstm_imdb_b32", () => RecurrentNets.Sentiment(Or(32, 1), Or(80, 2))),
            .. products.Select(n => Operation($"matmul_{n}", [[n, n], [n, n]], v => T.Dot(v[0], v[1])) with { Gigaflop = 2e-9 * n * n * n }),
            Operation("launch", [[1]], v => v[0] * 2 + 1),
            Operation(Copy, [[elements]], v => T.StopGradient(v[0])) with { Megabytes = 8e-6 * elements },
            Operation("ew_chain_1e7", [[elements], [elements], [elements], [elements]], v => T.Tanh(v[0] * v[1] + v[2]) * T.Sigmoid(v[3])) with { Megabytes = 20e-6 * elements },
            Operation("softmax_128x1000", [[Or(128, 8), Or(1000, 50)]], v => T.Softmax(v[0])) with { Megabytes = isSmall ? 0 : 1.024 },
            Operation("softmax_4096x4096", [[side, side]], v => T.Softmax(v[0])) with { Megabytes = 8e-6 * side * side },
            .. new (string Name, Func<Expr, Expr> Of)[]
            {
                ("red_sum_ax0_4096", x => T.Sum(x, 0)), ("red_max_ax0_4096", x => T.Max(x, 0)), ("red_sum_ax1_4096", x => T.Sum(x, 1)), ("red_max_ax1_4096", x => T.Max(x, 1)),
                ("red_sum_all_4096", x => T.Sum(x)), ("red_max_all_4096", x => T.Max(x)),
            }.Select(r => Operation(r.Name, [[side, side]], v => r.Of(v[0])) with { Megabytes = 4e-6 * side * side }),
        ];
    }

    static DeviceRow Training(string name, Func<Model> make) => new(name + ".train", options =>
    {
        var model = make();
        return new DeviceWork(model.CompileTraining(options), model.Batches, [Tensor.Zeros<float>()]);
    });

    static DeviceRow Operation(string name, int[][] shapes, Func<SharedVariable[], Expr> of) => new(name, options =>
    {
        SharedVariable[] operands = [.. shapes.Select((shape, i) => T.Shared(Data.Uniform(shape), $"operand{i}"))];
        var value = of(operands);
        return new DeviceWork(Function.Compile([], [], [(T.Shared(Tensor.Zeros(value.DType, [.. value.Shape.Select(dim => (int)dim.Constant)]), "result"), value)], options: options), [[]], []);
    });
}
