namespace DeepSym.Layers;

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
        if (x.Rank < 3) throw new ShapeException($"it pools axes beside the batch and channels, and the input has {x.Rank} in all.");
        var images = Format == DataFormat.ChannelsFirst ? x : x.Transpose(DataFormats.ToFirst(x.Rank));
        return T.GlobalPool(images, TakeMax ? PoolMode.Max : PoolMode.AverageExcludingPadding);
    }
}
