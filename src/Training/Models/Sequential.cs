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

    /// <summary>
    /// Writes the whole model into one file, wholly or not at all: layers, parameters, and once it is compiled the optimizer with its state, the loss, the
    /// metrics and the counters of random draws, so that training resumes bit for bit.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model is not built.</exception>
    /// <exception cref="NotSupportedException">A part is a function of the user's, which no file can hold; the message names it. Nothing has then been written.</exception>
    public void Save(string path)
    {
        if (Input is null) throw new InvalidOperationException($"Model '{Name}' is not built. Call Build with the shape of a sample, or Fit, before saving.");
        ModelFile.Save(this, path);
    }

    /// <summary>The model that <see cref="Save"/> wrote, ready to predict and to go on training.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ownLayers">Classes of layers in it that are not DeepSym's.</param>
    /// <exception cref="InvalidDataException">The file is damaged, cut off, or no model; the message says what is wrong.</exception>
    public static Sequential Load(string path, params IReadOnlyList<Type> ownLayers)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(ownLayers);
        return ModelFile.Load(path, ownLayers);
    }

    /// <inheritdoc/>
    protected override Expr Forward(Expr input, Pass pass)
    {
        if (_layers.Count == 0) throw new InvalidOperationException($"Model '{Name}' has no layers.");
        return _layers.Aggregate(input, (x, layer) => layer.Apply(x, pass));
    }

    /// <inheritdoc/>
    public IEnumerator<Layer> GetEnumerator() => _layers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
