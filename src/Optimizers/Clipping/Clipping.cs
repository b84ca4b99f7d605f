using System.Text.Json.Serialization;

namespace DeepSym.Optimizers;

/// <summary>What is done to gradients that are too large, before a rule sees them.</summary>
[JsonDerivedType(typeof(ValueClipping), "value")]
[JsonDerivedType(typeof(NormClipping), "norm")]
[JsonDerivedType(typeof(GlobalNormClipping), "global_norm")]
public abstract record Clipping
{
    private protected Clipping() { }

    /// <summary>The gradients, clipped.</summary>
    public abstract IReadOnlyList<Expr> Clip(IReadOnlyList<Expr> gradients);

    /// <summary>Each element is brought into [-limit, limit] (Keras's <c>clipvalue</c>).</summary>
    public static Clipping ByValue(double limit) => new ValueClipping(Positive(limit));

    /// <summary>Each gradient whose L2 norm is above <paramref name="max"/> is scaled to it (Keras's <c>clipnorm</c>).</summary>
    public static Clipping ByNorm(double max) => new NormClipping(Positive(max));

    /// <summary>
    /// All gradients are scaled by one factor when the L2 norm of them together is above <paramref name="max"/> (Keras's <c>global_clipnorm</c>, with
    /// <paramref name="epsilon"/> 0, the default; Lasagne's <c>total_norm_constraint</c>, with 1e-7).
    /// </summary>
    public static Clipping ByGlobalNorm(double max, double epsilon = 0) => new GlobalNormClipping(Positive(max), epsilon);

    static double Positive(double limit) => limit > 0 && double.IsFinite(limit)
        ? limit
        : throw new ArgumentOutOfRangeException(nameof(limit), limit, "A limit of gradients must be finite and above 0.");
}

sealed record ValueClipping(double Limit) : Clipping
{
    public override IReadOnlyList<Expr> Clip(IReadOnlyList<Expr> gradients) => [.. gradients.Select(g => T.Minimum(T.Maximum(g, -Limit), Limit))];
}

sealed record NormClipping(double Max) : Clipping
{
    public override IReadOnlyList<Expr> Clip(IReadOnlyList<Expr> gradients) => [.. gradients.Select(g => g * Norms.Factor(T.Sqrt(T.Sum(T.Sqr(g))), Max, epsilon: 0))];
}

sealed record GlobalNormClipping(double Max, double Epsilon) : Clipping
{
    public override IReadOnlyList<Expr> Clip(IReadOnlyList<Expr> gradients)
    {
        var factor = Norms.Factor(Norms.Total(gradients), Max, Epsilon);
        return [.. gradients.Select(g => g * T.Cast(factor, g.DType))];
    }
}
