namespace DeepSym.Optimizers;

/// <summary>
/// <see cref="Adam"/> with the largest recent gradient in the place of the root of squares:
/// <c>m ← β₁·m + (1 - β₁)·g; u ← max(β₂·u, |g|); p ← p - η/(1 - β₁ᵗ) · m / (u + ε)</c> (Kingma, Ba 2015, algorithm 2).
/// Default η 0.001 (Keras; Lasagne 0.002).
/// </summary>
public sealed record Adamax() : Optimizer(0.001)
{
    /// <summary>β₁, what is kept of the mean of gradients. Default 0.9.</summary>
    public double Beta1 { get; init => field = Fraction(value); } = 0.9;

    /// <summary>β₂, what is kept of the largest gradient. Default 0.999.</summary>
    public double Beta2 { get; init => field = Fraction(value); } = 0.999;

    /// <summary>ε, which keeps the divisor from 0. Default 1e-7 (Keras; Lasagne 1e-8).</summary>
    public double Epsilon { get; init => field = NotNegative(value); } = 1e-7;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Slot> Slots => [new("m"), new("u")];

    /// <inheritdoc/>
    public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var m = Beta1 * state[0] + (1 - Beta1) * gradient;
        var u = T.Maximum(Beta2 * state[1], T.Abs(gradient));
        return new(value - T.Cast(clock.Rate / Bias.Left(Beta1, clock), value.DType) * m / (u + Epsilon), m, u);
    }
}
