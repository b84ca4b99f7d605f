namespace DeepSym.Layers;

/// <summary>
/// <c>activation(x W + b)</c> along the last axis: <c>[..., in]</c> becomes <c>[..., units]</c>. (Keras's <c>Dense</c>; Lasagne's <c>DenseLayer</c> flattens
/// trailing axes and rectifies by default: put <see cref="Flatten"/> before and name the activation.)
/// </summary>
public sealed class Dense(int units, Activation? activation = null) : Layer
{
    Parameter? _weights, _bias;

    /// <summary>The number of outputs.</summary>
    public int Units { get; } = units > 0 ? units : throw new ArgumentOutOfRangeException(nameof(units), $"A dense layer of {units} units: there must be at least one.");

    /// <summary>The function of the output; linear by default, as in Keras (Lasagne: rectify).</summary>
    public Activation Activation { get; } = activation ?? Activation.Linear;

    /// <summary>Whether there is a bias; true by default.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>Where the first weights come from; <see cref="Initializer.GlorotUniform"/> by default.</summary>
    public Initializer WeightInitializer { get; init; } = Initializer.GlorotUniform;

    /// <summary>Where the first bias comes from; zeros by default.</summary>
    public Initializer BiasInitializer { get; init; } = Initializer.Zeros;

    /// <summary>The factor of <c>Σ W²</c> in the loss; 0 by default.</summary>
    public double L2 { get; init; }

    /// <summary>The factor of <c>Σ |W|</c> in the loss; 0 by default.</summary>
    public double L1 { get; init; }

    /// <summary>The weights <c>[in, units]</c>, once built.</summary>
    public SharedVariable? Weights => _weights?.Variable;

    /// <summary>The bias <c>[units]</c>, once built and used.</summary>
    public SharedVariable? Bias => _bias?.Variable;

    /// <inheritdoc/>
    public override LayerConfig Config => LayerConfig.Of("dense", ("units", Units), ("activation", Activation.Name), ("bias", UseBias),
        ("weight_initializer", WeightInitializer.Text), ("bias_initializer", BiasInitializer.Text), ("l1", L1), ("l2", L2));

    /// <inheritdoc/>
    protected override void Build(Expr input, LayerContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank < 2) throw new ShapeException($"Layer '{Name}' takes inputs of at least 2 axes (samples, features), and its input is {input.Type}.");
        _weights = AddParameter("W", [Known(input, input.Rank - 1), Units], WeightInitializer, input, context, penalty: Penalties.Of(L1, L2));
        if (UseBias) _bias = AddParameter("b", [Units], BiasInitializer, input, context, isRegularizable: false);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr input, LayerContext context)
    {
        var y = T.Dot(input, Weights!);
        return Activation.Function(Bias is null ? y : y + Bias);
    }
}

/// <summary>What weights add to the loss.</summary>
static class Penalties
{
    /// <summary><c>l1 Σ|w| + l2 Σw²</c> (without ½, as in Lasagne and Keras); null when both are 0.</summary>
    public static Func<Expr, Expr>? Of(double l1, double l2)
    {
        if (l1 < 0 || l2 < 0) throw new ArgumentOutOfRangeException(nameof(l1), $"The factors of penalties are {l1} and {l2}; they must not be negative.");
        return (l1, l2) switch
        {
            (0, 0) => null,
            (0, _) => w => l2 * T.Sum(T.Sqr(w)),
            (_, 0) => w => l1 * T.Sum(T.Abs(w)),
            _ => w => l1 * T.Sum(T.Abs(w)) + l2 * T.Sum(T.Sqr(w)),
        };
    }
}
