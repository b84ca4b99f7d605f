namespace DeepSym.Training;

/// <summary>Runs the inference form of a model over samples, batch by batch.</summary>
static class Prediction
{
    public static Tensor Run(Model model, Tensor samples, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var x = TrainingData.SamplesFor(samples, model.Input!);
        var function = model.PredictFunction();
        Tensor? all = null;
        for (var start = 0; start < x.Shape[0]; start += batchSize)
        {
            var count = Math.Min(batchSize, x.Shape[0] - start);
            var part = function.Invoke(x.Slice(start, count))[0];
            all ??= Tensor.Empty(part.DType, [x.Shape[0], .. part.Shape[1..]]);
            part.CopyTo(all.Slice(start, count));
        }
        return all!;
    }
}
