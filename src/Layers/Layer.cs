using System.Collections.Immutable;

namespace DeepSym.Layers;

/// <summary>
/// Parameters and one function of expressions. A layer is built for a shape by its first use; every use shares the parameters, and every
/// expression inside can be had and changed.
/// </summary>
public abstract class Layer
{
    readonly List<Parameter> _parameters = [];
    Shape? _builtFor;

    /// <summary>A layer named after its class until a model or the user names it.</summary>
    protected Layer() => Name = GetType().Name.ToLowerInvariant();

    /// <summary>The name, which begins the names of parameters; a model makes names distinct when it is built.</summary>
    public string Name { get; set; }

    /// <summary>The parameters, in the order in which they were made; empty until the layer is built.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Whether the parameters have been made.</summary>
    public bool IsBuilt => _builtFor is not null;

    /// <summary>The options as data: what a saved model needs to make the layer again.</summary>
    public abstract LayerConfig Config { get; }

    /// <summary>
    /// The layer's function of <paramref name="input"/>, whose axis 0 counts samples. The first use makes the parameters.
    /// </summary>
    /// <param name="input">What comes in.</param>
    /// <param name="context">Training or inference, and where updates and penalties are collected; null: inference.</param>
    /// <exception cref="ShapeException">The shape does not fit the layer.</exception>
    public Expr Apply(Expr input, LayerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        context ??= new LayerContext(new RandomStream());
        if (_builtFor is null)
        {
            Build(input, context);
            _builtFor = input.Shape;
        }
        foreach (var parameter in _parameters)
            if (context.IsTraining && parameter.Penalty is { } penalty) context.Penalties.Add(penalty(parameter.Variable));
        return Forward(input, context);
    }

    /// <summary>Makes the parameters for inputs like <paramref name="input"/>; nothing by default.</summary>
    protected virtual void Build(Expr input, LayerContext context) { }

    /// <summary>The function itself.</summary>
    protected abstract Expr Forward(Expr input, LayerContext context);

    /// <summary>Makes a parameter of the input's dtype.</summary>
    /// <param name="name">Its name within the layer.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="initializer">Where its first value comes from.</param>
    /// <param name="like">Gives the dtype.</param>
    /// <param name="context">Gives the seed.</param>
    /// <param name="isTrainable">Whether gradient descent changes it.</param>
    /// <param name="isRegularizable">Whether penalties apply to it (weights, as opposed to biases).</param>
    /// <param name="penalty">What is added to the loss for it.</param>
    protected Parameter AddParameter(string name, ReadOnlySpan<int> shape, Initializer initializer, Expr like, LayerContext context, bool isTrainable = true, bool isRegularizable = true, Func<Expr, Expr>? penalty = null)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        ArgumentNullException.ThrowIfNull(like);
        ArgumentNullException.ThrowIfNull(context);
        var full = $"{Name}.{name}";
        var value = initializer.Sample(shape, new InitializerRandom(context.Random.Seed, full)).To(like.DType);
        var parameter = new Parameter(T.Shared(value, full), isTrainable, isRegularizable, penalty);
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>The size of an axis, which must be a known integer.</summary>
    protected int Known(Expr input, int axis)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Shape[axis].IsStatic
            ? (int)input.Shape[axis].Constant
            : throw new ShapeException($"Layer '{Name}' must know the size of axis {axis} of its input, which is {input.Type}. Declare it where the input is made.");
    }

    /// <summary>Demands a rank.</summary>
    protected void DemandRank(Expr input, int rank, string axes)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank != rank) throw new ShapeException($"Layer '{Name}' takes inputs of {rank} axes ({axes}), and its input is {input.Type}.");
    }
}

/// <summary>A parameter of a layer: a shared variable and what it is for. (Lasagne's tags.)</summary>
/// <param name="Variable">The value.</param>
/// <param name="IsTrainable">Whether gradient descent changes it.</param>
/// <param name="IsRegularizable">Whether penalties on all weights apply to it.</param>
/// <param name="Penalty">What is added to the loss for it; null: nothing.</param>
public sealed record Parameter(SharedVariable Variable, bool IsTrainable, bool IsRegularizable, Func<Expr, Expr>? Penalty = null)
{
    /// <summary>The name, <c>layer.parameter</c>.</summary>
    public string Name => Variable.Name;
}

/// <summary>In which form layers are used, and what they give besides their output.</summary>
public sealed class LayerContext(RandomStream random)
{
    /// <summary>Whether this is the training form: dropout drops, batch normalisation uses the batch; false by default.</summary>
    public bool IsTraining { get; init; }

    /// <summary>Where random numbers come from; its seed is that of initial values.</summary>
    public RandomStream Random { get; } = random;

    /// <summary>New values of variables that training changes without gradients, such as running means.</summary>
    public IList<(SharedVariable Variable, Expr Value)> Updates { get; } = [];

    /// <summary>What is added to the loss.</summary>
    public IList<Expr> Penalties { get; } = [];
}

/// <summary>A layer as data: its kind and its options.</summary>
/// <param name="Kind">The stable name of the kind of layer.</param>
/// <param name="Options">The options by name: numbers, texts, truth values, lists of integers.</param>
public sealed record LayerConfig(string Kind, ImmutableSortedDictionary<string, object> Options)
{
    /// <summary>A configuration of options.</summary>
    public static LayerConfig Of(string kind, params ReadOnlySpan<(string Name, object? Value)> options)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in options)
            if (value is not null) builder[name] = value;
        return new LayerConfig(kind, builder.ToImmutable());
    }
}
