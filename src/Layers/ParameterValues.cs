namespace DeepSym.Layers;

/// <summary>Values of many parameters at once.</summary>
public static class ParameterValues
{
    /// <summary>The number of elements in all parameters that have the tags; in all, by default.</summary>
    public static long CountElements(this IEnumerable<Parameter> parameters, ParameterTags tags = ParameterTags.None) =>
        parameters.Distinct().Where(p => p.Has(tags)).Sum(p => p.Count);

    /// <summary>Copies of the values, by name.</summary>
    /// <exception cref="ArgumentException">Two parameters have one name.</exception>
    public static IReadOnlyDictionary<string, Tensor> GetValues(this IEnumerable<Parameter> parameters)
    {
        var values = new Dictionary<string, Tensor>();
        foreach (var parameter in parameters.Distinct())
            if (!values.TryAdd(parameter.Name, parameter.Variable.GetValue()))
                throw new ArgumentException($"Two parameters are called '{parameter.Name}'. Name their layers, for example with Layer.NameAll.", nameof(parameters));
        return values;
    }

    /// <summary>Sets every parameter to the value of its name, converted to its dtype.</summary>
    /// <exception cref="ArgumentException">A value is missing, there is one too many, or one has another shape; nothing has then been changed.</exception>
    public static void SetValues(this IEnumerable<Parameter> parameters, IReadOnlyDictionary<string, Tensor> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var all = parameters.Distinct().ToList();
        foreach (var parameter in all)
        {
            if (!values.TryGetValue(parameter.Name, out var value))
                throw new ArgumentException($"There is no value for parameter '{parameter.Name}'.", nameof(values));
            if (!value.Shape.SequenceEqual(parameter.Variable.Shape.Select(size => (int)size.Constant).ToArray()))
                throw new ArgumentException($"Parameter {parameter} cannot be set to {value.Describe()}: the shapes differ.", nameof(values));
        }
        if (values.Keys.Except(all.Select(p => p.Name)).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"There is a value for '{unknown}', and no such parameter.", nameof(values));
        foreach (var parameter in all) parameter.Variable.SetValue(values[parameter.Name].To(parameter.Variable.DType));
    }
}
