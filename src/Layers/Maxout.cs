namespace DeepSym.Layers;

/// <summary>
/// The largest of each <see cref="Pieces"/> neighbours along an axis, whose size they divide: <c>[n, channels, ...]</c> becomes <c>[n, channels / pieces, ...]</c>
/// (Goodfellow et al. 2013). (Lasagne: <c>FeaturePoolLayer</c>.)
/// </summary>
public sealed class Maxout(int pieces) : Layer
{
    /// <summary>How many neighbours there are to choose from.</summary>
    public int Pieces { get; } = InputChecks.Positive(pieces, nameof(pieces));

    /// <summary>The axis. Default 1, that of channels.</summary>
    public int Axis { get; init; } = 1;

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        var own = Axis < 0 ? Axis + x.Rank : Axis;
        var size = x.Type.Known(own);
        if (size % Pieces != 0) throw new ShapeException($"axis {own} has {size} elements, which {Pieces} does not divide.");
        Dim[] apart = [.. x.Shape.Take(own), size / Pieces, Pieces, .. x.Shape.Skip(own + 1)];
        return T.Max(T.Reshape(x, apart), [own + 1]);
    }
}
