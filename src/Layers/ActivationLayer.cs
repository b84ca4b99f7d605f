namespace DeepSym.Layers;

/// <summary>An activation as a layer of its own; an <see cref="Layers.Activation"/> can be written in its place.</summary>
public sealed class ActivationLayer(Activation activation) : Layer
{
    /// <summary>The function.</summary>
    public Activation Activation { get; } = activation ?? throw new ArgumentNullException(nameof(activation));

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) => Activation.Apply(x);
}
