namespace DeepSym.Optimizers;

/// <summary>
/// A rule of gradient descent: gradient and state in, new value and state out, as expressions. An optimizer is data; its state lives in the
/// <see cref="OptimizerPlan"/> that it makes for a set of parameters.
/// </summary>
public abstract record Optimizer
{
    /// <summary>The name in saved models.</summary>
    public abstract string Name { get; }

    /// <summary>The learning rate. It can be changed between calls without compiling again: see <see cref="OptimizerPlan.LearningRate"/>.</summary>
    public double LearningRate { get; init; } = 0.001;

    /// <summary>How the learning rate changes with the number of steps done; null, the default: it does not.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>What is done to gradients first; null, the default: nothing.</summary>
    public Clipping? Clipping { get; init; }

    /// <summary>Decoupled weight decay (AdamW): each parameter first shrinks by <c>learning rate · WeightDecay</c> of itself; 0 by default.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The updates that make <paramref name="loss"/> smaller.</summary>
    public OptimizerPlan Minimize(Expr loss, IReadOnlyList<SharedVariable> parameters) =>
        Plan(parameters, T.Grad(loss, parameters, Disconnected.Throw));

    /// <summary>The updates for given gradients, one for each parameter.</summary>
    /// <exception cref="ArgumentException">There are not as many gradients as parameters, or an option is out of its range.</exception>
    public OptimizerPlan Plan(IReadOnlyList<SharedVariable> parameters, IReadOnlyList<Expr> gradients)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(gradients);
        if (parameters.Count != gradients.Count) throw new ArgumentException($"{parameters.Count} parameters need as many gradients, and {gradients.Count} were given.", nameof(gradients));
        if (parameters.Count == 0) throw new ArgumentException("An optimizer needs at least one parameter.", nameof(parameters));
        Validate();
        var plan = new OptimizerPlan(this);
        var clipped = Clipping?.Apply(gradients) ?? gradients;
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            var rate = plan.Rate(parameter.DType);
            var start = WeightDecay == 0 ? parameter : parameter - parameter * (rate * WeightDecay);
            plan.Update(parameter, Step(start, T.Cast(clipped[i], parameter.DType), rate, plan.StateOf(parameter)));
        }
        return plan;
    }

    /// <summary>The new value of one parameter.</summary>
    /// <param name="parameter">The value (after weight decay).</param>
    /// <param name="gradient">Its gradient (after clipping).</param>
    /// <param name="rate">The learning rate of this step.</param>
    /// <param name="state">Makes state variables and sets their new values.</param>
    protected abstract Expr Step(Expr parameter, Expr gradient, Expr rate, ParameterState state);

    /// <summary>Checks the options.</summary>
    protected virtual void Validate() => Demand(LearningRate >= 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "0 or more");

    /// <summary>Throws unless an option is in its range.</summary>
    protected void Demand(bool holds, string option, double value, string range)
    {
        if (!holds) throw new ArgumentOutOfRangeException(option, $"{GetType().Name}.{option} is {value}; it must be {range}.");
    }
}
