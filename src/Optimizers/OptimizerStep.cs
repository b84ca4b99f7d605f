namespace DeepSym.Optimizers;

/// <summary>
/// One step of an optimizer, ready for <see cref="Function"/>: the updates, and the variables that hold its state between calls. Saving
/// <see cref="State"/> beside the parameters, and setting it again, resumes a training bit for bit.
/// </summary>
public sealed class OptimizerStep
{
    readonly List<(SharedVariable Variable, Expr Value)> _updates = [];
    readonly List<SharedVariable> _state;

    OptimizerStep(Schedule schedule)
    {
        Iteration = T.Shared(Tensor.Scalar(0L), "iteration");
        LearningRate = T.Shared(Tensor.Scalar(schedule.Initial), "learning_rate");
        Rate = schedule.At(LearningRate, Iteration);
        _state = [Iteration, LearningRate];
    }

    /// <summary>The new values of parameters and state, for <see cref="Function"/>.</summary>
    public IReadOnlyList<(SharedVariable Variable, Expr Value)> Updates => _updates;

    /// <summary>
    /// Everything that lasts from step to step, in an order that depends only on the rule and the parameters: the iteration, the learning rate,
    /// then for each parameter its slots, named <c>parameter.slot</c>. Names are unique.
    /// </summary>
    public IReadOnlyList<SharedVariable> State => _state;

    /// <summary>The number of steps made: an int64 scalar, counted up by the updates.</summary>
    public SharedVariable Iteration { get; }

    /// <summary>
    /// The learning rate at the start of the schedule: a float64 scalar. Writing it takes effect at the next call, without compiling anything; it
    /// scales what is left of a schedule.
    /// </summary>
    public SharedVariable LearningRate { get; }

    /// <summary>The learning rate of this step: that of the schedule at <see cref="Iteration"/>, a float64 scalar.</summary>
    public Expr Rate { get; }

    /// <summary>A copy of the values of <see cref="State"/>, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> GetState() => _state.ToDictionary(variable => variable.Name, variable => variable.GetValue());

    /// <summary>Sets every variable of <see cref="State"/> to the value of its name.</summary>
    /// <exception cref="ArgumentException">A value is missing, there is one too many, or one does not fit; nothing has then been changed.</exception>
    public void SetState(IReadOnlyDictionary<string, Tensor> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var names = _state.Select(variable => variable.Name).ToHashSet();
        if (names.FirstOrDefault(name => !values.ContainsKey(name)) is { } missing)
            throw new ArgumentException($"The state of the optimizer has no value for '{missing}': it is that of another optimizer or model.", nameof(values));
        if (values.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw new ArgumentException($"The state of the optimizer has a value for '{unknown}', which this one does not have: it is that of another optimizer or model.", nameof(values));
        foreach (var variable in _state)
            if (values[variable.Name] is var value && (value.DType != variable.DType || !Fits(variable, value)))
                throw new ArgumentException($"The state '{variable.Name}' of the optimizer is {variable.Type}, and the value given is {value.Describe()}.", nameof(values));
        foreach (var variable in _state) variable.SetValue(values[variable.Name]);
    }

    internal static OptimizerStep Of(Optimizer rule, IReadOnlyList<Expr> gradients, IReadOnlyList<SharedVariable> parameters)
    {
        var step = new OptimizerStep(rule.LearningRate);
        var clock = new Clock(step.Rate, T.Cast(step.Iteration + 1, DType.Float64));
        if (rule.Clipping is { } clipping) gradients = clipping.Clip(gradients);
        for (var i = 0; i < parameters.Count; i++) step.Add(rule, parameters[i], gradients[i], clock);
        step._updates.Add((step.Iteration, step.Iteration + 1));
        return step;
    }

    void Add(Optimizer rule, SharedVariable parameter, Expr gradient, Clock clock)
    {
        var shape = parameter.GetValue().Shape.ToArray();
        var slots = rule.Slots.Select(slot =>
        {
            var variable = T.Shared(Tensor.Full(slot.Initial, shape).To(parameter.DType), Unique($"{parameter.Name}.{slot.Name}"));
            _state.Add(variable);
            return variable;
        }).ToArray();
        var next = rule.Update(parameter, gradient, slots, clock);
        if (next.State.Count != slots.Length)
            throw new InvalidOperationException($"{rule.GetType().Name} has {slots.Length} slots, and its update gives {next.State.Count} new values for them.");
        _updates.Add((parameter, next.Value));
        for (var i = 0; i < slots.Length; i++) _updates.Add((slots[i], next.State[i]));
    }

    // Parameters may share a name.
    string Unique(string name)
    {
        var (unique, count) = (name, 1);
        while (_state.Any(variable => variable.Name == unique)) unique = $"{name}#{++count}";
        return unique;
    }

    static bool Fits(SharedVariable variable, Tensor value)
    {
        var fits = value.Rank == variable.Rank;
        for (var axis = 0; fits && axis < value.Rank; axis++) fits = variable.Shape[axis].Constant == value.Shape[axis];
        return fits;
    }
}
