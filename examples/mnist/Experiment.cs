using System.Diagnostics;
using System.Globalization;
using DeepSym.Training;

namespace DeepSym.Examples.Mnist;

/// <summary>Loads the digits, trains, evaluates and writes the results.</summary>
static class Experiment
{
    /// <summary>0, or 1 after a message when the data cannot be read or the results cannot be written.</summary>
    public static int Run(Settings settings)
    {
        try
        {
            Directory.CreateDirectory(settings.Output);
            Train(settings, Recipe.For(settings));
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArithmeticException or NotSupportedException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    static void Train(Settings settings, Recipe recipe)
    {
        var digits = DeepSym.Training.Mnist.Load(new MnistOptions { Folder = settings.Data, Synthetic = settings.Synthetic });
        Console.WriteLine($"{digits.Train.Count} digits to train on, {digits.Test.Count} to test on: {digits.Origin}");
        var kept = digits.Train.Count > recipe.Validation ? recipe.Validation : 0;
        var train = recipe.Part(digits.Train.Slice(0, digits.Train.Count - kept));
        var validation = recipe.Part(kept > 0 ? digits.Train.Slice(digits.Train.Count - kept, kept) : digits.Test);
        var test = recipe.Part(digits.Test);

        var model = new Sequential(recipe.Layers()) { Name = settings.Model, Seed = settings.Seed, Options = new CompileOptions { Threads = settings.Threads, Backend = settings.Device } };
        model.Compile(recipe.Rule(train.Count), Loss.SparseCategoricalCrossentropy, Metric.Accuracy);
        model.Build(train.Height, train.Width);
        Console.Write(model.Summary());

        var began = Stopwatch.GetTimestamp();
        var history = model.Fit(train.ToTensor(), train.LabelsToTensor(), new FitOptions
        {
            Epochs = recipe.Epochs,
            BatchSize = recipe.BatchSize,
            Seed = settings.Seed,
            Shuffle = !recipe.InOrder,
            Validation = (validation.ToTensor(), validation.LabelsToTensor()),
            Callbacks = [new CsvLogger(Path.Combine(settings.Output, "history.csv")), .. kept > 0 ? [new EarlyStopping { Monitor = "val_accuracy", Patience = recipe.Epochs }] : Array.Empty<Callback>()],
        });
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;

        var figures = model.Evaluate(test.ToTensor(), test.LabelsToTensor());
        if (test.Count < digits.Test.Count)
        {
            var all = model.Evaluate(digits.Test.ToTensor(), digits.Test.LabelsToTensor());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Tested as the tutorial does, in whole batches: {test.Count} digits. On all {digits.Test.Count} the accuracy is {all["accuracy"]:F4}."));
        }
        new Report(model, history, digits.Test).Write(settings.Output);
        Console.WriteLine($"Curves, history, pictures and the model are in {settings.Output}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"result: model={settings.Model} data={digits.Source} test_accuracy={figures["accuracy"]:F4} test_loss={figures["loss"]:F4} epochs={history.Epochs} seconds={seconds:F1}"));
    }
}
