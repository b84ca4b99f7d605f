namespace DeepSym.Optimizers;

/// <summary>Plain gradient descent, <c>p ← p - η·g</c>. Default η 0.01 (Keras; Lasagne has none).</summary>
public sealed record SGD() : Optimizer(0.01)
{
    /// <inheritdoc/>
    protected internal override IReadOnlyList<Slot> Slots => [];

    /// <inheritdoc/>
    public override Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock) => new(value - clock.RateFor(value) * gradient);
}
