using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// Layers side by side: each has the same input, and their outputs become one. For several layers in a branch there is <see cref="Chain"/>, for none
/// <see cref="Activation.Linear"/>.
/// </summary>
public sealed class Branches(params IReadOnlyList<Layer> layers) : Layer
{
    /// <summary>The branches.</summary>
    public IReadOnlyList<Layer> Layers { get; } = layers is { Count: > 0 } ? layers : throw new ArgumentException("There is at least one branch.", nameof(layers));

    /// <summary>How the outputs become one. Default <see cref="Merge.Concatenate"/>.</summary>
    public Merge Merge { get; init; }

    /// <summary>The axis along which outputs are concatenated. Default 1, that of channels.</summary>
    public int Axis { get; init; } = 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<Layer> Inner => Layers;

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        Expr[] outputs = [.. Layers.Select(layer => layer.Apply(x, pass))];
        return Merge switch
        {
            Merge.Concatenate => T.Concatenate(outputs, Axis),
            Merge.Sum => outputs.Aggregate((y, next) => y + next),
            Merge.Mean => outputs.Aggregate((y, next) => y + next) / outputs.Length,
            Merge.Product => outputs.Aggregate((y, next) => y * next),
            _ => outputs.Aggregate((y, next) => T.Maximum(y, next)),
        };
    }
}

/// <summary>How the outputs of <see cref="Branches"/> become one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Merge>))]
public enum Merge
{
    /// <summary>One behind the other along an axis.</summary>
    Concatenate,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their product.</summary>
    Product,

    /// <summary>The largest, element by element.</summary>
    Maximum,
}
