using System.Collections.Immutable;

namespace DeepSym.Optimizers;

/// <summary>The learning rate as an expression of the number of steps done: it changes without compiling again.</summary>
public abstract record Schedule
{
    /// <summary>The rate after <paramref name="step"/> steps (a float64 scalar) that begins with <paramref name="initial"/>.</summary>
    public abstract Expr Rate(Expr initial, Expr step);

    /// <summary><c>initial · rate^(step/steps)</c>; in stairs, <c>step/steps</c> is rounded down. (Keras: <c>ExponentialDecay</c>.)</summary>
    public static Schedule Exponential(double rate, double steps, bool stairs = false) => new ExponentialSchedule(rate, steps, stairs);

    /// <summary>The i-th value as long as <c>step ≤ boundaries[i]</c>, then the last: one value more than boundaries. (Keras: <c>PiecewiseConstantDecay</c>; the initial rate is not used.)</summary>
    public static Schedule Piecewise(IEnumerable<double> boundaries, IEnumerable<double> values) => new PiecewiseSchedule([.. boundaries], [.. values]);

    /// <summary><c>initial · ((1-alpha)·(1 + cos(π·min(step, steps)/steps))/2 + alpha)</c>. (Keras: <c>CosineDecay</c>.)</summary>
    public static Schedule Cosine(double steps, double alpha = 0) => new CosineSchedule(steps, alpha);

    /// <summary><c>initial / (1 + rate·step/steps)</c>. (Keras: <c>InverseTimeDecay</c>.)</summary>
    public static Schedule InverseTime(double rate, double steps) => new InverseTimeSchedule(rate, steps);

    sealed record ExponentialSchedule(double Factor, double Steps, bool Stairs) : Schedule
    {
        public override Expr Rate(Expr initial, Expr step)
        {
            var time = step / Steps;
            return initial * T.Exp((Stairs ? T.Floor(time) : time) * Math.Log(Factor));
        }
    }

    sealed record PiecewiseSchedule : Schedule
    {
        readonly ImmutableArray<double> _boundaries, _values;

        public PiecewiseSchedule(ImmutableArray<double> boundaries, ImmutableArray<double> values)
        {
            if (values.Length != boundaries.Length + 1) throw new ArgumentException($"A piecewise schedule with {boundaries.Length} boundaries needs {boundaries.Length + 1} values, and got {values.Length}.", nameof(values));
            if (!boundaries.SequenceEqual(boundaries.Order())) throw new ArgumentException("The boundaries of a piecewise schedule must be in increasing order.", nameof(boundaries));
            (_boundaries, _values) = (boundaries, values);
        }

        public override Expr Rate(Expr initial, Expr step)
        {
            Expr rate = _values[^1];
            for (var i = _boundaries.Length - 1; i >= 0; i--) rate = T.Switch(step <= _boundaries[i], _values[i], rate);
            return T.Cast(rate, DType.Float64);
        }
    }

    sealed record CosineSchedule(double Steps, double Alpha) : Schedule
    {
        public override Expr Rate(Expr initial, Expr step) =>
            initial * ((1 - Alpha) * (1 + T.Cos(T.Minimum(step, Steps) * (Math.PI / Steps))) / 2 + Alpha);
    }

    sealed record InverseTimeSchedule(double Factor, double Steps) : Schedule
    {
        public override Expr Rate(Expr initial, Expr step) => initial / (1 + Factor / Steps * step);
    }
}
