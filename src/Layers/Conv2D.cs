using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// <c>activation(x * W + b)</c> with filters <c>W [filters, channels / groups, height, width]</c>: <c>[n, channels, h, w]</c> becomes <c>[n, filters, h', w']</c>.
/// Filters are read forwards, as in Keras; <see cref="FlipFilters"/> reads them backwards, as Theano and Lasagne do by default.
/// </summary>
public sealed class Conv2D(int filters, Size2D size, Activation? activation = null) : Layer
{
    /// <summary>The number of filters: channels of the output.</summary>
    public int Filters { get; } = InputChecks.Positive(filters, nameof(filters));

    /// <summary>The size of a filter.</summary>
    public Size2D Size { get; } = size.Positive(nameof(size));

    /// <summary>The function of the output. Default linear, as in Keras (Lasagne: rectify).</summary>
    public Activation Activation { get; } = activation ?? Activation.Linear;

    /// <summary>The zeros around images. Default none.</summary>
    [JsonConverter(typeof(PaddingConverter))]
    public Padding Padding { get; init; } = Padding.Valid;

    /// <summary>The steps from one position to the next. Default 1.</summary>
    public Size2D Stride { get; init => field = value.Positive(nameof(Stride)); } = 1;

    /// <summary>The distances between the elements of a filter. Default 1.</summary>
    public Size2D Dilation { get; init => field = value.Positive(nameof(Dilation)); } = 1;

    /// <summary>The number of groups into which channels and filters are divided. Default 1.</summary>
    public int Groups { get; init => field = InputChecks.Positive(value, nameof(Groups)); } = 1;

    /// <summary>Whether filters are read backwards, as in Theano's <c>conv2d</c>. Default false.</summary>
    public bool FlipFilters { get; init; }

    /// <summary>Where images have their channels. Default first.</summary>
    public DataFormat Format { get; init; }

    /// <summary>Whether there is a bias for each filter. Default true.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>How the filters begin. Default <see cref="Initializer.GlorotUniform"/>.</summary>
    public Initializer WeightInitializer { get; init; } = Initializer.GlorotUniform;

    /// <summary>How the bias begins. Default 0.</summary>
    public Initializer BiasInitializer { get; init; } = 0;

    /// <summary>The penalty on the filters. Default none.</summary>
    public Regularizer? WeightRegularizer { get; init; }

    /// <summary>The filters <c>W</c>; null before the layer is built.</summary>
    [JsonIgnore]
    public Parameter? Weight { get; private set; }

    /// <summary>The bias <c>b [filters]</c>; null before the layer is built, or when there is none.</summary>
    [JsonIgnore]
    public Parameter? Bias { get; private set; }

    /// <inheritdoc/>
    protected override void Create(TensorType input, ParameterMaker make)
    {
        input.Rank(4, Format.Describe());
        var channels = input.Known(Format.ChannelAxis());
        if (channels % Groups != 0 || Filters % Groups != 0)
            throw new ShapeException($"{channels} channels and {Filters} filters cannot be divided into {Groups} groups.");
        Weight = make.Weight("W", [Filters, channels / Groups, Size.Height, Size.Width], WeightInitializer, WeightRegularizer);
        Bias = make.Bias(UseBias, Filters, BiasInitializer);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        x.Type.Rank(4, Format.Describe());
        return Format.Apply(x, images =>
        {
            var y = T.Conv2D(images, Weight!, Padding, Stride.Axes, Dilation.Axes, Groups, FlipFilters);
            return Activation.Apply(Bias is null ? y : y + T.Reshape(Bias, 1, Filters, 1, 1));
        });
    }
}
