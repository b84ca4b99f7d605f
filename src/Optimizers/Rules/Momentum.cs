namespace DeepSym.Optimizers;

/// <summary>
/// Classical momentum, <c>v ← μ·v - η·g; p ← p + v</c> (Lasagne's <c>momentum</c>, Keras's <c>SGD(momentum=μ)</c>). Default η 0.01.
/// </summary>
public sealed record Momentum() : Optimizer(0.01)
{
    /// <summary>μ, what is kept of the velocity. Default 0.9 (Lasagne; Keras 0).</summary>
    public double Coefficient { get; init => field = Fraction(value); } = 0.9;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Slot> Slots => [new("velocity")];

    /// <inheritdoc/>
    public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock)
    {
        var velocity = Coefficient * state[0] - clock.RateFor(value) * gradient;
        return new(value + velocity, velocity);
    }
}

/// <summary>
/// Nesterov's momentum, with the gradient taken at the point looked ahead to: <c>v ← μ·v - η·g; p ← p + μ·v - η·g</c>
/// (Lasagne's <c>nesterov_momentum</c>, Keras's <c>SGD(momentum=μ, nesterov=True)</c>). Default η 0.01.
/// </summary>
public sealed record Nesterov() : Optimizer(0.01)
{
    /// <summary>μ, what is kept of the velocity. Default 0.9 (Lasagne; Keras 0).</summary>
    public double Coefficient { get; init => field = Fraction(value); } = 0.9;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Slot> Slots => [new("velocity")];

    /// <inheritdoc/>
    public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock)
    {
        var step = clock.RateFor(value) * gradient;
        var velocity = Coefficient * state[0] - step;
        return new(value + (Coefficient * velocity - step), velocity);
    }
}
