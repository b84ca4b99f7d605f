namespace DeepSym.Optimizers;

/// <summary>
/// Steps divided by the root of a running mean of squared gradients: <c>a ← ρ·a + (1 - ρ)·g²; p ← p - η·g / √(a + ε)</c> (Tieleman, Hinton 2012).
/// Default η 0.001 (Keras; Lasagne 1).
/// </summary>
public sealed record RMSprop() : Optimizer(0.001)
{
    /// <summary>ρ, what is kept of the running mean. Default 0.9.</summary>
    public double Rho { get; init => field = Fraction(value); } = 0.9;

    /// <summary>ε, which keeps the divisor from 0. Default 1e-7 (Keras; Lasagne 1e-6).</summary>
    public double Epsilon { get; init => field = NotNegative(value); } = 1e-7;

    /// <summary>Where ε is added. Default inside the root (Lasagne, Keras 3; Keras 2 outside).</summary>
    public EpsilonPlace EpsilonPlace { get; init; }

    /// <summary>μ of a momentum over the steps, <c>b ← μ·b + η·g / √(a + ε); p ← p - b</c>. Default 0 (Keras; Lasagne has none).</summary>
    public double Momentum { get; init => field = Fraction(value); }

    /// <summary>Whether the squared running mean of the gradients is taken off a, which makes it their variance. Default false (Keras; Lasagne has none).</summary>
    public bool Centered { get; init; }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Slot> Slots =>
        [new("accumulator"), .. Centered ? [new Slot("mean")] : Array.Empty<Slot>(), .. Momentum > 0 ? [new Slot("velocity")] : Array.Empty<Slot>()];

    /// <inheritdoc/>
    public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock)
    {
        ArgumentNullException.ThrowIfNull(state);
        var square = Rho * state[0] + (1 - Rho) * T.Sqr(gradient);
        var next = new List<Expr> { square };
        if (Centered)
        {
            var mean = Rho * state[1] + (1 - Rho) * gradient;
            next.Add(mean);
            square -= T.Sqr(mean);
        }
        var step = clock.RateFor(value) * gradient / EpsilonPlace.Root(square, Epsilon);
        if (Momentum > 0) next.Add(step = Momentum * state[^1] + step);
        return new(value - step, next);
    }
}
