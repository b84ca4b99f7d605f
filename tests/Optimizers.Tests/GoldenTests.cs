using System.Text.Json;

namespace DeepSym.Optimizers.Tests;

/// <summary>Trajectories that Lasagne itself produced.</summary>
public sealed class GoldenTests
{
    static readonly Dictionary<string, Optimizer> Rules = new()
    {
        ["sgd.01"] = new SGD { LearningRate = .05 },
        ["momentum.01"] = new Momentum { LearningRate = .02 },
        ["rmsprop.01"] = new RMSprop { LearningRate = .1, Epsilon = 1e-6 },
        ["rmsprop.03"] = new RMSprop { LearningRate = 1, Epsilon = 1e-6 },
        ["adagrad.03"] = new Adagrad { LearningRate = 1, Epsilon = 1e-6, InitialAccumulator = 0 },
        ["nesterov_momentum.03"] = new Nesterov { LearningRate = .01 },
        ["adadelta.01"] = new Adadelta { Epsilon = 1e-6 },
        ["adam.01"] = new Adam { LearningRate = .1, Epsilon = 1e-8 },
        ["adam.03"] = new Adam { Epsilon = 1e-8 },
        ["adamax.01"] = new Adamax { LearningRate = .1, Epsilon = 1e-8 },
        ["adamax.03"] = new Adamax { LearningRate = .002, Epsilon = 1e-8 },
        ["amsgrad.01"] = new AMSGrad { LearningRate = .1, Epsilon = 1e-8 },
        ["total_norm.01"] = new SGD { LearningRate = .1, Clipping = Clipping.ByGlobalNorm(1.5, epsilon: 1e-7) },
    };

    public static TheoryData<string> Names => [.. Rules.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Steps_follow_those_of_Lasagne(string name)
    {
        var a = T.Shared(Tensor.From(new[] { .5, -1.5 }), "a");
        var b = T.Shared(Tensor.Scalar(2.0), "b");
        var loss = 2 * T.Sum(T.Sqr(a - 1)) + .5 * T.Sqr(b + 2) + T.Sum(a) * b;
        using var train = Compiled.Function([], [loss], Rules[name].Minimize(loss, [a, b]).Updates);
        var outputs = Case("lasagne_updates." + name).GetProperty("outputs").EnumerateArray()
            .Select(o => o.GetProperty("data").EnumerateArray().Select(v => v.GetDouble()).ToArray()).ToArray();
        for (var step = 0; step < outputs[0].Length; step++)
        {
            Near(outputs[0][step], train.Invoke()[0].ToScalar<double>());
            Near(outputs[1][2 * step], a.GetValue().ToArray<double>()[0]);
            Near(outputs[1][2 * step + 1], a.GetValue().ToArray<double>()[1]);
            Near(outputs[2][step], b.GetValue().ToScalar<double>());
        }
        static void Near(double expected, double actual) => Assert.Equal(expected, actual, 1e-12 + 1e-8 * Math.Abs(expected));
    }

    static JsonElement Case(string id)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DeepSym.sln"))) folder = Path.GetDirectoryName(folder)!;
        var file = Path.Combine(folder, "tests", "Golden", "theano", "lasagne_updates.jsonl");
        return File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement).First(c => c.GetProperty("id").GetString() == id);
    }
}
