using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>Pooling of sequences <c>[n, channels, length]</c>: what <see cref="MaxPool1D"/> and <see cref="AveragePool1D"/> have in common.</summary>
public abstract class Pool1D(int size) : PoolLayer
{
    /// <summary>The size of a window.</summary>
    public int Size { get; } = InputChecks.Positive(size, nameof(size));

    /// <summary>The step from one window to the next. Default null: the size of a window, so that they lie side by side.</summary>
    public int? Stride { get; init => field = value is { } stride ? InputChecks.Positive(stride, nameof(Stride)) : null; }

    private protected override (int[] Size, int[] Stride) Window => ([Size], [Stride ?? Size]);
}

/// <summary>The largest element of each window. Default size 2. (Keras: <c>MaxPooling1D</c>; Lasagne: <c>MaxPool1DLayer</c>.)</summary>
[method: JsonConstructor]
public sealed class MaxPool1D(int size) : Pool1D(size)
{
    /// <summary>Windows of 2.</summary>
    public MaxPool1D() : this(2) { }

    private protected override PoolMode Mode => PoolMode.Max;
}

/// <summary>
/// The mean of each window, without padding unless <see cref="CountPadding"/> is set. Default size 2. (Keras: <c>AveragePooling1D</c>; Lasagne:
/// <c>Pool1DLayer</c> with <c>mode='average_exc_pad'</c>.)
/// </summary>
[method: JsonConstructor]
public sealed class AveragePool1D(int size) : Pool1D(size)
{
    /// <summary>Windows of 2.</summary>
    public AveragePool1D() : this(2) { }

    /// <summary>Whether padding counts as zeros (Lasagne's <c>average_inc_pad</c>). Default false.</summary>
    public bool CountPadding { get; init; }

    private protected override PoolMode Mode => Average(CountPadding);
}
