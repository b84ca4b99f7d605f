using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace DeepSym.Optimizers;

/// <summary>
/// A rule of gradient descent: an immutable record of its constants and one method, <see cref="Update"/>, from a gradient and the state to a new
/// value and a new state. Everything is an expression: anyone can derive a rule.
/// </summary>
[JsonDerivedType(typeof(SGD), "sgd")]
[JsonDerivedType(typeof(Momentum), "momentum")]
[JsonDerivedType(typeof(Nesterov), "nesterov")]
[JsonDerivedType(typeof(AppliedMomentum), "applied_momentum")]
[JsonDerivedType(typeof(Adagrad), "adagrad")]
[JsonDerivedType(typeof(RMSprop), "rmsprop")]
[JsonDerivedType(typeof(Adadelta), "adadelta")]
[JsonDerivedType(typeof(Adam), "adam")]
[JsonDerivedType(typeof(AMSGrad), "amsgrad")]
[JsonDerivedType(typeof(Adamax), "adamax")]
public abstract record Optimizer
{
    /// <summary>A rule whose learning rate, unless it is set, is <paramref name="learningRate"/>.</summary>
    protected Optimizer(Schedule learningRate) => LearningRate = learningRate;

    /// <summary>The learning rate: a number, or a <see cref="Schedule"/>.</summary>
    public Schedule LearningRate
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(LearningRate));
            field = value;
        }
    }

    /// <summary>What is done to the gradients before the rule sees them. Default nothing.</summary>
    public Clipping? Clipping { get; init; }

    /// <summary>What the rule remembers of each parameter, in order.</summary>
    protected internal abstract IReadOnlyList<Slot> Slots { get; }

    /// <summary>
    /// The new value of a parameter and of its slots, given the old ones and the gradient; all have the parameter's type.
    /// </summary>
    public abstract Next Update(Expr value, Expr gradient, IReadOnlyList<Expr> state, Clock clock);

    /// <summary>One step down the gradient of <paramref name="loss"/>.</summary>
    /// <exception cref="GradientException">The loss is no floating scalar, or it does not use a parameter.</exception>
    /// <exception cref="ArgumentException">There is no parameter, or one is given twice.</exception>
    public OptimizerStep Minimize(Expr loss, IReadOnlyList<SharedVariable> parameters)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(parameters);
        return Step(T.Grad(loss, parameters, Disconnected.Throw), parameters);
    }

    /// <summary>One step along gradients that the caller has.</summary>
    /// <exception cref="ArgumentException">There is no parameter, one is given twice, or there is not one gradient for each.</exception>
    /// <exception cref="DTypeException">A parameter or gradient is not floating.</exception>
    /// <exception cref="ShapeException">A gradient does not have the shape of its parameter.</exception>
    public OptimizerStep Step(IReadOnlyList<Expr> gradients, IReadOnlyList<SharedVariable> parameters)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        ArgumentNullException.ThrowIfNull(parameters);
        return OptimizerStep.Of(this, StepChecks.Gradients(gradients, parameters), parameters);
    }

    /// <summary>A constant of a rule that must lie in [0, 1), such as a rate of decay.</summary>
    protected static double Fraction(double value, [CallerMemberName] string name = "") => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and below 1.");

    /// <summary>A constant of a rule that must be finite and not negative.</summary>
    protected static double NotNegative(double value, [CallerMemberName] string name = "") => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and not negative.");
}

/// <summary>What a rule remembers of each parameter: an array of the parameter's type, filled with <paramref name="Initial"/> at first.</summary>
public sealed record Slot(string Name, double Initial = 0);

/// <summary>What a rule gives back: the new value of the parameter, and of its slots in their order.</summary>
public sealed record Next(Expr Value, params IReadOnlyList<Expr> State);

/// <summary>The scalars that all parameters share, in float64: the learning rate of this step, and the number of the step, counted from 1.</summary>
public sealed record Clock(Expr Rate, Expr Time)
{
    /// <summary>The learning rate in the dtype of <paramref name="like"/>.</summary>
    public Expr RateFor(Expr like)
    {
        ArgumentNullException.ThrowIfNull(like);
        return T.Cast(Rate, like.DType);
    }
}
