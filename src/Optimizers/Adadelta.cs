namespace DeepSym.Optimizers;

/// <summary>
/// <c>a ← ρa + (1-ρ)g²; u = g·√(d + ε)/√(a + ε); p ← p - lr·u; d ← ρd + (1-ρ)u²</c> (Zeiler 2012). Defaults are Keras 3's: lr 0.001, ε 1e-7;
/// Lasagne and Keras 1 and 2 have lr 1, Lasagne ε 1e-6.
/// </summary>
public sealed record Adadelta : Optimizer
{
    /// <inheritdoc/>
    public override string Name => "adadelta";

    /// <summary>How much of the running means is kept; 0.95 by default.</summary>
    public double Rho { get; init; } = 0.95;

    /// <summary>Added under the roots; 1e-7 by default.</summary>
    public double Epsilon { get; init; } = 1e-7;

    /// <inheritdoc/>
    protected override Expr Step(Expr parameter, Expr gradient, Expr rate, ParameterState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var squares = state.Next("mean_square", a => Rho * a + (1 - Rho) * T.Sqr(gradient));
        var (delta, setDelta) = state.Reserve("mean_square_step");
        var step = gradient * T.Sqrt(delta + Epsilon) / T.Sqrt(squares + Epsilon);
        setDelta(Rho * delta + (1 - Rho) * T.Sqr(step));
        return parameter - rate * step;
    }

    /// <inheritdoc/>
    protected override void Validate()
    {
        base.Validate();
        Demand(Rho is >= 0 and < 1, nameof(Rho), Rho, "at least 0 and below 1");
    }
}
