namespace DeepSym.Optimizers;

/// <summary>
/// <c>m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²; p ← p - lr·√(1-β₂ᵗ)/(1-β₁ᵗ) · m/(√v + ε)</c> (Kingma &amp; Ba 2015, the form before section 2.1's last line).
/// Defaults are Keras's: lr 0.001, β 0.9 and 0.999, ε 1e-7; Lasagne has ε 1e-8. With <see cref="Optimizer.WeightDecay"/> it is AdamW.
/// </summary>
public sealed record Adam : Optimizer
{
    /// <inheritdoc/>
    public override string Name => "adam";

    /// <summary>How much of the running mean is kept; 0.9 by default.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the running mean of squares is kept; 0.999 by default.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the divisor; 1e-7 by default.</summary>
    public double Epsilon { get; init; } = 1e-7;

    /// <summary>Whether the largest mean of squares so far divides (Reddi, Kale &amp; Kumar 2018); false by default.</summary>
    public bool AmsGrad { get; init; }

    /// <inheritdoc/>
    protected override Expr Step(Expr parameter, Expr gradient, Expr rate, ParameterState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var mean = state.Next("mean", m => Beta1 * m + (1 - Beta1) * gradient);
        var squares = state.Next("mean_square", v => Beta2 * v + (1 - Beta2) * T.Sqr(gradient));
        if (AmsGrad) squares = state.Next("max_mean_square", v => T.Maximum(v, squares));
        var correction = state.AsParameter(T.Sqrt(1 - state.PowerOfStep(Beta2)) / (1 - state.PowerOfStep(Beta1)));
        return parameter - rate * correction * mean / (T.Sqrt(squares) + Epsilon);
    }

    /// <inheritdoc/>
    protected override void Validate()
    {
        base.Validate();
        Demand(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "at least 0 and below 1");
        Demand(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "at least 0 and below 1");
    }
}
