namespace DeepSym.Optimizers;

/// <summary>
/// <c>a ← a + g²; p ← p - lr·g/√(a + ε)</c> (Duchi, Hazan &amp; Singer 2011). Defaults are Keras 3's: lr 0.001, a₀ 0.1, ε 1e-7; Lasagne has lr 1, a₀ 0, ε 1e-6.
/// </summary>
public sealed record Adagrad : Optimizer
{
    /// <inheritdoc/>
    public override string Name => "adagrad";

    /// <summary>The sum of squares before the first step; 0.1 by default.</summary>
    public double InitialAccumulator { get; init; } = 0.1;

    /// <summary>Added to the sum of squares; 1e-7 by default.</summary>
    public double Epsilon { get; init; } = 1e-7;

    /// <summary>Whether the divisor is <c>√a + ε</c> (Keras 2); false by default.</summary>
    public bool EpsilonOutside { get; init; }

    /// <inheritdoc/>
    protected override Expr Step(Expr parameter, Expr gradient, Expr rate, ParameterState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var sum = state.Next("sum_square", a => a + T.Sqr(gradient), InitialAccumulator);
        return parameter - rate * gradient / RmsProp.Root(sum, Epsilon, EpsilonOutside);
    }
}
