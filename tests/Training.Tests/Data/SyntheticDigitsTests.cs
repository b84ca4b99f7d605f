using System.Numerics.Tensors;
using DeepSym.Training;

namespace DeepSym.Tests;

public sealed class SyntheticDigitsTests
{
    [Fact]
    public void An_image_depends_only_on_the_seed_and_its_index()
    {
        var (few, many, other) = (SyntheticDigits.Generate(10, 3), SyntheticDigits.Generate(500, 3), SyntheticDigits.Generate(10, 4));
        Assert.Equal(few.Pixels, many.Slice(0, 10).Pixels);
        Assert.Equal(few.Labels, many.Labels.Take(10));
        Assert.NotEqual(few.Pixels, other.Pixels);
    }

    [Fact]
    public void The_digits_of_a_seed_never_change()
    {
        var digits = SyntheticDigits.Generate(200, 1);
        Assert.Equal("45b0738a6e58cbce1648e7ec10a1dbd7580c0ca164b5a2a6e04892473c11446f", IdxBytes.Sha256([.. digits.Pixels, .. digits.Labels]));
    }

    [Fact]
    public void All_digits_come_equally_often_and_no_image_twice()
    {
        var digits = SyntheticDigits.Generate(5000);
        Assert.All(digits.Labels.CountBy(label => label), digit => Assert.InRange(digit.Value, 400, 600));
        Assert.Equal(10, digits.Labels.Distinct().Count());
        Assert.Equal(5000, Enumerable.Range(0, 5000).Select(i => Convert.ToHexString(digits[i])).Distinct().Count());
    }

    [Fact]
    public void Every_image_has_ink_within_its_edges()
    {
        var digits = SyntheticDigits.Generate(2000);
        for (var i = 0; i < digits.Count; i++)
        {
            Assert.InRange(digits[i].ToArray().Count(pixel => pixel > 100), 12, 350);
            Assert.True(digits[i][0] <= 30, "a corner is only noise");
        }
    }

    [Fact]
    public void No_digits_are_an_empty_set() => Assert.Equal(0, SyntheticDigits.Generate(0).Count);

    /// <summary>Hard enough that class means do not do, easy enough that a small network learns it: see the two bounds.</summary>
    [Fact]
    public void A_small_network_reads_new_digits_and_class_means_do_not()
    {
        var (train, test) = (SyntheticDigits.Generate(12_000, 1), SyntheticDigits.Generate(1_000, 2));
        var means = Accuracy(test, NearestMean(train));
        var network = Accuracy(test, Learn(train, hidden: 96, epochs: 6));
        Assert.True(means < .85, $"class means: {means}");
        Assert.True(network > .95, $"network: {network}");
    }

    private static double Accuracy(LabelledImages images, Func<ReadOnlySpan<float>, int> classify)
    {
        var pixels = images.ToFloats();
        return Enumerable.Range(0, images.Count).Count(i => classify(pixels.AsSpan(i * 784, 784)) == images.Labels[i]) / (double)images.Count;
    }

    private static Func<ReadOnlySpan<float>, int> NearestMean(LabelledImages images)
    {
        var pixels = images.ToFloats();
        var means = new float[10][];
        for (var digit = 0; digit < 10; digit++)
        {
            means[digit] = new float[784];
            var count = 0;
            for (var i = 0; i < images.Count; i++)
            {
                if (images.Labels[i] != digit) continue;
                TensorPrimitives.Add(means[digit], pixels.AsSpan(i * 784, 784), means[digit]);
                count++;
            }
            TensorPrimitives.Divide(means[digit], count, means[digit]);
        }
        return image =>
        {
            var best = 0;
            for (var digit = 1; digit < 10; digit++)
                if (TensorPrimitives.Distance(image, means[digit]) < TensorPrimitives.Distance(image, means[best])) best = digit;
            return best;
        };
    }

    // One hidden layer of rectified units and softmax, learnt by plain stochastic gradient descent.
    private static Func<ReadOnlySpan<float>, int> Learn(LabelledImages images, int hidden, int epochs)
    {
        var pixels = images.ToFloats();
        var random = new Random(1);
        float[] Row(int length, double scale) => [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - .5) * scale))];
        float[][] first = [.. Enumerable.Range(0, hidden).Select(_ => Row(784, .14))];
        float[][] second = [.. Enumerable.Range(0, 10).Select(_ => Row(hidden, .4))];
        var (firstBias, secondBias) = (new float[hidden], new float[10]);
        var (h, p, dh) = (new float[hidden], new float[10], new float[hidden]);

        int Forward(ReadOnlySpan<float> image)
        {
            for (var j = 0; j < hidden; j++) h[j] = Math.Max(0, TensorPrimitives.Dot(image, first[j]) + firstBias[j]);
            for (var k = 0; k < 10; k++) p[k] = TensorPrimitives.Dot<float>(h, second[k]) + secondBias[k];
            TensorPrimitives.SoftMax(p, p);
            return TensorPrimitives.IndexOfMax(p);
        }

        for (var step = 0; step < epochs * images.Count; step++)
        {
            var rate = .03f * (1 - (step / (float)(epochs * images.Count)));
            var i = random.Next(images.Count);
            var image = pixels.AsSpan(i * 784, 784);
            Forward(image);
            p[images.Labels[i]] -= 1;
            Array.Clear(dh);
            for (var k = 0; k < 10; k++)
            {
                TensorPrimitives.MultiplyAdd<float>(second[k], p[k], dh, dh);
                TensorPrimitives.MultiplyAdd<float>(h, -rate * p[k], second[k], second[k]);
                secondBias[k] -= rate * p[k];
            }
            for (var j = 0; j < hidden; j++)
            {
                if (h[j] == 0) continue;
                TensorPrimitives.MultiplyAdd(image, -rate * dh[j], first[j], first[j]);
                firstBias[j] -= rate * dh[j];
            }
        }
        return Forward;
    }
}
