namespace DeepSym.Layers;

/// <summary>How images are laid out.</summary>
public enum DataFormat
{
    /// <summary><c>[samples, channels, height, width]</c>: the default.</summary>
    ChannelsFirst,

    /// <summary><c>[samples, height, width, channels]</c>: Keras's default.</summary>
    ChannelsLast,
}

/// <summary>
/// A convolution with learned filters <c>[filters, channels/groups, height, width]</c>: <c>activation(x * W + b)</c>. Filters are correlated, as in Keras;
/// <see cref="FlipFilters"/> makes it a convolution as in Lasagne and Theano.
/// </summary>
public sealed class Conv2D(int filters, (int Height, int Width) size, Activation? activation = null) : Layer
{
    Parameter? _weights, _bias;

    /// <summary>A convolution with square filters.</summary>
    public Conv2D(int filters, int size, Activation? activation = null) : this(filters, (size, size), activation) { }

    /// <summary>The number of filters: channels of the output.</summary>
    public int Filters { get; } = filters > 0 ? filters : throw new ArgumentOutOfRangeException(nameof(filters), $"A convolution with {filters} filters: there must be at least one.");

    /// <summary>The height and width of a filter.</summary>
    public (int Height, int Width) Size { get; } = size is { Height: > 0, Width: > 0 } ? size : throw new ArgumentOutOfRangeException(nameof(size), $"Filters of size {size}: height and width must be positive.");

    /// <summary>The function of the output; linear by default, as in Keras (Lasagne: rectify).</summary>
    public Activation Activation { get; } = activation ?? Activation.Linear;

    /// <summary>The zeros around the images; none by default.</summary>
    public Padding Padding { get; init; } = Padding.Valid;

    /// <summary>The steps between positions; 1 by default.</summary>
    public (int Height, int Width) Stride { get; init; } = (1, 1);

    /// <summary>The distance between the taps of a filter; 1 by default.</summary>
    public (int Height, int Width) Dilation { get; init; } = (1, 1);

    /// <summary>Into how many groups channels and filters are divided; 1 by default.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether filters are rotated by half a turn (Theano's <c>filter_flip</c>); false by default.</summary>
    public bool FlipFilters { get; init; }

    /// <summary>How images are laid out; channels first by default.</summary>
    public DataFormat Format { get; init; }

    /// <summary>Whether there is a bias for each filter; true by default.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>Where the first filters come from; <see cref="Initializer.GlorotUniform"/> by default.</summary>
    public Initializer WeightInitializer { get; init; } = Initializer.GlorotUniform;

    /// <summary>Where the first bias comes from; zeros by default.</summary>
    public Initializer BiasInitializer { get; init; } = Initializer.Zeros;

    /// <summary>The factor of <c>Σ W²</c> in the loss; 0 by default.</summary>
    public double L2 { get; init; }

    /// <summary>The filters, once built.</summary>
    public SharedVariable? Weights => _weights?.Variable;

    /// <summary>The bias <c>[filters]</c>, once built and used.</summary>
    public SharedVariable? Bias => _bias?.Variable;

    /// <inheritdoc/>
    public override LayerConfig Config => LayerConfig.Of("conv2d", ("filters", Filters), ("size", new[] { Size.Height, Size.Width }), ("activation", Activation.Name),
        ("padding", Padding.ToString()), ("stride", new[] { Stride.Height, Stride.Width }), ("dilation", new[] { Dilation.Height, Dilation.Width }), ("groups", Groups),
        ("flip", FlipFilters), ("format", Format.ToString()), ("bias", UseBias), ("weight_initializer", WeightInitializer.Text), ("bias_initializer", BiasInitializer.Text), ("l2", L2));

    /// <inheritdoc/>
    protected override void Build(Expr input, LayerContext context)
    {
        DemandRank(input, 4, Format == DataFormat.ChannelsFirst ? "samples, channels, height, width" : "samples, height, width, channels");
        var channels = Known(input, Format == DataFormat.ChannelsFirst ? 1 : 3);
        if (channels % Groups != 0 || Filters % Groups != 0)
            throw new ShapeException($"Layer '{Name}': {channels} channels and {Filters} filters cannot be divided into {Groups} groups.");
        _weights = AddParameter("W", [Filters, channels / Groups, Size.Height, Size.Width], WeightInitializer, input, context, penalty: Penalties.Of(0, L2));
        if (UseBias) _bias = AddParameter("b", [Filters], BiasInitializer, input, context, isRegularizable: false);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr input, LayerContext context) => Images.InChannelsFirst(input, Format, x =>
    {
        var y = T.Conv2D(x, Weights!, Padding, [Stride.Height, Stride.Width], [Dilation.Height, Dilation.Width], Groups, FlipFilters);
        return Activation.Function(Bias is null ? y : y + T.Reshape(Bias, 1, Filters, 1, 1));
    });
}

/// <summary>Layouts of images.</summary>
static class Images
{
    /// <summary>The function of images whose channels are moved first, and back afterwards.</summary>
    public static Expr InChannelsFirst(Expr input, DataFormat format, Func<Expr, Expr> function) =>
        format == DataFormat.ChannelsFirst ? function(input) : function(input.Transpose(0, 3, 1, 2)).Transpose(0, 2, 3, 1);
}
