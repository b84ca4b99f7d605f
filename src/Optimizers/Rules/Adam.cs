namespace DeepSym.Optimizers;

/// <summary>
/// Running means of the gradient and of its square, both freed of the bias towards their start at 0:
/// <c>m ← β₁·m + (1 - β₁)·g; v ← β₂·v + (1 - β₂)·g²; p ← p - η·√(1 - β₂ᵗ)/(1 - β₁ᵗ) · m / (√v + ε)</c> (Kingma, Ba 2015, end of section 2).
/// Default η 0.001.
/// </summary>
public sealed record Adam() : Optimizer(0.001)
{
    /// <summary>β₁, what is kept of the mean of gradients. Default 0.9.</summary>
    public double Beta1 { get; init => field = Fraction(value); } = 0.9;

    /// <summary>β₂, what is kept of the mean of squares. Default 0.999.</summary>
    public double Beta2 { get; init => field = Fraction(value); } = 0.999;

    /// <summary>ε, which keeps the divisor from 0. Default 1e-7 (Keras; Lasagne 1e-8).</summary>
    public double Epsilon { get; init => field = NotNegative(value); } = 1e-7;

    /// <summary>
    /// Whether ε is added to the root of v after it is freed of its bias, <c>√(v/(1 - β₂ᵗ)) + ε</c>, as in algorithm 1 of the paper and in PyTorch.
    /// Default false (Lasagne and Keras).
    /// </summary>
    public bool CorrectedEpsilon { get; init; }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Slot> Slots => [new("m"), new("v")];

    /// <inheritdoc/>
    public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var m = Beta1 * state[0] + (1 - Beta1) * gradient;
        var v = Beta2 * state[1] + (1 - Beta2) * T.Sqr(gradient);
        var epsilon = CorrectedEpsilon ? T.Cast(Epsilon * T.Sqrt(Bias.Left(Beta2, clock)), value.DType) : Epsilon;
        return new(value - T.Cast(Bias.Rate(Beta1, Beta2, clock), value.DType) * m / (T.Sqrt(v) + epsilon), m, v);
    }
}
