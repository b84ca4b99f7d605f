namespace DeepSym.Optimizers;

/// <summary>What keeps gradients from becoming too large, before the rule sees them.</summary>
public abstract record Clipping
{
    /// <summary>The clipped gradients.</summary>
    public abstract IReadOnlyList<Expr> Apply(IReadOnlyList<Expr> gradients);

    /// <summary>Each element into <c>[-limit, limit]</c>. (Keras: <c>clipvalue</c>.)</summary>
    public static Clipping ByValue(double limit) => new ValueClipping(Positive(limit));

    /// <summary>Each gradient scaled down to a Euclidean norm of at most <paramref name="limit"/>. (Keras: <c>clipnorm</c>.)</summary>
    public static Clipping ByNorm(double limit) => new NormClipping(Positive(limit));

    /// <summary>All gradients scaled down together, to a norm of all of them of at most <paramref name="limit"/>. (Keras: <c>global_clipnorm</c>; Lasagne: <c>total_norm_constraint</c>.)</summary>
    public static Clipping ByGlobalNorm(double limit) => new GlobalNormClipping(Positive(limit));

    static double Positive(double limit) => limit > 0 ? limit : throw new ArgumentOutOfRangeException(nameof(limit), $"The limit of a clipping is {limit}; it must be above 0.");

    static Expr Scale(Expr norm, double limit) => T.Switch(norm > limit, limit / T.Switch(norm > limit, norm, 1), 1);

    sealed record ValueClipping(double Limit) : Clipping
    {
        public override IReadOnlyList<Expr> Apply(IReadOnlyList<Expr> gradients) => [.. gradients.Select(g => T.Minimum(T.Maximum(g, -Limit), Limit))];
    }

    sealed record NormClipping(double Limit) : Clipping
    {
        public override IReadOnlyList<Expr> Apply(IReadOnlyList<Expr> gradients) => [.. gradients.Select(g => g * Scale(T.Sqrt(T.Sum(T.Sqr(g))), Limit))];
    }

    sealed record GlobalNormClipping(double Limit) : Clipping
    {
        public override IReadOnlyList<Expr> Apply(IReadOnlyList<Expr> gradients)
        {
            var norm = T.Sqrt(gradients.Select(g => T.Sum(T.Sqr(g))).Aggregate((sum, next) => sum + next));
            return [.. gradients.Select(g => g * Scale(norm, Limit))];
        }
    }
}
