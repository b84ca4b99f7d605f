using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace DeepSym.Optimizers;

/// <summary>
/// A learning rate as a function of the iteration. A number is one: <c>LearningRate = 0.01</c>. The rate at the start lives in a shared variable and
/// may be written while training; a schedule scales it.
/// </summary>
[JsonDerivedType(typeof(ConstantRate), "constant")]
[JsonDerivedType(typeof(ExponentialDecay), "exponential")]
[JsonDerivedType(typeof(InverseTimeDecay), "inverse_time")]
[JsonDerivedType(typeof(CosineDecay), "cosine")]
[JsonDerivedType(typeof(PiecewiseConstant), "piecewise")]
public abstract record Schedule
{
    /// <summary>A schedule that starts at <paramref name="initial"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative or not finite.</exception>
    protected Schedule(double initial) => Initial = NotNegative(initial, nameof(Initial));

    /// <summary>The rate at the start; for a schedule that warms up, the rate after that.</summary>
    public double Initial { get; }

    /// <summary>
    /// The rate at an iteration, a float64 scalar; <paramref name="rate"/> is the rate at the start, <paramref name="iteration"/> an integer that is 0 in
    /// the first step.
    /// </summary>
    public abstract Expr At(Expr rate, Expr iteration);

    /// <summary>A rate that does not change.</summary>
    public static implicit operator Schedule(double rate) => new ConstantRate(rate);

    /// <summary>A number of a schedule that must be finite and not negative.</summary>
    protected static double NotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "") => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} of a learning rate must be finite and not negative.");

    /// <summary>A number of a schedule that must be finite and above 0.</summary>
    protected static double Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "") => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} of a learning rate must be finite and above 0.");

    /// <summary>A number of steps, which must be at least 1.</summary>
    protected static long AtLeastOne(long value, [CallerArgumentExpression(nameof(value))] string name = "") => value >= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} of a learning rate must be at least 1.");

    // Iterations in units of a number of steps: a fraction, or its whole part when the rate goes down in stairs.
    private protected static Expr Elapsed(Expr iteration, long steps, bool staircase) => staircase
        ? T.Cast(T.FloorDivide(iteration, steps), DType.Float64)
        : T.Cast(iteration, DType.Float64) / steps;
}

/// <summary>A rate that does not change.</summary>
public sealed record ConstantRate(double Initial) : Schedule(Initial)
{
    /// <inheritdoc/>
    public override Expr At(Expr rate, Expr iteration) => rate;
}
