using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// A learned vector for each of some numbers: <c>[n, ...]</c>, whole numbers from 0 to count - 1, becomes <c>[n, ..., size]</c>, rows of <c>W [count, size]</c>. A number
/// out of range is an error of the call.
/// </summary>
public sealed class Embedding(int count, int size) : Layer
{
    /// <summary>How many numbers there are.</summary>
    public int Count { get; } = InputChecks.Positive(count, nameof(count));

    /// <summary>The length of a vector.</summary>
    public int Size { get; } = InputChecks.Positive(size, nameof(size));

    /// <summary>How the vectors begin. Default uniform in ±0.05, as in Keras (Lasagne: normal with deviation 0.01).</summary>
    public Initializer WeightInitializer { get; init; } = Initializer.Uniform();

    /// <summary>The penalty on the vectors. Default none.</summary>
    public Regularizer? WeightRegularizer { get; init; }

    /// <summary>The vectors <c>W [count, size]</c>; null before the layer is built.</summary>
    [JsonIgnore]
    public Parameter? Weight { get; private set; }

    /// <inheritdoc/>
    protected override void Create(TensorType input, ParameterMaker make) =>
        Weight = make.Weight("W", [Count, Size], WeightInitializer, WeightRegularizer);

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) => x.DType.IsInteger()
        ? T.Take(Weight!, x)
        : throw new DTypeException($"it takes whole numbers, and these are {x.DType.Name()}. Declare the input with an integer dtype; for a model: DType = DType.Int64.");
}
