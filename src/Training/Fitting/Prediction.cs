namespace DeepSym.Training;

/// <summary>Runs a function of samples batch by batch.</summary>
static class Prediction
{
    public static Tensor Run(Function function, Tensor samples, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        Tensor? all = null;
        for (var start = 0; start < samples.Shape[0]; start += batchSize)
        {
            var count = Math.Min(batchSize, samples.Shape[0] - start);
            var part = function.Invoke(samples.Slice(start, count))[0];
            all ??= Tensor.Empty(part.DType, [samples.Shape[0], .. part.Shape[1..]]);
            part.CopyTo(all.Slice(start, count));
        }
        return all!;
    }
}
