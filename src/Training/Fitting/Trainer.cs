using DeepSym.Layers;
using DeepSym.Optimizers;

namespace DeepSym.Training;

/// <summary>The compiled functions of a model and the loop that feeds them.</summary>
sealed class Trainer
{
    readonly Model _model;
    readonly Loss _loss;
    readonly IReadOnlyList<Metric> _metrics;
    readonly Variable _target;
    readonly Variable _weight;
    readonly string[] _names;
    Function? _step, _weightedStep, _evaluate;

    public Trainer(Model model, Optimizer optimizer, Loss loss, IReadOnlyList<Metric> metrics)
    {
        (_model, _loss, _metrics) = (model, loss, metrics);
        var prediction = model.Output!;
        var rank = loss.TargetRank(prediction.Rank);
        _target = T.Variable("target", loss.TargetDType ?? prediction.DType, [.. prediction.Shape.Take(rank)]);
        _weight = T.Variable("weight", prediction.DType, prediction.Shape[0]);
        _names = ["loss", .. metrics.Select(m => m.Name)];

        Context = new LayerContext(model.Random) { IsTraining = true };
        TrainingOutput = model.TrainingForm(Context);
        var trainable = model.Parameters.Where(p => p.IsTrainable).Select(p => p.Variable).ToArray();
        if (trainable.Length == 0) throw new InvalidOperationException($"Model '{model.Name}' has no trainable parameters.");
        PerSample = loss.PerSample(_target, TrainingOutput);
        Penalty = Context.Penalties.Count == 0 ? null : Context.Penalties.Aggregate((sum, next) => sum + next);
        Parameters = trainable;
        Plan = optimizer.Minimize(Total(weighted: false), trainable);
        WeightedUpdates = new Lazy<IReadOnlyList<(SharedVariable, Expr)>>(() => Reweighted());
    }

    public LayerContext Context { get; }

    public OptimizerStep Plan { get; }

    Expr TrainingOutput { get; }

    Expr PerSample { get; }

    Expr? Penalty { get; }

    SharedVariable[] Parameters { get; }

    Lazy<IReadOnlyList<(SharedVariable, Expr)>> WeightedUpdates { get; }

    Expr Total(bool weighted)
    {
        var loss = weighted ? T.Sum(PerSample * _weight) / T.Cast(PerSample.Length, PerSample.DType) : T.Mean(PerSample);
        return Penalty is null ? loss : loss + Penalty;
    }

    // The same rule and state with the gradients of the weighted loss.
    IReadOnlyList<(SharedVariable, Expr)> Reweighted() => Plan.WithGradients(T.Grad(Total(weighted: true), Parameters, Disconnected.Throw));

    Function Step(bool weighted)
    {
        ref var function = ref weighted ? ref _weightedStep : ref _step;
        return function ??= Function.Compile(
            weighted ? [_model.Input!, _target, _weight] : [_model.Input!, _target],
            [Total(weighted), .. _metrics.Select(m => T.Mean(m.PerSample(_target, TrainingOutput)))],
            [.. weighted ? WeightedUpdates.Value : Plan.Updates, .. Context.Updates, .. _model.Random.Updates],
            options: _model.OptionsFor(weighted ? "weighted_step" : "step"));
    }

    Function EvaluateFunction() => _evaluate ??= Function.Compile(
        [_model.Input!, _target],
        [T.Mean(_loss.PerSample(_target, _model.Output!)), .. _metrics.Select(m => T.Mean(m.PerSample(_target, _model.Output!)))],
        options: _model.OptionsFor("evaluate"));

    public History Fit(Tensor samples, Tensor targets, FitOptions options)
    {
        var data = TrainingData.Of(samples, targets, _loss, _model.Input!, _model.Output!, options);
        TrainingData? validation = null;
        if (options.ValidationSplit > 0) (data, validation) = data.Split(options.ValidationSplit);
        else if (options.Validation is var (vx, vy)) validation = TrainingData.Of(vx, vy, _loss, _model.Input!, _model.Output!, new FitOptions());

        var step = Step(weighted: data.Weights is not null);
        var batches = new Batches(data.Weights is { } weights ? [data.Samples, data.Targets, weights] : [data.Samples, data.Targets], options.BatchSize);
        var validationBatches = validation is null ? null : new Batches([validation.Samples, validation.Targets], Math.Max(options.BatchSize, 256));
        var history = new History();
        var context = new FitContext(_model, options, history);
        var progress = ProgressLine.For(options);
        var figures = new Figures(_names.Length);
        foreach (var callback in options.Callbacks) callback.TrainingBegins(context);
        try
        {
            for (var epoch = 1; epoch <= options.Epochs && !context.Stop && !options.Cancellation.IsCancellationRequested; epoch++)
            {
                if (options.Shuffle) batches.Shuffle(options.Seed, _model.EpochsTrained);
                figures.Clear();
                progress.EpochBegins(epoch, batches.Steps);
                for (var k = 0; k < batches.Steps; k++)
                {
                    if (options.Cancellation.IsCancellationRequested) break;
                    figures.Add(step, batches.Fill(k), batches.SizeOf(k));
                    progress.StepEnded(k + 1, figures.Mean(0));
                    options.Progress?.Report(new FitProgress(epoch, options.Epochs, k + 1, batches.Steps, figures.Mean(0)));
                }
                if (figures.Samples == 0) break;
                _model.EpochsTrained++;
                var entries = _names.Select((name, i) => KeyValuePair.Create(name, figures.Mean(i))).ToList();
                if (!double.IsFinite(entries[0].Value))
                    throw new ArithmeticException($"The loss of epoch {epoch} is {entries[0].Value}: training has diverged. Use a smaller learning rate, clip gradients, or scale the data.");
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

    public IReadOnlyDictionary<string, double> Evaluate(Tensor samples, Tensor targets, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var data = TrainingData.Of(samples, targets, _loss, _model.Input!, _model.Output!, new FitOptions());
        return Evaluate(new Batches([data.Samples, data.Targets], batchSize));
    }

    Dictionary<string, double> Evaluate(Batches batches)
    {
        var figures = new Figures(_names.Length);
        for (var k = 0; k < batches.Steps; k++) figures.Add(EvaluateFunction(), batches.Fill(k), batches.SizeOf(k));
        return _names.Select((name, i) => (name, figures.Mean(i))).ToDictionary();
    }

    /// <summary>Means over samples of what a function returns for batches.</summary>
    sealed class Figures(int count)
    {
        readonly double[] _sums = new double[count];
        Tensor[] _outputs = [];

        public int Samples { get; private set; }

        public void Clear()
        {
            Array.Clear(_sums);
            Samples = 0;
        }

        public double Mean(int figure) => _sums[figure] / Samples;

        public void Add(Function function, Tensor[] arguments, int samples)
        {
            if (_outputs.Length == 0) _outputs = [.. function.Outputs.Select(o => Tensor.Empty(o.DType))];
            function.Invoke(arguments, _outputs);
            for (var i = 0; i < _sums.Length; i++) _sums[i] += _outputs[i].ToScalar<double>() * samples;
            Samples += samples;
        }
    }
}
