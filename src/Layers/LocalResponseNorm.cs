namespace DeepSym.Layers;

/// <summary>
/// <c>x / (k + alpha · Σx²)^beta</c>, the sum over <see cref="Size"/> neighbouring channels around each (Krizhevsky et al. 2012). The defaults are Lasagne's.
/// </summary>
public sealed class LocalResponseNorm : Layer
{
    /// <summary>The number of neighbouring channels, which is odd. Default 5.</summary>
    public int Size { get; init => field = value % 2 == 1 && value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Size), value, "Size is an odd number above 0."); } = 5;

    /// <summary>k. Default 2.</summary>
    public double K { get; init; } = 2;

    /// <summary>alpha, which is not divided by the size. Default 1e-4.</summary>
    public double Alpha { get; init; } = 1e-4;

    /// <summary>beta. Default 0.75.</summary>
    public double Beta { get; init; } = 0.75;

    /// <summary>Where images have their channels. Default first.</summary>
    public DataFormat Format { get; init; }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) => Format.Apply(x, images => T.LocalResponseNormalization(images, Size, K, Alpha, Beta));
}
