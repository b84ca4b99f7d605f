using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>Windows that slide over images, each of which becomes one number: what the layers of pooling have in common.</summary>
public abstract class PoolLayer : Layer
{
    /// <summary>What is put around images; it never counts. Default none.</summary>
    [JsonConverter(typeof(PaddingConverter))]
    public Padding Padding { get; init; } = Padding.Valid;

    /// <summary>Whether a last window that does not fit is left out, and not cut. Default true, as in Lasagne and Keras.</summary>
    public bool IgnoreBorder { get; init; } = true;

    /// <summary>Where images have their channels. Default first.</summary>
    public DataFormat Format { get; init; }

    private protected abstract PoolMode Mode { get; }

    // The size of a window along each spatial axis, and the steps.
    private protected abstract (int[] Size, int[] Stride) Window { get; }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (size, stride) = Window;
        Format.Check(x.Type, size.Length);
        return Format.Apply(x, images => size.Length switch
        {
            1 => T.Pool1D(images, size[0], stride[0], Padding, IgnoreBorder, Mode),
            2 => T.Pool2D(images, size, stride, Padding, IgnoreBorder, Mode),
            _ => T.Pool3D(images, size, stride, Padding, IgnoreBorder, Mode),
        });
    }

    private protected static PoolMode Average(bool countPadding) => countPadding ? PoolMode.AverageIncludingPadding : PoolMode.AverageExcludingPadding;
}
