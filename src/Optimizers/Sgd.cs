namespace DeepSym.Optimizers;

/// <summary>
/// Gradient descent, with momentum if asked for: <c>v ← μv - lr·g; p ← p + v</c>, or with Nesterov's look-ahead <c>p ← p + μv - lr·g</c>.
/// (Lasagne: <c>sgd</c>, <c>momentum</c>, <c>nesterov_momentum</c>; Keras: <c>SGD</c>.) The learning rate is 0.01 by default, as in Keras; Lasagne has none.
/// </summary>
public sealed record Sgd : Optimizer
{
    /// <summary>Gradient descent with the default learning rate 0.01.</summary>
    public Sgd() => LearningRate = 0.01;

    /// <inheritdoc/>
    public override string Name => "sgd";

    /// <summary>The factor μ of the last step; 0, the default, is plain gradient descent (Lasagne's momentum rules: 0.9).</summary>
    public double Momentum { get; init; }

    /// <summary>Whether the gradient is taken to be that after the momentum step; false by default.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    protected override Expr Step(Expr parameter, Expr gradient, Expr rate, ParameterState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (Momentum == 0) return parameter - rate * gradient;
        var velocity = state.Next("velocity", v => Momentum * v - rate * gradient);
        return Nesterov ? parameter + Momentum * velocity - rate * gradient : parameter + velocity;
    }

    /// <inheritdoc/>
    protected override void Validate()
    {
        base.Validate();
        Demand(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "at least 0 and below 1");
    }
}
