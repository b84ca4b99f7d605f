using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>Where images have their channels.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataFormat>))]
public enum DataFormat
{
    /// <summary><c>[n, channels, height, width]</c>: the default, as in Theano and Lasagne.</summary>
    ChannelsFirst,

    /// <summary><c>[n, height, width, channels]</c>: Keras's default.</summary>
    ChannelsLast,
}

static class DataFormats
{
    /// <summary>The function of images whose channels come first, whatever the format of what goes in and comes out.</summary>
    public static Expr Apply(this DataFormat format, Expr x, Func<Expr, Expr> function) =>
        format == DataFormat.ChannelsFirst ? function(x) : function(x.Transpose(0, 3, 1, 2)).Transpose(0, 2, 3, 1);

    public static int ChannelAxis(this DataFormat format) => format == DataFormat.ChannelsFirst ? 1 : 3;

    public static string Describe(this DataFormat format) => format == DataFormat.ChannelsFirst ? "images [n, channels, height, width]" : "images [n, height, width, channels]";
}
