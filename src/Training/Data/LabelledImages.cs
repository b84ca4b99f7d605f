using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace DeepSym.Training;

/// <summary>Grey images of one size with a class label each: pixels in [count, height, width] order, 0 black to 255 white.</summary>
public sealed class LabelledImages
{
    /// <summary>Wraps the arrays without copying them; throws <see cref="ArgumentException"/> when their lengths disagree.</summary>
    public LabelledImages(byte[] pixels, byte[] labels, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (pixels.LongLength != (long)labels.Length * height * width)
            throw new ArgumentException(
                $"{labels.Length} labels ask for {labels.Length} x {height} x {width} pixels; there are {pixels.Length}.", nameof(pixels));
        (Pixels, Labels, Height, Width) = (pixels, labels, height, width);
    }

    /// <summary>The grey values, image after image, row after row.</summary>
    public byte[] Pixels { get; }

    /// <summary>The class of each image.</summary>
    public byte[] Labels { get; }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>The number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>[count, height, width].</summary>
    public ImmutableArray<int> Shape => [Count, Height, Width];

    /// <summary>The pixels of image <paramref name="index"/>, row after row.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return Pixels.AsSpan(index * Height * Width, Height * Width);
        }
    }

    /// <summary>What a model takes: float32[count, height, width] in [0, 1], the pixels divided by 255.</summary>
    public Tensor ToTensor() => Tensor.From<float>(ToFloats(), Count, Height, Width);

    /// <summary>What a model learns to give: the labels as int32[count].</summary>
    public Tensor LabelsToTensor() => Tensor.From(Array.ConvertAll(Labels, label => (int)label));

    /// <summary>All pixels divided by 255, in [0, 1].</summary>
    public float[] ToFloats()
    {
        var values = new float[Pixels.Length];
        TensorPrimitives.ConvertTruncating<byte, float>(Pixels, values);
        TensorPrimitives.Divide(values, 255f, values);
        return values;
    }

    /// <summary>A copy of <paramref name="count"/> images from <paramref name="start"/> on.</summary>
    public LabelledImages Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - start);
        var size = Height * Width;
        return new(Pixels.AsSpan(start * size, count * size).ToArray(), Labels.AsSpan(start, count).ToArray(), Height, Width);
    }
}
