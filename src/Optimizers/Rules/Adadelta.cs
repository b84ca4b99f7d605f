namespace DeepSym.Optimizers;

/// <summary>
/// Steps in the unit of the parameter, from running means of squared gradients and steps:
/// <c>a ← ρ·a + (1 - ρ)·g²; u = g·√(d + ε) / √(a + ε); p ← p - η·u; d ← ρ·d + (1 - ρ)·u²</c> (Zeiler 2012, algorithm 1).
/// Default η 1 (Lasagne and Keras 1 and 2; Keras 3's 0.001 hardly learns).
/// </summary>
public sealed record Adadelta() : Optimizer(1.0)
{
    /// <summary>ρ, what is kept of the running means. Default 0.95.</summary>
    public double Rho { get; init => field = Fraction(value); } = 0.95;

    /// <summary>ε, which gets the first steps going. Default 1e-7 (Keras; Lasagne 1e-6).</summary>
    public double Epsilon { get; init => field = NotNegative(value); } = 1e-7;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Slot> Slots => [new("accumulator"), new("delta")];

    /// <inheritdoc/>
    public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock)
    {
        var squares = Rho * state[0] + (1 - Rho) * T.Sqr(gradient);
        var step = gradient * T.Sqrt(state[1] + Epsilon) / T.Sqrt(squares + Epsilon);
        return new(value - clock.RateFor(value) * step, squares, Rho * state[1] + (1 - Rho) * T.Sqr(step));
    }
}
