namespace DeepSym.Layers;

/// <summary>
/// One way of an input through layers: for training or for inference. It hands out random draws, collects the updates that layers ask for (running
/// statistics, random counters) and remembers the output of every layer.
/// </summary>
public sealed class Pass
{
    readonly RandomStream? _random;
    readonly long? _seed;
    int _built;
    readonly Dictionary<Layer, Expr> _outputs = [];
    readonly List<(SharedVariable Variable, Expr Value)> _updates = [];

    Pass(RandomStream? random, long? seed) => (_random, _seed) = (random, seed);

    /// <summary>A pass without dropout, through running statistics.</summary>
    /// <param name="seed">
    /// Where the initial values of layers that are built on the way come from, together with their order. Default: each layer has a seed of its own.
    /// </param>
    public static Pass Inference(long? seed = null) => new(null, seed);

    /// <summary>A pass as training needs it, whose random draws come from <paramref name="random"/>.</summary>
    public static Pass Training(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(random, null);
    }

    /// <summary>Whether it is a pass for training.</summary>
    public bool IsTraining => _random is not null;

    /// <summary>The source of random draws.</summary>
    /// <exception cref="InvalidOperationException">The pass is for inference, which draws nothing.</exception>
    public RandomStream Random => _random ?? throw new InvalidOperationException("An inference pass draws no random numbers. Use Pass.Training.");

    /// <summary>What a training function must update beside what the optimizer does: statistics and the counters of random draws.</summary>
    public IReadOnlyList<(SharedVariable Variable, Expr Value)> Updates => [.. _updates, .. _random?.Updates ?? []];

    /// <summary>The output that a layer had last in this pass.</summary>
    /// <exception cref="KeyNotFoundException">The layer was not applied in this pass.</exception>
    public Expr this[Layer layer] => _outputs.TryGetValue(layer, out var output)
        ? output
        : throw new KeyNotFoundException($"Layer {layer} was not applied in this pass.");

    /// <summary>The value of a variable after the updates collected so far: itself, when there is none.</summary>
    public Expr Current(SharedVariable variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return _updates.FindIndex(u => u.Variable == variable) is >= 0 and var i ? _updates[i].Value : variable;
    }

    /// <summary>Asks for an update; it replaces one of the same variable, which it should therefore contain (<see cref="Current"/>).</summary>
    public void Update(SharedVariable variable, Expr value)
    {
        ArgumentNullException.ThrowIfNull(variable);
        ArgumentNullException.ThrowIfNull(value);
        _updates.RemoveAll(u => u.Variable == variable);
        _updates.Add((variable, value));
    }

    // The seed of the next layer that is built.
    internal long? NextSeed() => _seed is { } seed ? unchecked(seed * 1_000_003 + _built++) : null;

    internal void Record(Layer layer, Expr output) => _outputs[layer] = output;
}
