using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// Images enlarged by a factor along each spatial axis. (Keras: <c>UpSampling1D</c> to <c>3D</c>; Lasagne: <c>Upscale1DLayer</c> to <c>3DLayer</c>.)
/// </summary>
public sealed class Upsample(params IReadOnlyList<int> factors) : Layer
{
    /// <summary>The factors, one for each spatial axis.</summary>
    public IReadOnlyList<int> Factors { get; } = factors is { Count: >= 1 and <= 3 } && factors.All(factor => factor > 0)
        ? factors
        : throw new ArgumentException("There are one to three factors, all above 0.", nameof(factors));

    /// <summary>What stands between the elements of the image. Default <see cref="UpsampleMode.Nearest"/>: each is repeated.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<UpsampleMode>))]
    public UpsampleMode Mode { get; init; }

    /// <summary>Where images have their channels. Default first.</summary>
    public DataFormat Format { get; init; }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        Format.Check(x.Type, Factors.Count);
        return Format.Apply(x, images => T.Upsample(images, [.. Factors], Mode));
    }
}
