namespace DeepSym.Layers;

/// <summary>A value that a layer owns: a shared variable with a meaning.</summary>
public sealed class Parameter
{
    internal Parameter(SharedVariable variable, string shortName, ParameterTags tags, Regularizer? regularizer) =>
        (Variable, ShortName, Tags, Regularizer) = (variable, shortName, tags, regularizer);

    /// <summary>The value between calls.</summary>
    public SharedVariable Variable { get; }

    /// <summary>The name with that of the layer, such as <c>dense_1.W</c>.</summary>
    public string Name => Variable.Name;

    /// <summary>The name within the layer, such as <c>W</c>.</summary>
    public string ShortName { get; }

    /// <summary>What the parameter is for.</summary>
    public ParameterTags Tags { get; }

    /// <summary>The penalty that the layer's <see cref="Layer.Penalty"/> puts on it; null: none.</summary>
    public Regularizer? Regularizer { get; }

    /// <summary>The number of elements.</summary>
    public long Count => Variable.Shape.Length.Constant;

    /// <summary>Whether the parameter has all of these tags.</summary>
    public bool Has(ParameterTags tags) => (Tags & tags) == tags;

    /// <summary>The variable, as an expression.</summary>
    public static implicit operator Expr(Parameter parameter) => (parameter ?? throw new ArgumentNullException(nameof(parameter))).Variable;

    /// <summary>The name and the type.</summary>
    public override string ToString() => $"{Name}: {Variable.Type}";
}

/// <summary>What a parameter is for.</summary>
[Flags]
public enum ParameterTags
{
    /// <summary>Nothing of the following.</summary>
    None = 0,

    /// <summary>Optimizers change it.</summary>
    Trainable = 1,

    /// <summary>Penalties apply to it: weights, not biases.</summary>
    Regularizable = 2,

    /// <summary>A running statistic, which training updates without a gradient.</summary>
    Statistic = 4,
}
