using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>Windows that slide over images: what <see cref="MaxPool2D"/> and <see cref="AveragePool2D"/> have in common.</summary>
public abstract class Pool2D(Size2D size) : Layer
{
    /// <summary>The size of a window.</summary>
    public Size2D Size { get; } = size.Positive(nameof(size));

    /// <summary>The steps from one window to the next. Default null: the size of a window, so that they lie side by side.</summary>
    public Size2D? Stride { get; init => field = value?.Positive(nameof(Stride)); }

    /// <summary>What is put around images; it never counts. Default none.</summary>
    [JsonConverter(typeof(PaddingConverter))]
    public Padding Padding { get; init; } = Padding.Valid;

    /// <summary>Whether a last window that does not fit is left out, and not cut. Default true, as in Lasagne and Keras.</summary>
    public bool IgnoreBorder { get; init; } = true;

    /// <summary>Where images have their channels. Default first.</summary>
    public DataFormat Format { get; init; }

    private protected abstract PoolMode Mode { get; }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        ArgumentNullException.ThrowIfNull(x);
        x.Type.Rank(4, Format.Describe());
        return Format.Apply(x, images => T.Pool2D(images, Size.Axes, (Stride ?? Size).Axes, Padding, IgnoreBorder, Mode));
    }
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

    private protected override PoolMode Mode => CountPadding ? PoolMode.AverageIncludingPadding : PoolMode.AverageExcludingPadding;
}

/// <summary>One number for each channel: <c>[n, channels, ...]</c> becomes <c>[n, channels]</c>. Default the mean. (Keras: <c>GlobalAveragePooling2D</c>.)</summary>
public sealed class GlobalPool : Layer
{
    /// <summary>Whether the largest element is taken, and not the mean. Default false.</summary>
    public bool TakeMax { get; init; }

    /// <summary>Where images have their channels. Default first.</summary>
    public DataFormat Format { get; init; }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        var rank = x.Rank;
        if (rank < 3) throw new ShapeException($"it pools axes after the batch and channels, and the input has {rank} in all.");
        if (Format == DataFormat.ChannelsLast) x = x.Transpose([0, rank - 1, .. Enumerable.Range(1, rank - 2)]);
        return T.GlobalPool(x, TakeMax ? PoolMode.Max : PoolMode.AverageExcludingPadding);
    }
}
