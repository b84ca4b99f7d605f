using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>Pooling of images <c>[n, channels, height, width]</c>: what <see cref="MaxPool2D"/> and <see cref="AveragePool2D"/> have in common.</summary>
public abstract class Pool2D(Size2D size) : PoolLayer
{
    /// <summary>The size of a window.</summary>
    public Size2D Size { get; } = size.Positive(nameof(size));

    /// <summary>The steps from one window to the next. Default null: the size of a window, so that they lie side by side.</summary>
    public Size2D? Stride { get; init => field = value?.Positive(nameof(Stride)); }

    private protected override (int[] Size, int[] Stride) Window => (Size.Axes, (Stride ?? Size).Axes);
}

/// <summary>The largest element of each window. Default size 2. (Keras: <c>MaxPooling2D</c>; Lasagne: <c>MaxPool2DLayer</c>.)</summary>
[method: JsonConstructor]
public sealed class MaxPool2D(Size2D size) : Pool2D(size)
{
    /// <summary>Windows of 2 by 2.</summary>
    public MaxPool2D() : this(2) { }

    private protected override PoolMode Mode => PoolMode.Max;
}

/// <summary>
/// The mean of each window, without padding unless <see cref="CountPadding"/> is set. Default size 2. (Keras: <c>AveragePooling2D</c>; Lasagne:
/// <c>Pool2DLayer</c> with <c>mode='average_exc_pad'</c>.)
/// </summary>
[method: JsonConstructor]
public sealed class AveragePool2D(Size2D size) : Pool2D(size)
{
    /// <summary>Windows of 2 by 2.</summary>
    public AveragePool2D() : this(2) { }

    /// <summary>Whether padding counts as zeros (Lasagne's <c>average_inc_pad</c>). Default false.</summary>
    public bool CountPadding { get; init; }

    private protected override PoolMode Mode => Average(CountPadding);
}
