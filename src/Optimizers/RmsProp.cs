namespace DeepSym.Optimizers;

/// <summary>
/// <c>a ← ρa + (1-ρ)g²; p ← p - lr·g/√(a + ε)</c> (Tieleman &amp; Hinton 2012). Defaults are Keras's: lr 0.001, ε 1e-7; Lasagne has lr 1, ε 1e-6.
/// Keras 2 and torch put ε outside of the root: <see cref="EpsilonOutside"/>.
/// </summary>
public sealed record RmsProp : Optimizer
{
    /// <inheritdoc/>
    public override string Name => "rmsprop";

    /// <summary>How much of the running mean is kept; 0.9 by default.</summary>
    public double Rho { get; init; } = 0.9;

    /// <summary>Added to the mean of squares; 1e-7 by default.</summary>
    public double Epsilon { get; init; } = 1e-7;

    /// <summary>Whether the divisor is <c>√a + ε</c> instead of <c>√(a + ε)</c>; false by default.</summary>
    public bool EpsilonOutside { get; init; }

    /// <inheritdoc/>
    protected override Expr Step(Expr parameter, Expr gradient, Expr rate, ParameterState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var mean = state.Next("mean_square", a => Rho * a + (1 - Rho) * T.Sqr(gradient));
        return parameter - rate * gradient / Root(mean, Epsilon, EpsilonOutside);
    }

    internal static Expr Root(Expr x, double epsilon, bool outside) => outside ? T.Sqrt(x) + epsilon : T.Sqrt(x + epsilon);

    /// <inheritdoc/>
    protected override void Validate()
    {
        base.Validate();
        Demand(Rho is >= 0 and < 1, nameof(Rho), Rho, "at least 0 and below 1");
    }
}
