using DeepSym.Layers;
using DeepSym.Optimizers;

namespace DeepSym.Training;

/// <summary>
/// A network with everything it takes to train it: compile, fit, evaluate, predict, save. (Keras's <c>Model</c>.) The functions that run it are
/// compiled when they are first needed.
/// </summary>
public abstract partial class Model
{
    Trainer? _trainer;

    /// <summary>The name in summaries and messages.</summary>
    public string Name { get; init; } = "model";

    /// <summary>The seed of initial weights and of dropout; 0 by default. The same seed gives the same model, bit for bit.</summary>
    public long Seed { get; init; }

    /// <summary>The dtype of the network; float32 by default.</summary>
    public DType DType { get; init; } = DType.Float32;

    /// <summary>How many threads the functions may use; 0, the default, is one for each processor. Results do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>The layers, in the order in which data passes them.</summary>
    public abstract IReadOnlyList<Layer> Layers { get; }

    /// <summary>The symbol of the samples, once the model is built.</summary>
    public Variable? Input { get; private set; }

    /// <summary>The prediction as an expression of <see cref="Input"/> in its inference form, once the model is built: any part of it can be had and changed.</summary>
    public Expr? Output { get; private set; }

    /// <summary>The epochs that the model has been trained for.</summary>
    public int EpochsTrained { get; internal set; }

    /// <summary>The rule it is trained by, once compiled.</summary>
    public Optimizer? Optimizer { get; private set; }

    /// <summary>What training makes small, once compiled.</summary>
    public Loss? Loss { get; private set; }

    /// <summary>What is watched, once compiled.</summary>
    public IReadOnlyList<Metric> Metrics { get; private set; } = [];

    /// <summary>The trainable and other parameters of all layers, once the model is built.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Layers.SelectMany(layer => layer.Parameters).Distinct()];

    internal RandomStream Random { get; private set; } = new();

    /// <summary>The prediction for an input; <paramref name="context"/> says in which form, and collects the updates of layers.</summary>
    protected abstract Expr Forward(Expr input, LayerContext context);

    /// <summary>
    /// Makes the parameters for samples of a shape (without the axis that counts them). Called by the first <see cref="Fit"/> or <see cref="Predict"/> when not before.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model is built already.</exception>
    public void Build(params ReadOnlySpan<int> sampleShape)
    {
        if (Input is not null) throw new InvalidOperationException($"Model '{Name}' is built already, for {Input.Shape}.");
        Random = new RandomStream(Seed);
        var dims = new List<Dim?> { "batch" };
        foreach (var size in sampleShape) dims.Add(size);
        var input = T.Variable("x", DType, [.. dims]);
        Output = Forward(input, new LayerContext(Random) { IsTraining = false });
        Input = input;
    }

    /// <summary>Says how the model is trained. Calling it again begins a new training of the same parameters.</summary>
    public void Compile(Optimizer optimizer, Loss loss, params IReadOnlyList<Metric> metrics)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(metrics);
        (Optimizer, Loss, Metrics) = (optimizer, loss, [.. metrics]);
        _trainer = null;
    }

    /// <summary>Trains on samples and targets; the first axis of both counts them.</summary>
    /// <returns>The figures of every epoch.</returns>
    /// <exception cref="ArgumentException">The data does not fit the model or has NaN, infinities, wrong labels or no rows: found before any weight changes.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    public History Fit(Tensor samples, Tensor targets, FitOptions? options = null)
    {
        options ??= new FitOptions();
        options.Validate();
        BuildFor(samples);
        return TrainerOf().Fit(samples, targets, options);
    }

    /// <summary>The loss and the metrics over samples and targets, by name.</summary>
    public IReadOnlyDictionary<string, double> Evaluate(Tensor samples, Tensor targets, int batchSize = 256)
    {
        BuildFor(samples);
        return TrainerOf().Evaluate(samples, targets, batchSize);
    }

    /// <summary>The predictions for samples, in the inference form.</summary>
    public Tensor Predict(Tensor samples, int batchSize = 256)
    {
        BuildFor(samples);
        return Prediction.Run(this, samples, batchSize);
    }

    /// <summary>Copies of the values of all parameters.</summary>
    public IReadOnlyList<Tensor> GetWeights() => [.. Parameters.Select(p => p.Variable.GetValue())];

    /// <summary>Sets the values of all parameters, in the order of <see cref="Parameters"/>.</summary>
    /// <exception cref="ArgumentException">The number of values, a shape or a dtype does not fit; nothing has then changed.</exception>
    public void SetWeights(IReadOnlyList<Tensor> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var parameters = Parameters;
        if (values.Count != parameters.Count) throw new ArgumentException($"Model '{Name}' has {parameters.Count} parameters, and {values.Count} values were given.", nameof(values));
        for (var i = 0; i < values.Count; i++)
        {
            var variable = parameters[i].Variable;
            if (values[i].DType != variable.DType || !values[i].Shape.SequenceEqual(variable.GetValue().Shape))
                throw new ArgumentException($"Parameter '{variable.Name}' is {variable.Type}, and the value given for it is {values[i].Describe()}.", nameof(values));
        }
        for (var i = 0; i < values.Count; i++) parameters[i].Variable.SetValue(values[i]);
    }

    /// <summary>The number of numbers in all parameters.</summary>
    public long CountParameters() => Parameters.Sum(p => p.Variable.GetValue().Length);

    internal Trainer TrainerOf()
    {
        if (Optimizer is null || Loss is null) throw new InvalidOperationException($"Model '{Name}' is not compiled. Call Compile(optimizer, loss, metrics) first.");
        return _trainer ??= new Trainer(this, Optimizer, Loss, Metrics);
    }

    internal Trainer? TrainerIfAny => _trainer;

    internal Expr TrainingForm(LayerContext context) => Forward(Input!, context);

    internal CompileOptions OptionsFor(string name) => new() { Threads = Threads, Name = $"{Name}.{name}" };

    internal void BuildFor(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (Input is not null) return;
        if (samples.Rank == 0) throw new ArgumentException($"Samples need an axis that counts them, and {samples.Describe()} has none.", nameof(samples));
        Build(samples.Shape[1..]);
    }
}
