using System.Collections.Immutable;

namespace DeepSym;

/// <summary>Distributions that are drawn from by rejection.</summary>
public enum Variate
{
    /// <summary>Gamma with scale 1; the parameter is its shape α > 0.</summary>
    Gamma,

    /// <summary>Poisson; the parameter is its rate λ ≥ 0.</summary>
    Poisson,

    /// <summary>Binomial; the parameters are the number of trials n ≥ 0 and the probability p.</summary>
    Binomial,
}

/// <summary>
/// Numbers of a distribution, as float64: a pure function of a key and a counter (the first input, int64[2]) and of the parameters (the others, float64, of
/// shape <paramref name="Target"/>). Each element rejects within a Philox sequence of its own, so that none depends on another.
/// </summary>
public sealed record RandomVariate(Variate Kind, Shape Target) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => Kind.ToString().ToLowerInvariant() + "_variate";

    /// <inheritdoc/>
    public override bool CanFail => true;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        foreach (var parameter in inputs[1..])
        {
            if (parameter.DType != DType.Float64 || parameter.Rank != Target.Rank) throw new ShapeException($"{Name}: the parameter {parameter.Describe()} must be float64{Target}.");
            for (var axis = 0; axis < Target.Rank; axis++)
                guards.Equal(Target[axis], parameter.Shape[axis], () => $"{Name}: the parameter {parameter.Describe()} must have shape {Target}.");
        }
        return new TensorType(DType.Float64, Target);
    }

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) =>
        throw new GradientException($"A draw from the {Kind.ToString().ToLowerInvariant()} distribution has no derivative in its parameters. Use T.StopGradient, or a distribution that is a function of uniform or normal numbers.");

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var state = inputs[0].AsSpan<long>();
        var first = inputs[1].AsSpan<double>();
        var second = Kind == Variate.Binomial ? inputs[2].AsSpan<double>() : default;
        var values = output.AsSpan<double>();
        for (var i = 0; i < values.Length; i++)
        {
            var source = new VariateSource((ulong)state[0], (ulong)(state[1] + i));
            values[i] = Kind switch
            {
                Variate.Gamma => first[i] > 0 && double.IsFinite(first[i]) ? source.Gamma(first[i]) : throw Invalid("a shape above 0", first[i]),
                Variate.Poisson => first[i] >= 0 && double.IsFinite(first[i]) ? source.Poisson(first[i]) : throw Invalid("a rate of at least 0", first[i]),
                _ => first[i] < 0 || !double.IsFinite(first[i]) ? throw Invalid("a number of trials of at least 0", first[i])
                    : second[i] is >= 0 and <= 1 ? source.Binomial(first[i], second[i]) : throw Invalid("a probability from 0 to 1", second[i]),
            };
        }
    }

    ArgumentOutOfRangeException Invalid(string needed, double value) => new(null, $"The {Kind.ToString().ToLowerInvariant()} distribution needs {needed}, and got {value}.");

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples
    {
        get
        {
            Expr state = T.Constant(Tensor.From<long>([7, 3], 2)), x = T.Constant(Tensor.From<double>([0.5, 3, 40], 3));
            yield return Kind == Variate.Binomial ? new RandomVariate(Kind, [3]).On(state, x, T.Constant(Tensor.From([0.1, 0.9, 0.5]))) : new RandomVariate(Kind, [3]).On(state, x);
        }
    }

    /// <inheritdoc/>
    protected override string Text => $"{Name}{Target}";
}

/// <summary>The random numbers of one element: a Philox sequence, and what is drawn from it by rejection.</summary>
struct VariateSource(ulong key, ulong counter)
{
    ulong _next;
    double _spare = double.NaN;

    // Uniform in (0, 1): odd multiples of 2⁻⁵⁴.
    double Uniform()
    {
        if (!double.IsNaN(_spare))
        {
            var kept = _spare;
            _spare = double.NaN;
            return kept;
        }
        var (a, b, c, d) = Philox.Words(counter, ++_next, key);   // the upper half counts: that of other draws is 0
        _spare = Unit(c, d);
        return Unit(a, b);
    }

    static double Unit(uint high, uint low) => ((((ulong)high << 32 | low) >> 11) + 0.5) * (1.0 / (1UL << 53));

    double Normal() => Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Marsaglia &amp; Tsang 2000; below 1 by <c>G(α) = G(α + 1) U^(1/α)</c>.</summary>
    public double Gamma(double shape)
    {
        if (shape < 1) return Gamma(shape + 1) * Math.Pow(Uniform(), 1 / shape);
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var v = 1 + c * x;
            if (v <= 0) continue;
            v = v * v * v;
            if (Math.Log(Uniform()) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return d * v;
        }
    }

    /// <summary>By products of uniforms for small rates, by transformed rejection (Hörmann 1993) for others.</summary>
    public double Poisson(double rate)
    {
        if (rate < 10)
        {
            var (limit, product) = (Math.Exp(-rate), Uniform());
            var count = 0;
            for (; product > limit; count++) product *= Uniform();
            return count;
        }
        var b = 0.931 + 2.53 * Math.Sqrt(rate);
        var a = -0.059 + 0.02483 * b;
        var (inverse, ratio) = (1.1239 + 1.1328 / (b - 3.4), 0.9277 - 3.6224 / (b - 2));
        while (true)
        {
            var (u, v) = (Uniform() - 0.5, Uniform());
            var centre = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / centre + b) * u + rate + 0.43);
            if (centre >= 0.07 && v <= ratio) return k;
            if (k < 0 || (centre < 0.013 && v > centre)) continue;
            if (Math.Log(v) + Math.Log(inverse) - Math.Log(a / (centre * centre) + b) <= -rate + k * Math.Log(rate) - GammaNumbers.LogGamma(k + 1)) return k;
        }
    }

    /// <summary>By the gaps between successes where they are few, by transformed rejection (Hörmann 1993) elsewhere.</summary>
    public double Binomial(double trials, double probability)
    {
        trials = Math.Floor(trials);
        if (probability > 0.5) return trials - Binomial(trials, 1 - probability);
        if (probability == 0) return 0;
        if (trials * probability < 10)
        {
            var (count, sum, logOfFailure) = (-1.0, 0.0, Math.Log(1 - probability));
            for (; sum <= trials; count++) sum += Math.Floor(Math.Log(Uniform()) / logOfFailure) + 1;
            return count;
        }
        var deviation = Math.Sqrt(trials * probability * (1 - probability));
        var b = 1.15 + 2.53 * deviation;
        var a = -0.0873 + 0.0248 * b + 0.01 * probability;
        var c = trials * probability + 0.5;
        var (ratio, alpha) = (0.92 - 4.2 / b, (2.83 + 5.1 / b) * deviation);
        var (odds, mode) = (Math.Log(probability / (1 - probability)), Math.Floor((trials + 1) * probability));
        var atMode = GammaNumbers.LogGamma(mode + 1) + GammaNumbers.LogGamma(trials - mode + 1);
        while (true)
        {
            var (u, v) = (Uniform() - 0.5, Uniform());
            var centre = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / centre + b) * u + c);
            if (k < 0 || k > trials) continue;
            if (centre >= 0.07 && v <= ratio) return k;
            if (Math.Log(v * alpha / (a / (centre * centre) + b)) <= atMode - GammaNumbers.LogGamma(k + 1) - GammaNumbers.LogGamma(trials - k + 1) + (k - mode) * odds) return k;
        }
    }
}
