namespace DeepSym.Optimizers;

/// <summary>
/// <c>m ← β₁m + (1-β₁)g; u ← max(β₂u, |g|); p ← p - lr/(1-β₁ᵗ) · m/(u + ε)</c> (Kingma &amp; Ba 2015, section 7.1). Defaults are Keras's: lr 0.001, ε 1e-7;
/// Lasagne has lr 0.002, ε 1e-8.
/// </summary>
public sealed record Adamax : Optimizer
{
    /// <inheritdoc/>
    public override string Name => "adamax";

    /// <summary>How much of the running mean is kept; 0.9 by default.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How fast the largest gradient is forgotten; 0.999 by default.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the divisor; 1e-7 by default.</summary>
    public double Epsilon { get; init; } = 1e-7;

    /// <inheritdoc/>
    protected override Expr Step(Expr parameter, Expr gradient, Expr rate, ParameterState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var mean = state.Next("mean", m => Beta1 * m + (1 - Beta1) * gradient);
        var largest = state.Next("largest", u => T.Maximum(Beta2 * u, T.Abs(gradient)));
        return parameter - rate * state.AsParameter(1 / (1 - state.PowerOfStep(Beta1))) * mean / (largest + Epsilon);
    }

    /// <inheritdoc/>
    protected override void Validate()
    {
        base.Validate();
        Demand(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "at least 0 and below 1");
        Demand(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "at least 0 and below 1");
    }
}
