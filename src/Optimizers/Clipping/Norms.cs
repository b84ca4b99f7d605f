namespace DeepSym.Optimizers;

/// <summary>L2 norms of gradients and weights, and their bounds.</summary>
public static class Norms
{
    /// <summary>The L2 norm of all expressions together, <c>√ΣΣx²</c>.</summary>
    public static Expr Total(IReadOnlyList<Expr> exprs)
    {
        ArgumentNullException.ThrowIfNull(exprs);
        if (exprs.Count == 0) throw new ArgumentException("A norm needs at least one expression.", nameof(exprs));
        return T.Sqrt(exprs.Select(x => T.Sum(T.Sqr(x))).Aggregate((sum, x) => sum + x));
    }

    /// <summary>
    /// Weights whose norm over <paramref name="axes"/> is bounded, <c>x·min(‖x‖, max) / (ε + ‖x‖)</c>: one norm for each unit (Lasagne's
    /// <c>norm_constraint</c>). The default axes are those of the inputs of a unit: axis 0 of a matrix, all but axis 0 of filters with 3 to 5 axes.
    /// </summary>
    /// <exception cref="ShapeException">The axes are not given and x has neither 2 nor 3 to 5 axes.</exception>
    public static Expr Constrain(Expr x, double max, int[]? axes = null, double epsilon = 1e-7)
    {
        ArgumentNullException.ThrowIfNull(x);
        axes ??= x.Rank switch
        {
            2 => [0],
            3 or 4 or 5 => [.. Enumerable.Range(1, x.Rank - 1)],
            _ => throw new ShapeException($"norm constraint on {x.Type}: the axes of a unit's inputs are known for 2 to 5 axes only. Name them."),
        };
        var norm = T.Sqrt(T.Sum(T.Sqr(x), axes, keepDims: true));
        return x * (T.Minimum(norm, max) / (epsilon + norm));
    }

    // By what to multiply something with a norm to bound that: Keras's form changes nothing below the bound; Lasagne's divides by ε + norm.
    internal static Expr Factor(Expr norm, double max, double epsilon) =>
        epsilon == 0 ? max / T.Maximum(norm, max) : T.Minimum(norm, max) / (epsilon + norm);
}
