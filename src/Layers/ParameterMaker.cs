namespace DeepSym.Layers;

/// <summary>Makes the parameters of a layer while it is built, in order; each draws its initial values from a source of its own.</summary>
public sealed class ParameterMaker
{
    readonly List<Parameter> _made;
    readonly string _layer;
    readonly long _seed;

    internal ParameterMaker(List<Parameter> made, string layer, DType dtype, long seed) => (_made, _layer, DType, _seed) = (made, layer, dtype, seed);

    /// <summary>The dtype of the parameters.</summary>
    public DType DType { get; }

    /// <summary>A parameter called <c>layer.name</c>.</summary>
    public Parameter Make(string name, ReadOnlySpan<int> shape, Initializer initializer, ParameterTags tags, Regularizer? regularizer = null)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        var value = initializer.Sample(shape, new RandomSource(_seed, _made.Count), DType);
        var parameter = new Parameter(T.Shared(value, $"{_layer}.{name}"), name, tags, regularizer);
        _made.Add(parameter);
        return parameter;
    }

    /// <summary>A trainable and regularizable weight.</summary>
    public Parameter Weight(string name, ReadOnlySpan<int> shape, Initializer initializer, Regularizer? regularizer = null) =>
        Make(name, shape, initializer, ParameterTags.Trainable | ParameterTags.Regularizable, regularizer);

    /// <summary>A trainable bias; null when <paramref name="use"/> is false.</summary>
    public Parameter? Bias(bool use, int size, Initializer initializer) => use ? Make("b", [size], initializer, ParameterTags.Trainable) : null;
}
