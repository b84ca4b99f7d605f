using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>Layers one after the other as one layer: a part of <see cref="Branches"/>, for example.</summary>
public sealed class Chain(params IReadOnlyList<Layer> layers) : Layer
{
    /// <summary>The layers, in the order in which data passes them.</summary>
    public IReadOnlyList<Layer> Layers { get; } = layers ?? throw new ArgumentNullException(nameof(layers));

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<Layer> Inner => Layers;

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) => Layers.Aggregate(x, (y, layer) => layer.Apply(y, pass));
}

/// <summary><c>x + f(x)</c> with layers, one after the other, as <c>f</c> (He et al. 2016). They must give back the shape of x.</summary>
public sealed class Residual(params IReadOnlyList<Layer> layers) : Layer
{
    /// <summary>The layers of <c>f</c>, in the order in which data passes them.</summary>
    public IReadOnlyList<Layer> Layers { get; } = layers ?? throw new ArgumentNullException(nameof(layers));

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<Layer> Inner => Layers;

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) => x + Layers.Aggregate(x, (y, layer) => layer.Apply(y, pass));
}
