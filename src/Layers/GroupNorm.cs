using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// Groups of channels of each sample normalised by their own mean and variance, then scaled and moved by channel (Wu, He 2018). With as many groups as channels: instance
/// normalisation.
/// </summary>
public sealed class GroupNorm(int groups) : Layer
{
    /// <summary>The number of groups, which divides that of channels.</summary>
    public int Groups { get; } = InputChecks.Positive(groups, nameof(groups));

    /// <summary>ε. Default 1e-3, as in Keras (PyTorch: 1e-5).</summary>
    public double Epsilon
    {
        get;
        init => field = InputChecks.AboveZero(value, nameof(Epsilon));
    } = 1e-3;

    /// <summary>Where images have their channels. Default first.</summary>
    public DataFormat Format { get; init; }

    /// <summary>The scale <c>[channels]</c>; null before the layer is built.</summary>
    [JsonIgnore]
    public Parameter? Gamma { get; private set; }

    /// <summary>The shift <c>[channels]</c>; null before the layer is built.</summary>
    [JsonIgnore]
    public Parameter? Beta { get; private set; }

    /// <inheritdoc/>
    protected override void Create(TensorType input, ParameterMaker make)
    {
        input.Batch();
        var channels = input.Known(Format == DataFormat.ChannelsFirst ? 1 : -1);
        if (channels % Groups != 0) throw new ShapeException($"{channels} channels cannot be divided into {Groups} groups.");
        Beta = make.Make("beta", [channels], 0, ParameterTags.Trainable);
        Gamma = make.Make("gamma", [channels], 1, ParameterTags.Trainable | ParameterTags.Regularizable);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) => Format.Apply(x, images => T.GroupNormalization(images, Groups, Gamma!, Beta!, Epsilon));
}
