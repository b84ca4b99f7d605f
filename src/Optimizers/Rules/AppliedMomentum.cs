namespace DeepSym.Optimizers;

/// <summary>
/// Momentum on top of any other rule, whose result is written <c>u(p)</c>: <c>v' = μ·v + u(p) - p; p ← p + v'</c>, or with Nesterov's look ahead
/// <c>p ← u(p) + μ·v'</c> (Lasagne's <c>apply_momentum</c> and <c>apply_nesterov_momentum</c> with the parameters named; without, Lasagne gives momentum to
/// the state of the rule too). Learning rate and clipping are those of the rule.
/// </summary>
public sealed record AppliedMomentum : Optimizer
{
    /// <summary>Momentum on top of <paramref name="rule"/>.</summary>
    public AppliedMomentum(Optimizer rule) : base((rule ?? throw new ArgumentNullException(nameof(rule))).LearningRate) => (Rule, Clipping) = (rule, rule.Clipping);

    /// <summary>The rule beneath.</summary>
    public Optimizer Rule { get; }

    /// <summary>μ, what is kept of the velocity. Default 0.9.</summary>
    public double Coefficient { get; init => field = Fraction(value); } = 0.9;

    /// <summary>Whether it is Nesterov's form. Default false.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Slot> Slots => [new("velocity"), .. Rule.Slots];

    /// <inheritdoc/>
    public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock)
    {
        ArgumentNullException.ThrowIfNull(state);
        var inner = Rule.Update(value, gradient, [.. state.Skip(1)], clock);
        var velocity = Coefficient * state[0] + inner.Value - value;
        return new(Nesterov ? inner.Value + Coefficient * velocity : value + velocity, [velocity, .. inner.State]);
    }
}
