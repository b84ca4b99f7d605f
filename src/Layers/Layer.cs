using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// Parameters and one function of expressions. A layer makes its parameters when it first meets an input; it can be applied as often as one likes,
/// always with the same parameters, and every inner output is an ordinary expression.
/// </summary>
public abstract class Layer
{
    static long _created;

    readonly long _number = Interlocked.Increment(ref _created);
    readonly List<Parameter> _own = [];
    string? _name;

    /// <summary>The name, which begins those of the parameters. Default that of the type, such as <c>dense</c>; a model numbers it.</summary>
    public string Name
    {
        get => _name ?? LayerJson.NameOf(GetType());
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _name = value;
        }
    }

    /// <summary>The dtype of the parameters. Default null: that of the first input, or float32 when that is no floating one.</summary>
    public DType? ParameterDType { get; init; }

    /// <summary>Whether the layer learns nothing: its parameters are not among the trainable ones. Default false.</summary>
    public bool Frozen { get; set; }

    /// <summary>Whether the parameters exist.</summary>
    [JsonIgnore]
    public bool IsBuilt { get; private set; }

    /// <summary>The layers that this one is made of, which have parameters of their own. None by default.</summary>
    [JsonIgnore]
    public virtual IReadOnlyList<Layer> Inner => [];

    /// <summary>The layer and all that it is made of, at any depth.</summary>
    internal IEnumerable<Layer> WithInner => [this, .. Inner.SelectMany(layer => layer.WithInner)];

    /// <summary>All parameters, those of inner layers last, in a fixed order.</summary>
    [JsonIgnore]
    public IReadOnlyList<Parameter> Parameters => [.. _own, .. Inner.SelectMany(layer => layer.Parameters)];

    /// <summary>The parameters that training may change: those with the tag <see cref="ParameterTags.Trainable"/>, unless the layer is frozen.</summary>
    [JsonIgnore]
    public IReadOnlyList<Parameter> TrainableParameters =>
        Frozen ? [] : [.. _own.Where(p => p.Has(ParameterTags.Trainable)), .. Inner.SelectMany(layer => layer.TrainableParameters)];

    /// <summary>The sum of the penalties of the parameters' regularizers, a scalar; null when none has one.</summary>
    [JsonIgnore]
    public Expr? Penalty => Regularization.Sum(Parameters.Where(p => p.Regularizer is not null).Select(p => p.Regularizer!.Penalty(p)));

    /// <summary>
    /// The output for the input <paramref name="x"/>. Without a <paramref name="pass"/>: in its inference form.
    /// </summary>
    /// <exception cref="ShapeException">The layer does not take such an input; the message names both.</exception>
    /// <exception cref="DTypeException">The layer does not take elements of that dtype.</exception>
    public Expr Apply(Expr x, Pass? pass = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        pass ??= Pass.Inference();
        if (!IsBuilt) Build(x.Type, pass.NextSeed());
        var y = Located(x.Type, () => Forward(x, pass));
        pass.Record(this, y);
        return y;
    }

    /// <summary>Makes the parameters for inputs of such a type, if they do not exist yet.</summary>
    /// <param name="input">The type of the inputs; sizes that parameters depend on must be known, the others may be names.</param>
    /// <param name="seed">Where the initial values come from. Default one that is different for each layer and the same in every run.</param>
    /// <exception cref="ShapeException">The layer does not take such an input, or a size must be known and is not.</exception>
    /// <exception cref="DTypeException">The layer does not take elements of that dtype.</exception>
    public void Build(TensorType input, long? seed = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (IsBuilt) return;
        var dtype = ParameterDType ?? (input.DType.IsFloating() ? input.DType : DType.Float32);
        try
        {
            Located(input, () =>
            {
                Create(input, new ParameterMaker(_own, Name, dtype, seed ?? _number));
                return true;
            });
            IsBuilt = true;
        }
        finally
        {
            if (!IsBuilt) _own.Clear();
        }
    }

    /// <summary>Makes the parameters for float32 inputs of such a shape, if they do not exist yet.</summary>
    /// <exception cref="ShapeException">The layer does not take such an input, or a size must be known and is not.</exception>
    public void Build(Shape input) => Build(new TensorType(DType.Float32, input));

    /// <summary>
    /// Gives the layers of a model their names: those that have none, and are not built, that of their type and a number, <c>dense_1</c>, <c>dense_2</c>; layers that another
    /// one is made of have its name before, <c>residual_1.dense_1</c>.
    /// </summary>
    /// <exception cref="ArgumentException">Two layers have one name.</exception>
    public static void NameAll(IReadOnlyList<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var all = layers.SelectMany(layer => layer.WithInner).Distinct().ToList();
        var taken = all.Where(layer => !layer.IsUnnamed).Select(layer => layer.Name).ToList();
        if (taken.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Two layers are called '{twice.Key}'. Give them different names before they are built.", nameof(layers));
        NameAll(layers, "", [.. taken]);
    }

    /// <summary>The name and the type, as messages show them.</summary>
    public override string ToString() => $"'{Name}' ({GetType().Name})";

    /// <summary>The output of the built layer: the one function of it. Its errors need not name the layer.</summary>
    protected abstract Expr Forward(Expr x, Pass pass);

    /// <summary>Makes the parameters, through <paramref name="make"/>. By default there are none.</summary>
    protected virtual void Create(TensorType input, ParameterMaker make) { }

    // Whether a model may still give it a name.
    bool IsUnnamed => _name is null && !IsBuilt;

    static void NameAll(IEnumerable<Layer> layers, string prefix, HashSet<string> taken)
    {
        var counts = new Dictionary<string, int>();
        foreach (var layer in layers.Distinct())
        {
            if (layer.IsUnnamed)
            {
                var type = layer.Name;
                do counts[type] = counts.GetValueOrDefault(type) + 1;
                while (!taken.Add($"{prefix}{type}_{counts[type]}"));
                layer._name = $"{prefix}{type}_{counts[type]}";
            }
            NameAll(layer.Inner, layer.Name + ".", taken);
        }
    }

    // Errors of expressions say which layer they come from.
    TResult Located<TResult>(TensorType input, Func<TResult> build)
    {
        try
        {
            return build();
        }
        catch (ShapeException e)
        {
            throw new ShapeException(Message(e), e);
        }
        catch (DTypeException e)
        {
            throw new DTypeException(Message(e), e);
        }
        string Message(Exception e) => $"Layer {this} on {input}: {e.Message}";
    }
}
