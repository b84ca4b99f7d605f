using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// Filters that slide over images: what the layers of convolutions have in common. Filters are read forwards, as in Keras; <see cref="FlipFilters"/> reads
/// them backwards, as Theano and Lasagne do by default.
/// </summary>
public abstract class ConvLayer(int filters, Activation? activation) : Layer
{
    /// <summary>The number of filters: channels of the output.</summary>
    public int Filters { get; } = InputChecks.Positive(filters, nameof(filters));

    /// <summary>The function of the output. Default linear, as in Keras (Lasagne: rectify).</summary>
    public Activation Activation { get; } = activation ?? Activation.Linear;

    /// <summary>The zeros around images. Default none.</summary>
    [JsonConverter(typeof(PaddingConverter))]
    public Padding Padding { get; init; } = Padding.Valid;

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

    // The size of a filter along each spatial axis.
    private protected abstract int[] Window { get; }

    // The shape of all filters for images [n, channels, sizes...], whose sizes may be unknown.
    private protected abstract int[] WeightShape(TensorType images, int channels);

    private protected abstract Expr Convolve(Expr images, Expr filters);

    /// <inheritdoc/>
    protected override void Create(TensorType input, ParameterMaker make)
    {
        Format.Check(input, Window.Length);
        var images = Format.ChannelsFirst(input);
        Weight = make.Weight("W", WeightShape(images, images.Known(1)), WeightInitializer, WeightRegularizer);
        Bias = make.Bias(UseBias, Filters, BiasInitializer);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        ArgumentNullException.ThrowIfNull(x);
        Format.Check(x.Type, Window.Length);
        int[] perFilter = [1, Filters, .. Window.Select(_ => 1)];
        var y = Format.Apply(x, images =>
        {
            var convolved = Convolve(images, Weight!);
            return Bias is null ? convolved : convolved + T.Reshape(Bias, Shape.Of(perFilter));
        });
        return Activation.Apply(y);
    }

    // The shape of filters each of which sees the channels of its group.
    private protected int[] Grouped(int channels, int groups) => channels % groups == 0 && Filters % groups == 0
        ? [Filters, channels / groups, .. Window]
        : throw new ShapeException($"{channels} channels and {Filters} filters cannot be divided into {groups} groups.");
}
