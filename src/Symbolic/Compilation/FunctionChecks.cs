namespace DeepSym.Compilation;

/// <summary>What a function demands of its graph when it is compiled, and of its arguments when it is called.</summary>
static class FunctionChecks
{
    /// <summary>The new value in the dtype of its variable; an error that names both when that could lose a value or the rank differs.</summary>
    public static Expr Update(SharedVariable variable, Expr value)
    {
        if (value.Rank != variable.Rank || Promotion.Loses(value, variable.DType))
            throw new CompileException($"The update of shared variable '{variable.Name}' must have its type {variable.Type}, and {value.Describe()} has not. Cast it, or sum or reshape it to that shape.");
        for (var axis = 0; axis < variable.Rank; axis++)   // a size that was left free may change
            if (variable.Shape[axis].IsStatic && (value.Shape[axis] - variable.Shape[axis]) is { IsStatic: true, Constant: not 0 })
                throw new CompileException($"The update of shared variable '{variable.Name}' must have its type {variable.Type}, and {value.Describe()} differs along axis {axis}.");
        return T.Cast(value, variable.DType);
    }

    /// <summary>The roots with expressions replaced.</summary>
    public static List<Expr> Substitute(IReadOnlyList<Expr> roots, IReadOnlyList<(Expr Replaced, Expr By)> givens)
    {
        var map = new Dictionary<Expr, Expr>();
        foreach (var (replaced, by) in givens)
        {
            if (by.Rank != replaced.Rank) throw new CompileException($"givens: {by.Describe()} cannot stand for {replaced.Describe()}: the ranks differ.");
            if (Promotion.Loses(by, replaced.DType)) throw new CompileException($"givens: {by.Describe()} cannot stand for {replaced.Describe()}: a value could be lost. Cast it.");
            if (!map.TryAdd(replaced, T.Cast(by, replaced.DType))) throw new CompileException($"givens: {replaced.Describe()} is replaced twice.");
        }
        return SizeSubstitution.Apply(roots, map);
    }

    /// <summary>Every variable is an input, every input is used once, every updated variable has one update.</summary>
    public static void Graph(Graph graph, CompileOptions options)
    {
        var seen = new HashSet<Leaf>();
        foreach (var input in graph.Inputs)
            if (!seen.Add(input)) throw new CompileException($"Function '{options.Name}': input '{input.Name}' is listed twice.");
        foreach (var updated in graph.Updated)
            if (!seen.Add(updated)) throw new CompileException($"Function '{options.Name}': shared variable '{updated.Name}' has {graph.Updated.Count(u => u == updated)} updates.");
        var used = SizeSubstitution.LeavesWithSizes(graph.Roots);
        foreach (var leaf in used)
            if (leaf is Variable variable && !graph.Inputs.Contains(variable))
                throw new CompileException($"Function '{options.Name}' uses '{variable.Name}' ({variable.Type}), which is no input. Add it to the inputs, or give it a value in givens.");
        if (options.AllowUnusedInputs) return;
        foreach (var input in graph.Inputs)
            if (!used.Contains(input))
                throw new CompileException($"Function '{options.Name}': no output uses input '{input.Name}' ({input.Type}). Remove it, or set CompileOptions.AllowUnusedInputs.");
    }

    /// <summary>The argument in the dtype of its input, when no value can be lost or losing is allowed.</summary>
    public static Tensor Argument(Tensor argument, Variable input, bool allowDowncast)
    {
        ArgumentNullException.ThrowIfNull(argument, input.Name);
        if (argument.Rank != input.Rank)
            throw new ShapeException($"Input '{input.Name}' is {argument.Describe()}; it was declared {input.Type}: it has {argument.Rank} axes and needs {input.Rank}.");
        if (argument.DType == input.DType) return argument;
        if (allowDowncast || input.DType.Holds(argument.DType)) return argument.To(input.DType);
        throw new DTypeException($"Input '{input.Name}' is {argument.Describe()}; it was declared {input.Type}. Convert with .To(DType.{input.DType}), declare it {argument.DType.Name()}, or set CompileOptions.AllowDowncast.");
    }
}
