namespace DeepSym.Optimizers;

/// <summary>
/// Steps divided by the root of the sum of all squared gradients: <c>a ← a + g²; p ← p - η·g / √(a + ε)</c> (Duchi et al. 2011).
/// Default η 0.001 (Keras; Lasagne 1).
/// </summary>
public sealed record Adagrad() : Optimizer(0.001)
{
    /// <summary>ε, which keeps the divisor from 0. Default 1e-7 (Keras; Lasagne 1e-6).</summary>
    public double Epsilon { get; init => field = NotNegative(value); } = 1e-7;

    /// <summary>Where ε is added. Default inside the root (Lasagne, Keras 3; Keras 2 outside).</summary>
    public EpsilonPlace EpsilonPlace { get; init; }

    /// <summary>The value of a before the first step. Default 0.1 (Keras 3; Lasagne and Keras 2 0).</summary>
    public double InitialAccumulator { get; init => field = NotNegative(value); } = 0.1;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Slot> Slots => [new("accumulator", InitialAccumulator)];

    /// <inheritdoc/>
    public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock)
    {
        var sum = state[0] + T.Sqr(gradient);
        return new(value - clock.RateFor(value) * gradient / EpsilonPlace.Root(sum, Epsilon), sum);
    }
}
