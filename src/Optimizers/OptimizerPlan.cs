namespace DeepSym.Optimizers;

/// <summary>The updates of one optimizer for one set of parameters, with the state that lives between steps.</summary>
public sealed class OptimizerPlan
{
    readonly List<(SharedVariable Variable, Expr Value)> _updates = [];
    readonly List<SharedVariable> _state = [];
    readonly Expr _rate;

    internal OptimizerPlan(Optimizer optimizer)
    {
        Optimizer = optimizer;
        Iteration = T.Shared(Tensor.Scalar(0L), "iteration");
        LearningRate = T.Shared(Tensor.Scalar(optimizer.LearningRate), "learning_rate");
        _state.Add(Iteration);
        _state.Add(LearningRate);
        _updates.Add((Iteration, Iteration + 1));
        _rate = optimizer.Schedule?.Rate(LearningRate, T.Cast(Iteration, DType.Float64)) ?? LearningRate;
    }

    /// <summary>The rule.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The number of steps done, an int64 scalar.</summary>
    public SharedVariable Iteration { get; }

    /// <summary>The learning rate, a float64 scalar; setting it takes effect with the next step.</summary>
    public SharedVariable LearningRate { get; }

    /// <summary>What a training function must update, parameters and state.</summary>
    public IReadOnlyList<(SharedVariable Variable, Expr Value)> Updates => _updates;

    /// <summary>The state in a fixed order: the iteration, the learning rate, then what the rule keeps for each parameter. Saving and restoring it continues training bit for bit.</summary>
    public IReadOnlyList<SharedVariable> State => _state;

    /// <summary>The learning rate of this step in a dtype.</summary>
    internal Expr Rate(DType dtype) => T.Cast(_rate, dtype);

    internal void Update(SharedVariable parameter, Expr value) => _updates.Add((parameter, value));

    internal ParameterState StateOf(SharedVariable parameter) => new(this, parameter);

    internal SharedVariable NewState(SharedVariable parameter, string name, double initial)
    {
        var variable = T.Shared(Tensor.Full(initial, parameter.GetValue().Shape).To(parameter.DType), $"{parameter.Name}.{name}");
        _state.Add(variable);
        return variable;
    }
}

/// <summary>What a rule keeps for one parameter between steps.</summary>
public sealed class ParameterState
{
    readonly OptimizerPlan _plan;
    readonly SharedVariable _parameter;

    internal ParameterState(OptimizerPlan plan, SharedVariable parameter) => (_plan, _parameter) = (plan, parameter);

    /// <summary>The number of this step, from 1, as a float64 scalar.</summary>
    public Expr StepNumber => T.Cast(_plan.Iteration + 1, DType.Float64);

    /// <summary>A state of the parameter's shape: its value before the step. The new one is what <paramref name="next"/> makes of it, and is returned.</summary>
    public Expr Next(string name, Func<Expr, Expr> next, double initial = 0)
    {
        ArgumentNullException.ThrowIfNull(next);
        var variable = _plan.NewState(_parameter, name, initial);
        var value = next(variable);
        _plan.Update(variable, value);
        return value;
    }

    /// <summary>As <see cref="Next"/>, and gives the old value too.</summary>
    public (Expr Old, Expr New) Change(string name, Func<Expr, Expr> next, double initial = 0)
    {
        Expr? old = null;
        var value = Next(name, v => next(old = v), initial);
        return (old!, value);
    }

    /// <summary><c>base^step</c> as a float64 scalar, for corrections of bias.</summary>
    public Expr PowerOfStep(double @base) => T.Exp(StepNumber * Math.Log(@base));

    /// <summary>A float64 scalar in the dtype of the parameter.</summary>
    public Expr AsParameter(Expr scalar) => T.Cast(scalar, _parameter.DType);

    /// <summary>A later state whose value depends on others: reserves the variable and returns it with a setter.</summary>
    public (Expr Old, Action<Expr> Set) Reserve(string name, double initial = 0)
    {
        var variable = _plan.NewState(_parameter, name, initial);
        return (variable, value => _plan.Update(variable, value));
    }
}
