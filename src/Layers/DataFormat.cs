using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>Where images have their channels.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataFormat>))]
public enum DataFormat
{
    /// <summary><c>[n, channels, sizes...]</c>: the default, as in Theano and Lasagne.</summary>
    ChannelsFirst,

    /// <summary><c>[n, sizes..., channels]</c>: Keras's default.</summary>
    ChannelsLast,
}

static class DataFormats
{
    /// <summary>The function of images whose channels come first, whatever the format of what goes in and comes out.</summary>
    public static Expr Apply(this DataFormat format, Expr x, Func<Expr, Expr> function)
    {
        if (format == DataFormat.ChannelsFirst) return function(x);
        var y = function(x.Transpose(ToFirst(x.Rank)));
        return y.Transpose([0, .. Enumerable.Range(2, y.Rank - 2), 1]);
    }

    /// <summary>The type of the images when their channels come first.</summary>
    public static TensorType ChannelsFirst(this DataFormat format, TensorType images) => format == DataFormat.ChannelsFirst
        ? images
        : images with { Shape = Shape.Of(ToFirst(images.Rank).Select(axis => images.Shape[axis])) };

    /// <summary>Demands images with a number of spatial axes.</summary>
    public static void Check(this DataFormat format, TensorType images, int spatial)
    {
        var sizes = spatial switch { 1 => "length", 2 => "height, width", _ => "depth, height, width" };
        images.Rank(spatial + 2, format == DataFormat.ChannelsFirst ? $"images [n, channels, {sizes}]" : $"images [n, {sizes}, channels]");
    }

    /// <summary>The axes of images whose channels come last, in the order in which they come first.</summary>
    public static int[] ToFirst(int rank) => [0, rank - 1, .. Enumerable.Range(1, rank - 2)];
}
