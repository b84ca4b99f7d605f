namespace DeepSym.Optimizers;

/// <summary><c>η·r^(i/N)</c>: the rate falls by the factor r in N steps.</summary>
/// <param name="Initial">η.</param>
/// <param name="Factor">r, above 0.</param>
/// <param name="Steps">N, at least 1.</param>
public sealed record ExponentialDecay(double Initial, double Factor, long Steps) : Schedule(Initial)
{
    /// <summary>r.</summary>
    public double Factor { get; } = Positive(Factor);

    /// <summary>N.</summary>
    public long Steps { get; } = AtLeastOne(Steps);

    /// <summary>Whether i/N is rounded down, so that the rate falls in stairs. Default false.</summary>
    public bool Staircase { get; init; }

    /// <inheritdoc/>
    public override Expr At(Expr rate, Expr iteration) => rate * T.Exp(Elapsed(iteration, Steps, Staircase) * Math.Log(Factor));
}

/// <summary><c>η / (1 + r·i/N)</c>.</summary>
/// <param name="Initial">η.</param>
/// <param name="Decay">r, not negative.</param>
/// <param name="Steps">N, at least 1.</param>
public sealed record InverseTimeDecay(double Initial, double Decay, long Steps) : Schedule(Initial)
{
    /// <summary>r.</summary>
    public double Decay { get; } = NotNegative(Decay);

    /// <summary>N.</summary>
    public long Steps { get; } = AtLeastOne(Steps);

    /// <summary>Whether i/N is rounded down, so that the rate falls in stairs. Default false.</summary>
    public bool Staircase { get; init; }

    /// <inheritdoc/>
    public override Expr At(Expr rate, Expr iteration) => rate / (1 + Decay * Elapsed(iteration, Steps, Staircase));
}

/// <summary>
/// <c>η·((1 - α)·(1 + cos(π·i/N))/2 + α)</c>: half a wave from η down to α·η in N steps, and α·η from then on (Loshchilov, Hutter 2017, without
/// restarts).
/// </summary>
/// <param name="Initial">η.</param>
/// <param name="Steps">N, at least 1.</param>
public sealed record CosineDecay(double Initial, long Steps) : Schedule(Initial)
{
    /// <summary>N.</summary>
    public long Steps { get; } = AtLeastOne(Steps);

    /// <summary>α, the part of the rate that is left in the end. Default 0.</summary>
    public double Alpha { get; init => field = NotNegative(value, nameof(Alpha)); }

    /// <summary>Steps before the decay in which the rate rises evenly from 0 to η. Default 0.</summary>
    public long WarmUp { get; init => field = (long)NotNegative(value, nameof(WarmUp)); }

    /// <inheritdoc/>
    public override Expr At(Expr rate, Expr iteration)
    {
        ArgumentNullException.ThrowIfNull(iteration);
        var elapsed = T.Minimum(Elapsed(iteration - WarmUp, Steps, staircase: false), 1);
        var decayed = rate * ((1 - Alpha) * (0.5 * (1 + T.Cos(Math.PI * elapsed))) + Alpha);
        return WarmUp == 0 ? decayed : T.Switch(T.Lt(iteration, WarmUp), rate * Elapsed(iteration, WarmUp, staircase: false), decayed);
    }
}
