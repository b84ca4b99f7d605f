namespace DeepSym.Layers;

/// <summary>A penalty on a parameter: <c>L1·Σ|x| + L2·Σx²</c>, without a half.</summary>
public sealed record Regularizer
{
    /// <summary>The weight of the sum of magnitudes. Default 0.</summary>
    public double L1 { get; init; }

    /// <summary>The weight of the sum of squares. Default 0.</summary>
    public double L2 { get; init; }

    /// <summary>The penalty on <paramref name="x"/>, a scalar.</summary>
    public Expr Penalty(Expr x) => (L1, L2) switch
    {
        (0, _) => L2 * Regularization.L2(x),
        (_, 0) => L1 * Regularization.L1(x),
        _ => L1 * Regularization.L1(x) + L2 * Regularization.L2(x),
    };
}

/// <summary>Penalties as expressions, to be added to a loss.</summary>
public static class Regularization
{
    /// <summary><c>Σ|x|</c>.</summary>
    public static Expr L1(Expr x) => T.Sum(T.Abs(x));

    /// <summary><c>Σx²</c>, without a half (as in Lasagne and Keras).</summary>
    public static Expr L2(Expr x) => T.Sum(T.Sqr(x));

    /// <summary>The sum of a penalty over the parameters that have the tags; over weights, not biases, by default. Null when there is none.</summary>
    public static Expr? Of(IEnumerable<Parameter> parameters, Func<Expr, Expr> penalty, ParameterTags tags = ParameterTags.Regularizable)
    {
        ArgumentNullException.ThrowIfNull(penalty);
        return Sum(parameters.Distinct().Where(p => p.Has(tags)).Select(p => penalty(p)));
    }

    internal static Expr? Sum(IEnumerable<Expr> terms) => terms.Aggregate((Expr?)null, (sum, term) => sum is null ? term : sum + term);
}
