using System.Collections;
using DeepSym.Layers;

namespace DeepSym.Training;

/// <summary>Layers one after the other. (Keras's <c>Sequential</c>.)</summary>
public sealed class Sequential : Model, IEnumerable<Layer>
{
    readonly List<Layer> _layers = [];

    /// <summary>A model without layers yet.</summary>
    public Sequential() { }

    /// <summary>A model of layers.</summary>
    public Sequential(params IEnumerable<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var layer in layers) Add(layer);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Layers => _layers;

    /// <summary>Adds a layer at the end.</summary>
    /// <exception cref="InvalidOperationException">The model is built already.</exception>
    public void Add(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (Input is not null) throw new InvalidOperationException($"Model '{Name}' is built already; layers are added before.");
        if (_layers.Contains(layer)) throw new ArgumentException($"Layer '{layer.Name}' is in model '{Name}' already. Make another one.", nameof(layer));
        _layers.Add(layer);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr input, LayerContext context)
    {
        if (_layers.Count == 0) throw new InvalidOperationException($"Model '{Name}' has no layers.");
        return _layers.Aggregate(input, (x, layer) => layer.Apply(x, context));
    }

    /// <inheritdoc/>
    public IEnumerator<Layer> GetEnumerator() => _layers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
