namespace DeepSym;

public sealed partial class RandomStream
{
    /// <summary>
    /// Normal numbers of which only those from <paramref name="low"/> to <paramref name="high"/> deviations off the mean occur, ±2 by default; by the inverse of the
    /// distribution function.
    /// </summary>
    /// <exception cref="ArgumentException">The low end is not below the high one.</exception>
    public Expr TruncatedNormal(ReadOnlySpan<Dim> shape, double mean = 0, double deviation = 1, double low = -2, double high = 2, DType dtype = DType.Float32)
    {
        if (!(low < high)) throw new ArgumentException($"A truncated normal distribution needs low below high, and got {low} and {high}.", nameof(low));
        var (below, above) = (1 - T.ErfcOf(low / Math.Sqrt(2)), 1 - T.ErfcOf(high / Math.Sqrt(2)));   // 2 Φ - 1
        var z = Math.Sqrt(2) * T.ErfInv(Uniform(shape, below, above, dtype));
        return mean + deviation * T.Clip(z, low, high);
    }

    /// <summary>Exponential numbers, <c>-scale · log(1 - u)</c>; the scale, 1 by default, is their mean.</summary>
    public Expr Exponential(ReadOnlySpan<Dim> shape, Expr? scale = null, DType dtype = DType.Float32)
    {
        var unit = -T.Log1p(-Uniform(shape, dtype: dtype));
        return scale is null ? unit : scale * unit;
    }

    /// <summary>Gamma numbers with density <c>∝ x^(α-1) e^(-x/scale)</c> for the shape <paramref name="alpha"/> > 0; the scale is 1 by default. There is no derivative in alpha.</summary>
    public Expr Gamma(ReadOnlySpan<Dim> shape, Expr alpha, Expr? scale = null, DType dtype = DType.Float32)
    {
        var unit = T.Cast(Variates(Variate.Gamma, shape, alpha), dtype);
        return scale is null ? unit : scale * unit;
    }

    /// <summary>Beta numbers with density <c>∝ x^(a-1) (1-x)^(b-1)</c>, a and b > 0: <c>g/(g + h)</c> of two gamma numbers. There is no derivative in a and b.</summary>
    public Expr Beta(ReadOnlySpan<Dim> shape, Expr a, Expr b, DType dtype = DType.Float32)
    {
        var (left, right) = (Variates(Variate.Gamma, shape, a), Variates(Variate.Gamma, shape, b));
        return T.Cast(left / (left + right), dtype);
    }

    /// <summary>Poisson numbers with the mean <paramref name="rate"/> ≥ 0, as int64.</summary>
    public Expr Poisson(ReadOnlySpan<Dim> shape, Expr rate) => T.Cast(Variates(Variate.Poisson, shape, rate), DType.Int64);

    /// <summary>How many of a number of <paramref name="trials"/> succeed that do so with probability <paramref name="p"/> each, as int64.</summary>
    public Expr Binomial(ReadOnlySpan<Dim> shape, Expr trials, Expr p) => T.Cast(Variates(Variate.Binomial, shape, trials, p), DType.Int64);

    /// <summary>Integers from <paramref name="low"/> up to, not including, <paramref name="high"/>, as int64.</summary>
    public Expr Integers(ReadOnlySpan<Dim> shape, Expr low, Expr high)
    {
        ArgumentNullException.ThrowIfNull(low);
        ArgumentNullException.ThrowIfNull(high);
        var span = T.Cast(high, DType.Int64) - T.Cast(low, DType.Int64);
        return T.Cast(low, DType.Int64) + T.Cast(T.Floor(Uniform(shape, dtype: DType.Float64) * T.Cast(span, DType.Float64)), DType.Int64);
    }

    Expr Variates(Variate kind, ReadOnlySpan<Dim> shape, params ReadOnlySpan<Expr> parameters)
    {
        var target = Shape.Create(shape);
        var inputs = new List<Expr> { State(target.Length) };
        foreach (var parameter in parameters)
        {
            ArgumentNullException.ThrowIfNull(parameter);
            if (parameter.Rank > target.Rank) throw new ShapeException($"{kind.ToString().ToLowerInvariant()}: the parameter {parameter.Describe()} has more axes than the shape {target}.");
            inputs.Add(Broadcasting.To(T.Cast(parameter, DType.Float64), target));
        }
        return new RandomVariate(kind, target).On([.. inputs]);
    }
}
