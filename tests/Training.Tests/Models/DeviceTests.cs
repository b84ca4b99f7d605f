using DeepSym.Layers;
using DeepSym.Optimizers;
using DeepSym.Training;
using static DeepSym.Tests.Models.Problems;

namespace DeepSym.Tests.Models;

/// <summary>Training on devices, by the simulation and on the real ones of this machine.</summary>
public sealed class DeviceTests
{
    public static TheoryData<Backend> Devices => [.. ComputeDevice.All.Select(device => device.Backend).Distinct()];

    [Theory, MemberData(nameof(Devices))]
    public void Digits_are_learned_on_a_device_as_on_the_processor(Backend device)
    {
        var digits = Mnist.Load(new MnistOptions { Synthetic = Environment.GetEnvironmentVariable("DEEPSYM_DATA") is null });
        var part = digits.Train.Slice(0, 24);
        var (expected, found) = (LossesOf(part, Backend.Cpu), LossesOf(part, device));
        Assert.Equal(5, found.Length);
        Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) <= 1e-4 * Math.Max(1, Math.Abs(a)));
        Assert.True(found[^1] < found[0]);
    }

    // The loss of every step: a step is an epoch of one batch.
    static double[] LossesOf(LabelledImages images, Backend backend)
    {
        var model = new Sequential(new ReshapeLayer(1, 28, 28), new Conv2D(4, 5, Activation.Relu), new MaxPool2D(), new Flatten(), new Dense(16, Activation.Relu), new Dropout(0.2), new Dense(10, Activation.Softmax))
        {
            Seed = 1,
            Options = new CompileOptions { Backend = backend },
        };
        model.Compile(new RMSprop { LearningRate = 0.005 }, Loss.SparseCategoricalCrossentropy, Metric.Accuracy);
        return [.. model.Fit(images.ToTensor(), images.LabelsToTensor(), Quiet with { Epochs = 5, BatchSize = 24 })["loss"]];
    }
}
