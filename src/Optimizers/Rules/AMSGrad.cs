namespace DeepSym.Optimizers;

/// <summary>
/// <see cref="Adam"/> whose divisor never shrinks: <c>v̂ ← max(v̂, v)</c>, of v with its bias, stands for v (Reddi et al. 2018; Lasagne's
/// <c>amsgrad</c>, Keras's <c>Adam(amsgrad=True)</c>). Default η 0.001.
/// </summary>
public sealed record AMSGrad() : Optimizer(0.001)
{
    /// <summary>β₁, what is kept of the mean of gradients. Default 0.9.</summary>
    public double Beta1 { get; init => field = Fraction(value); } = 0.9;

    /// <summary>β₂, what is kept of the mean of squares. Default 0.999.</summary>
    public double Beta2 { get; init => field = Fraction(value); } = 0.999;

    /// <summary>ε, which keeps the divisor from 0. Default 1e-7 (Keras; Lasagne 1e-8).</summary>
    public double Epsilon { get; init => field = NotNegative(value); } = 1e-7;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Slot> Slots => [new("m"), new("v"), new("v_max")];

    /// <inheritdoc/>
    public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock)
    {
        var m = Beta1 * state[0] + (1 - Beta1) * gradient;
        var v = Beta2 * state[1] + (1 - Beta2) * T.Sqr(gradient);
        var largest = T.Maximum(state[2], v);
        return new(value - T.Cast(Bias.Rate(Beta1, Beta2, clock), value.DType) * m / (T.Sqrt(largest) + Epsilon), m, v, largest);
    }
}
