namespace DeepSym.Benchmarks.Rows;

/// <summary>Random numbers for inputs and weights, always the same.</summary>
static class Data
{
    const int Samples = 6000;

    /// <summary>Uniform numbers from 0 to 1.</summary>
    public static Tensor Uniform(params ReadOnlySpan<int> shape) => Fill(Tensor.Empty(DType.Float32, shape), 0, 1);

    /// <summary>Class numbers below <paramref name="classes"/>.</summary>
    public static Tensor Labels(int classes, params ReadOnlySpan<int> shape)
    {
        var random = new Random(2);
        var labels = Tensor.Empty(DType.Int64, shape);
        foreach (ref var label in labels.AsSpan<long>()) label = random.Next(classes);
        return labels;
    }

    /// <summary>Batches of images of 784 pixels, in the given shape, and of labels.</summary>
    public static Tensor[][] Images(int batch, params ReadOnlySpan<int> image)
    {
        var (x, y) = (Uniform([Samples, .. image]), Labels(10, Samples));
        return [.. Enumerable.Range(0, Samples / batch).Select(i => new[] { x.Slice(i * batch, batch), y.Slice(i * batch, batch) })];
    }

    /// <summary>A weight of uniform numbers within <c>±√(6 / (fan in + fan out))</c>; of a filter, the fans count its positions.</summary>
    public static SharedVariable Glorot(string name, params ReadOnlySpan<int> shape)
    {
        var positions = 1;
        for (var axis = 2; axis < shape.Length; axis++) positions *= shape[axis];
        var limit = Math.Sqrt(6.0 / ((shape[0] + shape[1]) * positions));
        return T.Shared(Fill(Tensor.Empty(DType.Float32, shape), -limit, limit), name);
    }

    /// <summary>A weight of zeros.</summary>
    public static SharedVariable Zeros(string name, params ReadOnlySpan<int> shape) => T.Shared(Tensor.Zeros(DType.Float32, shape), name);

    static Tensor Fill(Tensor tensor, double low, double high)
    {
        var random = new Random(1);
        foreach (ref var value in tensor.AsSpan<float>()) value = (float)(low + (high - low) * random.NextDouble());
        return tensor;
    }
}
