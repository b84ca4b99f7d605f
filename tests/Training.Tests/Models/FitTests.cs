using DeepSym.Layers;
using DeepSym.Optimizers;
using DeepSym.Training;
using static DeepSym.Tests.Models.Problems;

namespace DeepSym.Tests.Models;

/// <summary>Training, evaluation and prediction.</summary>
public sealed class FitTests
{
    [Fact]
    public void A_model_learns_and_its_history_says_so()
    {
        var (x, y) = Sectors(600);
        var model = Classifier();
        var history = model.Fit(x, y, Quiet with { Epochs = 12, BatchSize = 50, ValidationSplit = 0.2 });
        Assert.Equal(["loss", "accuracy", "val_loss", "val_accuracy"], history.Names);
        Assert.Equal(12, history.Epochs);
        Assert.True(history["loss"][^1] < history["loss"][0] / 2);
        Assert.InRange(history["val_accuracy"][^1], 0.93, 1);
        Assert.Equal(12, model.EpochsTrained);
    }

    [Fact]
    public void Losses_of_steps_are_those_of_Keras()
    {
        // Dense(3) of ones without bias on ones [100, 4] and targets 0, SGD 0.01, mean squared error: 16, then 15.158.
        var (x, y) = (Tensor.Ones<float>(100, 4), Tensor.Zeros<float>(100, 3));
        Sequential Model()
        {
            var model = new Sequential(new Dense(3) { UseBias = false, WeightInitializer = 1 });
            model.Compile(new SGD { LearningRate = 0.01 }, Loss.MeanSquaredError);
            return model;
        }
        var options = Quiet with { BatchSize = 100, Epochs = 2 };
        var plain = Model();
        var history = plain.Fit(x, y, options);
        Assert.Equal([16, 15.158], history["loss"].ToArray(), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(14.360, plain.Evaluate(x, y)["loss"], 3);
        Assert.Equal(3.789511, plain.Predict(x).ToArray<float>()[0], 5);

        var weighted = Model();
        weighted.Fit(x, y, options);
        Assert.Equal(14.217, weighted.Fit(x, y, options with { Epochs = 1, SampleWeights = Tensor.From([.. Enumerable.Range(0, 100).Select(i => i / 50f)]) })["loss"][0], 3);
        Assert.Equal(3.689468, weighted.Predict(x).ToArray<float>()[0], 5);
    }

    [Fact]
    public void Weights_of_classes_are_weights_of_their_samples()
    {
        var (x, y) = Sectors(90);
        var labels = y.ToArray<int>();
        var first = Classifier(dropout: 0);
        var second = Classifier(dropout: 0);
        first.Fit(x, y, Quiet with { Epochs = 2, ClassWeights = new Dictionary<int, double> { [0] = 2, [2] = 0.5 } });
        second.Fit(x, y, Quiet with { Epochs = 2, SampleWeights = Tensor.From([.. labels.Select(l => l == 0 ? 2f : l == 2 ? 0.5f : 1f)]) });
        Assert.Equal(Weights(first), Weights(second));
    }

    [Fact]
    public void Prediction_and_evaluation_are_those_of_the_expressions()
    {
        var (x, y) = Sectors(70);
        var model = Classifier();
        model.Fit(x, y, Quiet);
        var byHand = Function.Compile([model.Input!], model.Output!).Invoke(x)[0].ToArray<float>();
        Assert.Equal(byHand, model.Predict(x, batchSize: 16).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        var labels = y.ToArray<int>();
        var loss = labels.Select((l, i) => -Math.Log(byHand[3 * i + l])).Average();
        var right = labels.Where((l, i) => byHand.AsSpan(3 * i, 3).IndexOf(byHand[(3 * i)..(3 * i + 3)].Max()) == l).Count() / 70.0;
        var figures = model.Evaluate(x, y, batchSize: 32);
        Assert.Equal(loss, figures["loss"], 5);
        Assert.Equal(right, figures["accuracy"], 6);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_one_and_two_threads()
    {
        var (x, y) = Sectors(300);
        var weights = new[] { 1, 2, 2 }.Select(threads =>
        {
            var model = Classifier(threads, dropout: 0.4);
            model.Fit(x, y, Quiet with { Epochs = 3, BatchSize = 32 });
            return Weights(model);
        }).ToArray();
        Assert.Equal(weights[0], weights[1]);
        Assert.Equal(weights[1], weights[2]);
        var other = Classifier(seed: 2);
        other.Fit(x, y, Quiet with { Epochs = 3, BatchSize = 32 });
        Assert.NotEqual(weights[0], Weights(other));
    }

    public static TheoryData<string> Faults => ["NaN", "infinity", "lengths", "label", "negative label", "fraction", "none", "shape", "weights", "targets"];

    [Theory, MemberData(nameof(Faults))]
    public void Bad_data_is_an_error_before_any_weight_changes(string fault)
    {
        var (x, y) = Sectors(40);
        var model = Classifier();
        model.Fit(x, y, Quiet);
        var before = Weights(model);
        var (bad, labels) = (x.Copy(), y.To(DType.Float64));
        var options = Quiet;
        var part = fault switch
        {
            "NaN" => "contain NaN, first in row 39",
            "infinity" => "contain Infinity, first in row 39",
            "lengths" => "40 samples",
            "label" => "is class 3; the model has 3 classes",
            "negative label" => "is class -1",
            "fraction" => "needs class numbers",
            "none" => "no samples",
            "shape" => "the model was built for",
            "weights" => "one for each of 40 samples",
            _ => "class numbers of 1 axes",
        };
        switch (fault)
        {
            case "NaN": bad.AsSpan<float>()[79] = float.NaN; break;
            case "infinity": bad.AsSpan<float>()[79] = float.PositiveInfinity; break;
            case "lengths": labels = labels.Slice(0, 39); break;
            case "label": labels.AsSpan<double>()[39] = 3; break;
            case "negative label": labels.AsSpan<double>()[39] = -1; break;
            case "fraction": labels.AsSpan<double>()[39] = 1.5; break;
            case "none": (bad, labels) = (Tensor.Zeros<float>(0, 2), Tensor.Zeros<double>(0)); break;
            case "shape": bad = Tensor.Zeros<float>(40, 5); break;
            case "weights": options = options with { SampleWeights = Tensor.Ones<float>(39) }; break;
            default: labels = Tensor.Zeros<double>(40, 3); break;
        }
        var error = Assert.ThrowsAny<ArgumentException>(() => model.Fit(bad, labels, options));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Weights(model));
    }

    [Fact]
    public void Divergence_is_an_error_that_says_what_to_do()
    {
        var (x, y) = (Tensor.Full(1000f, 64, 2), Tensor.Ones<float>(64, 1));
        var model = new Sequential(new Dense(1));
        model.Compile(new SGD { LearningRate = 1e6 }, Loss.MeanSquaredError);
        Assert.Contains("smaller learning rate", Assert.Throws<ArithmeticException>(() => model.Fit(x, y, Quiet with { Epochs = 50 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_keeps_what_was_learned()
    {
        var (x, y) = Sectors(200);
        var model = Classifier();
        using var source = new CancellationTokenSource();
        var steps = 0;
        var history = model.Fit(x, y, Quiet with { Epochs = 100, Cancellation = source.Token, Progress = new Observer(_ => { if (++steps == 10) source.Cancel(); }) });
        Assert.Equal(10, steps);
        Assert.Equal(1, history.Epochs);
        Assert.InRange(model.Evaluate(x, y)["accuracy"], 0.4, 1);
    }

    [Fact]
    public void Early_stopping_stops_and_puts_the_best_weights_back()
    {
        var (x, y) = Sectors(120);
        var model = Classifier();
        var stopping = new EarlyStopping { Patience = 2 };
        var history = model.Fit(x, y, Quiet with { Epochs = 200, ValidationSplit = 0.25, Callbacks = [stopping] });
        Assert.InRange(stopping.StoppedEpoch, 3, 199);
        Assert.Equal(history["val_loss"].Min(), model.Evaluate(x.Slice(90, 30), y.Slice(90, 30))["loss"], 5);
        Assert.Contains("Give validation data", Assert.Throws<ArgumentException>(() => model.Fit(x, y, Quiet with { Callbacks = [new EarlyStopping()] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_has_a_line_for_each_epoch()
    {
        using var folder = new TemporaryFolder();
        var (x, y) = Sectors(60);
        Classifier().Fit(x, y, Quiet with { Epochs = 3, Callbacks = [new CsvLogger(folder["log.csv"])] });
        var lines = File.ReadAllLines(folder["log.csv"]);
        Assert.Equal("epoch,loss,accuracy", lines[0]);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("3,", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_of_training_allocates_nothing()
    {
        var (x, y) = Sectors(256);
        var model = Classifier(dropout: 0.3);
        var allocated = new List<long>();
        var last = 0L;
        model.Fit(x, y, Quiet with
        {
            Epochs = 30,
            BatchSize = 32,
            Progress = new Observer(p =>
            {
                var now = GC.GetTotalAllocatedBytes(precise: true);
                if (p.Epoch > 20 && p.Step is > 2 and < 8) allocated.Add(now - last);
                last = GC.GetTotalAllocatedBytes(precise: true);
            }),
        });
        Assert.Equal(0, allocated.Min());
        Assert.Equal(0, allocated.Order().ElementAt(allocated.Count / 2));
    }

    [Fact]
    public void The_summary_counts_as_Keras_does()
    {
        var model = new Sequential(new Dense(512, Activation.Relu), new Dropout(0.2), new Dense(512, Activation.Relu), new Dropout(0.2), new Dense(10, Activation.Softmax));
        model.Build(784);
        var text = model.Summary();
        Assert.Contains("401,920", text, StringComparison.Ordinal);
        Assert.Contains("Total params: 669,706 (2.55 MB)", text, StringComparison.Ordinal);
        Assert.Contains("(None, 512)", text, StringComparison.Ordinal);
        Assert.Contains("dense_2 (Dense)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_forgotten_is_named()
    {
        var (x, y) = Sectors(10);
        Assert.Contains("not compiled", Assert.Throws<InvalidOperationException>(() => new Sequential(new Dense(3)).Fit(x, y)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => { var model = new Sequential(); model.Build(3); });
        Assert.Throws<ArgumentOutOfRangeException>(() => Classifier().Fit(x, y, new FitOptions { BatchSize = 0 }));
    }

    sealed class Observer(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
