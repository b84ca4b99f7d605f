using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>Pooling of images <c>[n, channels, depth, height, width]</c>: what <see cref="MaxPool3D"/> and <see cref="AveragePool3D"/> have in common.</summary>
public abstract class Pool3D(Size3D size) : PoolLayer
{
    /// <summary>The size of a window.</summary>
    public Size3D Size { get; } = size.Positive(nameof(size));

    /// <summary>The steps from one window to the next. Default null: the size of a window, so that they lie side by side.</summary>
    public Size3D? Stride { get; init => field = value?.Positive(nameof(Stride)); }

    private protected override (int[] Size, int[] Stride) Window => (Size.Axes, (Stride ?? Size).Axes);
}

/// <summary>The largest element of each window. Default size 2. (Keras: <c>MaxPooling3D</c>; Lasagne: <c>MaxPool3DLayer</c>.)</summary>
[method: JsonConstructor]
public sealed class MaxPool3D(Size3D size) : Pool3D(size)
{
    /// <summary>Windows of 2 by 2 by 2.</summary>
    public MaxPool3D() : this(2) { }

    private protected override PoolMode Mode => PoolMode.Max;
}

/// <summary>
/// The mean of each window, without padding unless <see cref="CountPadding"/> is set. Default size 2. (Keras: <c>AveragePooling3D</c>; Lasagne:
/// <c>Pool3DLayer</c> with <c>mode='average_exc_pad'</c>.)
/// </summary>
[method: JsonConstructor]
public sealed class AveragePool3D(Size3D size) : Pool3D(size)
{
    /// <summary>Windows of 2 by 2 by 2.</summary>
    public AveragePool3D() : this(2) { }

    /// <summary>Whether padding counts as zeros (Lasagne's <c>average_inc_pad</c>). Default false.</summary>
    public bool CountPadding { get; init; }

    private protected override PoolMode Mode => Average(CountPadding);
}
