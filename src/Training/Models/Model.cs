using DeepSym.Layers;
using DeepSym.Optimizers;

namespace DeepSym.Training;

/// <summary>
/// A network with everything it takes to train it: compile, fit, evaluate, predict, save. (Keras's <c>Model</c>.) Derive it by naming the layers and
/// writing <see cref="Forward"/>. The functions that run it are compiled when they are first needed.
/// </summary>
public abstract class Model
{
    Trainer? _trainer;
    Function? _predict;
    Pass? _inference;

    /// <summary>The name in summaries and messages. Default <c>model</c>.</summary>
    public string Name { get; init; } = "model";

    /// <summary>The seed of initial weights and of dropout. Default 0. The same seed gives the same model, bit for bit.</summary>
    public long Seed { get; init; }

    /// <summary>The dtype of the network. Default float32.</summary>
    public DType DType { get; init; } = DType.Float32;

    /// <summary>How the functions are compiled: threads, numerics and such. Results do not depend on the number of threads.</summary>
    public CompileOptions Options { get; init; } = CompileOptions.Default;

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

    /// <summary>The parameters of all layers, once the model is built.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Layers.SelectMany(layer => layer.Parameters).Distinct()];

    /// <summary>
    /// The learning rate at the start of its schedule, a shared float64 scalar: writing it takes effect at the next step.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model is not built and compiled.</exception>
    public SharedVariable LearningRate => Trainer().Plan.LearningRate;

    /// <summary>The prediction for an input; <paramref name="pass"/> says in which form, and collects the updates of layers.</summary>
    protected abstract Expr Forward(Expr input, Pass pass);

    /// <summary>
    /// Makes the parameters for samples of a shape (without the axis that counts them). Called by the first <see cref="Fit"/> or <see cref="Predict"/> when not before.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model is built already.</exception>
    /// <exception cref="ShapeException">A layer does not take what comes to it; the message names it.</exception>
    public void Build(params ReadOnlySpan<int> sampleShape)
    {
        if (Input is not null) throw new InvalidOperationException($"Model '{Name}' is built already, for {Input.Shape}.");
        Dim?[] dims = ["batch", .. sampleShape];
        var input = T.Variable("x", DType, dims);
        Layer.NameAll(Layers);
        _inference = Pass.Inference(Seed);
        Output = Forward(input, _inference);
        Input = input;
    }

    /// <summary>The output of a layer in the inference form of the built model, an expression of <see cref="Input"/>.</summary>
    /// <exception cref="InvalidOperationException">The model is not built.</exception>
    /// <exception cref="KeyNotFoundException">The layer is not part of the model.</exception>
    public Expr OutputOf(Layer layer) => (_inference ?? throw new InvalidOperationException($"Model '{Name}' is not built. Call Build with the shape of a sample."))[layer];

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
    /// <exception cref="ArithmeticException">The loss of a step was infinite or NaN.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    public History Fit(Tensor samples, Tensor targets, FitOptions? options = null)
    {
        options ??= new FitOptions();
        options.Validate();
        BuildFor(samples);
        return Trainer().Fit(samples, targets, options);
    }

    /// <summary>The loss and the metrics over samples and targets, by name.</summary>
    /// <exception cref="ArgumentException">The data does not fit the model.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    public IReadOnlyDictionary<string, double> Evaluate(Tensor samples, Tensor targets, int batchSize = 256)
    {
        BuildFor(samples);
        return Trainer().Evaluate(samples, targets, batchSize);
    }

    /// <summary>The predictions for samples, in the inference form.</summary>
    /// <exception cref="ArgumentException">The samples do not fit the model.</exception>
    public Tensor Predict(Tensor samples, int batchSize = 256)
    {
        BuildFor(samples);
        _predict ??= Function.Compile([Input!], [Output!], options: OptionsFor("predict"));
        return Prediction.Run(_predict, TrainingData.SamplesFor(samples, Input!), batchSize);
    }

    /// <summary>The layers with the shapes of their outputs and the numbers of their parameters, as text.</summary>
    public string Summary() => ModelSummary.Of(this);

    /// <summary>Writes the values of all parameters, by name, into a NumPy archive (.npz), wholly or not at all.</summary>
    public void SaveWeights(string path) => Npz.Save(path, Parameters.GetValues());

    /// <summary>Sets all parameters to the values of their names in a NumPy archive.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or no archive.</exception>
    /// <exception cref="ArgumentException">A value is missing, there is one too many, or one has another shape; nothing has then been changed.</exception>
    public void LoadWeights(string path) => Parameters.SetValues(Npz.Load(path));

    // What lasts from step to step beside the parameters; nothing before the first step.
    internal IEnumerable<SharedVariable> StateOfTraining() => _trainer?.State ?? [];

    internal void ResumeTraining(IReadOnlyDictionary<string, Tensor> state)
    {
        var variables = Trainer().State;
        if (variables.FirstOrDefault(v => !state.TryGetValue(v.Name, out var value) || value.DType != v.DType || !value.Shape.SequenceEqual(v.GetValue().Shape)) is { } wrong)
            throw new ArgumentException($"There is no value that fits '{wrong.Name}', a part of the state of training.", nameof(state));
        foreach (var variable in variables) variable.SetValue(state[variable.Name]);
    }

    internal Trainer Trainer()
    {
        if (Optimizer is null || Loss is null) throw new InvalidOperationException($"Model '{Name}' is not compiled. Call Compile(optimizer, loss, metrics) first.");
        if (Input is null) throw new InvalidOperationException($"Model '{Name}' is not built. Call Build with the shape of a sample, or Fit.");
        return _trainer ??= new Trainer(this, Optimizer, Loss, Metrics);
    }

    internal Expr TrainingForm(Pass pass) => Forward(Input!, pass);

    internal CompileOptions OptionsFor(string name) => Options with { Name = $"{Name}.{name}" };

    void BuildFor(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (Input is not null) return;
        if (samples.Rank == 0) throw new ArgumentException($"Samples need an axis that counts them, and {samples.Describe()} has none.", nameof(samples));
        Build(samples.Shape[1..]);
    }
}
