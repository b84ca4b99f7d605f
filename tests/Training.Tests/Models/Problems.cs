using DeepSym.Layers;
using DeepSym.Optimizers;
using DeepSym.Training;

namespace DeepSym.Tests.Models;

/// <summary>Small data sets and models for the tests of training.</summary>
static class Problems
{
    public static readonly FitOptions Quiet = new() { ShowProgress = false };

    /// <summary>Points on a plane and which of three sectors they are in.</summary>
    public static (Tensor Samples, Tensor Labels) Sectors(int count, int seed = 1)
    {
        var random = new Random(seed);
        var (points, labels) = (new float[count, 2], new int[count]);
        for (var i = 0; i < count; i++)
        {
            var angle = random.NextDouble() * 2 * Math.PI;
            (points[i, 0], points[i, 1]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
            labels[i] = (int)(angle / (2 * Math.PI) * 3);
        }
        return (points, labels);
    }

    public static Sequential Classifier(int threads = 0, double dropout = 0.1, long seed = 1)
    {
        var model = new Sequential(new Dense(32, Activation.Relu), new Dropout(dropout), new BatchNorm(), new Dense(3, Activation.Softmax)) { Seed = seed, Options = new CompileOptions { Threads = threads } };
        model.Compile(new Adam { LearningRate = new ExponentialDecay(0.02, 0.9, 10) }, Loss.SparseCategoricalCrossentropy, Metric.Accuracy);
        return model;
    }

    public static float[] Weights(Model model) => [.. model.Parameters.SelectMany(p => p.Variable.GetValue().ToArray<float>())];
}
