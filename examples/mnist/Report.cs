using DeepSym.Layers;
using DeepSym.Training;

namespace DeepSym.Examples.Mnist;

/// <summary>What training leaves behind: curves, pictures of the first layer and of predictions, the confusion matrix, and the model.</summary>
sealed class Report(Sequential model, History history, LabelledImages test)
{
    public void Write(string folder)
    {
        var curves = history.Plot();
        curves.SavePng(Path.Combine(folder, "curves.png"));
        curves.SaveSvg(Path.Combine(folder, "curves.svg"));
        FirstLayer().Save(Path.Combine(folder, "first-layer.png"));

        var predicted = Classes(model.Predict(test.ToTensor()));
        var matrix = ConfusionMatrix.Count(Array.ConvertAll(test.Labels, label => (int)label), predicted, 10);
        new ConfusionMatrixPlot(matrix).Save(Path.Combine(folder, "confusion-matrix.png"));
        var shown = Math.Min(64, test.Count);
        new SamplePredictions(test.Slice(0, shown), [.. predicted.Take(shown)]).Save(Path.Combine(folder, "predictions.png"));
        model.Save(Path.Combine(folder, "model.deepsym"));
    }

    // The filters of a convolution, or the weights of the first units as images of the size of the input.
    Image FirstLayer()
    {
        if (model.Layers.OfType<Conv2D>().FirstOrDefault() is { } convolution)
            return new ImageGrid { Zoom = 12 }.Draw(convolution.Weight!.Variable.GetValue());
        var weights = model.Layers.OfType<Dense>().First().Weight!.Variable.GetValue();
        var units = T.Matrix("w", dtype: weights.DType);
        var transposed = Function.Compile([units], units.Transpose()).Invoke(weights)[0];
        var shown = Math.Min(64, transposed.Shape[0]);
        return new ImageGrid { Zoom = 3 }.Draw(transposed.Slice(0, shown).Reshape(shown, test.Height, test.Width));
    }

    static int[] Classes(Tensor probabilities)
    {
        var rows = T.Matrix("p", dtype: probabilities.DType);
        return [.. Function.Compile([rows], T.ArgMax(rows, -1)).Invoke(probabilities)[0].ToArray<long>().Select(label => (int)label)];
    }
}
