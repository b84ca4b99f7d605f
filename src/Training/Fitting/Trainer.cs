using System.Globalization;
using DeepSym.Layers;
using DeepSym.Optimizers;

namespace DeepSym.Training;

/// <summary>
/// The compiled functions of a model and the loop that feeds them. A step makes <c>Σ weight·loss / batch + penalties</c> smaller; weights are 1 unless
/// samples or classes have some.
/// </summary>
sealed class Trainer
{
    readonly Model _model;
    readonly Loss _loss;
    readonly IReadOnlyList<Metric> _metrics;
    readonly Variable _target;
    readonly Variable _weight;
    readonly Expr _total;
    readonly Expr _trainingOutput;
    readonly Pass _pass;
    readonly string[] _names;
    Function? _step, _evaluate;

    public Trainer(Model model, Optimizer optimizer, Loss loss, IReadOnlyList<Metric> metrics)
    {
        (_model, _loss, _metrics) = (model, loss, metrics);
        var prediction = model.Output!;
        _target = T.Variable("target", loss.TargetDType ?? prediction.DType, [.. prediction.Shape.Take(loss.TargetRank(prediction.Rank))]);
        _weight = T.Variable("weight", prediction.DType, prediction.Shape[0]);
        _names = ["loss", .. metrics.Select(m => m.Name)];

        var random = new RandomStream(model.Seed);
        _pass = Pass.Training(random);
        _trainingOutput = model.TrainingForm(_pass);
        var data = T.Mean(loss.PerSample(_target, _trainingOutput) * _weight);
        _total = model.Layers.Distinct().Select(layer => layer.Penalty).OfType<Expr>().Aggregate(data, (sum, penalty) => sum + penalty);
        SharedVariable[] trainable = [.. model.Layers.SelectMany(layer => layer.TrainableParameters).Distinct().Select(p => p.Variable)];
        if (trainable.Length == 0) throw new InvalidOperationException($"Model '{model.Name}' has no trainable parameters.");
        Plan = optimizer.Minimize(_total, trainable);
        State = [.. Plan.State, .. random.Counters];
    }

    /// <summary>The updates and the state of the optimizer.</summary>
    public OptimizerStep Plan { get; }

    /// <summary>Everything beside the parameters that lasts from step to step: the state of the optimizer and the counters of random draws.</summary>
    public IReadOnlyList<SharedVariable> State { get; }

    Function Step => _step ??= Function.Compile(
        [_model.Input!, _target, _weight],
        [_total, .. _metrics.Select(m => T.Mean(m.PerSample(_target, _trainingOutput)))],
        [.. Plan.Updates, .. _pass.Updates],
        options: _model.OptionsFor("step"));

    Function EvaluateFunction => _evaluate ??= Function.Compile(
        [_model.Input!, _target],
        [T.Mean(_loss.PerSample(_target, _model.Output!)), .. _metrics.Select(m => T.Mean(m.PerSample(_target, _model.Output!)))],
        options: _model.OptionsFor("evaluate"));

    public History Fit(Tensor samples, Tensor targets, FitOptions options)
    {
        var data = TrainingData.Of(samples, targets, _loss, _model.Input!, _model.Output!, options);
        TrainingData? validation = null;
        if (options.ValidationSplit > 0) (data, validation) = data.Split(options.ValidationSplit);
        else if (options.Validation is var (vx, vy)) validation = TrainingData.Of(vx, vy, _loss, _model.Input!, _model.Output!, new FitOptions());

        var batches = new Batches([data.Samples, data.Targets, data.Weights], options.BatchSize);
        var validationBatches = validation is null ? null : new Batches([validation.Samples, validation.Targets], Math.Max(options.BatchSize, 256));
        var history = new History();
        var context = new FitContext(_model, options, history);
        var progress = ProgressLine.For(options);
        foreach (var callback in options.Callbacks) callback.TrainingBegins(context);
        try
        {
            while (history.Epochs < options.Epochs && !context.Stop && Epoch(batches, history.Epochs + 1, options, progress) is { } entries)
            {
                if (validationBatches is not null) entries.AddRange(Evaluate(validationBatches).Select(e => KeyValuePair.Create("val_" + e.Key, e.Value)));
                history.Add(entries);
                progress.EpochEnded(entries);
                foreach (var callback in options.Callbacks) callback.EpochEnded(context);
            }
        }
        finally
        {
            foreach (var callback in options.Callbacks) callback.TrainingEnded(context);
        }
        return history;
    }

    /// <summary>The means of loss and metrics over samples and targets.</summary>
    public IReadOnlyDictionary<string, double> Evaluate(Tensor samples, Tensor targets, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var data = TrainingData.Of(samples, targets, _loss, _model.Input!, _model.Output!, new FitOptions());
        return Evaluate(new Batches([data.Samples, data.Targets], batchSize));
    }

    // One time through the data; null when it was cancelled.
    List<KeyValuePair<string, double>>? Epoch(Batches batches, int epoch, FitOptions options, ProgressLine progress)
    {
        if (options.Shuffle) batches.Shuffle(options.Seed, _model.EpochsTrained);
        progress.EpochBegins(epoch, batches.Steps);
        var figures = new Figures(Step);
        var (step, batch) = (0, batches.Fill(0));
        void FillNext()
        {
            if (++step < batches.Steps) batch = batches.Fill(step);
        }
        Action fillNext = FillNext;   // while a device computes
        for (var k = 0; k < batches.Steps; k++)
        {
            if (options.Cancellation.IsCancellationRequested) return null;
            figures.Add(batch, batches.SizeOf(k), fillNext);
            if (!double.IsFinite(figures.Sum(0)))
                throw new ArithmeticException(string.Create(CultureInfo.InvariantCulture,
                    $"The loss became {figures.Sum(0)} in step {k + 1} of epoch {epoch}: training has diverged. Use a smaller learning rate, clip gradients, or scale the data."));
            progress.StepEnded(k + 1, figures.Mean(0));
            options.Progress?.Report(new FitProgress(epoch, options.Epochs, k + 1, batches.Steps, figures.Mean(0)));
        }
        _model.EpochsTrained++;
        return [.. _names.Select((name, i) => KeyValuePair.Create(name, figures.Mean(i)))];
    }

    Dictionary<string, double> Evaluate(Batches batches)
    {
        var figures = new Figures(EvaluateFunction);
        for (var k = 0; k < batches.Steps; k++) figures.Add(batches.Fill(k), batches.SizeOf(k));
        return _names.Select((name, i) => (name, figures.Mean(i))).ToDictionary();
    }
}
