namespace DeepSym.Optimizers;

/// <summary>What a step demands of parameters and gradients.</summary>
static class StepChecks
{
    /// <summary>The gradients in the dtypes of their parameters.</summary>
    public static Expr[] Gradients(IReadOnlyList<Expr> gradients, IReadOnlyList<SharedVariable> parameters)
    {
        if (parameters.Count == 0) throw new ArgumentException("There is no parameter to update.", nameof(parameters));
        if (gradients.Count != parameters.Count)
            throw new ArgumentException($"{parameters.Count} parameters need as many gradients, and {gradients.Count} were given.", nameof(gradients));
        if (parameters.GroupBy(p => p).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Parameter '{twice.Key.Name}' is given twice.", nameof(parameters));
        return [.. gradients.Zip(parameters, Gradient)];
    }

    static Expr Gradient(Expr gradient, SharedVariable parameter)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        if (!parameter.DType.IsFloating())
            throw new DTypeException($"Parameter '{parameter.Name}' is {parameter.Type}: only floating parameters have a gradient. Leave it out of the parameters.");
        if (!gradient.DType.IsFloating())
            throw new DTypeException($"The gradient of parameter '{parameter.Name}' is {gradient.Type}, and must be floating. Cast it.");
        var fits = gradient.Rank == parameter.Rank;
        for (var axis = 0; fits && axis < parameter.Rank; axis++)
            fits = (gradient.Shape[axis] - parameter.Shape[axis]) is not { IsStatic: true, Constant: not 0 };
        if (!fits)
            throw new ShapeException($"The gradient of parameter '{parameter.Name}' is {gradient.Type}; it must have the shape of the parameter, which is {parameter.Type}.");
        return T.Cast(gradient, parameter.DType);
    }
}
