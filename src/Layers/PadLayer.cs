namespace DeepSym.Layers;

/// <summary>
/// A border of one value around images: <c>new PadLayer(1, 2)</c> puts one row above and below and two columns left and right. (Keras: <c>ZeroPadding1D</c> to <c>3D</c>; Lasagne:
/// <c>PadLayer</c>.)
/// </summary>
public sealed class PadLayer(params IReadOnlyList<int> before) : Layer
{
    /// <summary>The width of the border before each spatial axis.</summary>
    public IReadOnlyList<int> Before { get; } = Widths(before, nameof(before));

    /// <summary>The width of the border behind each spatial axis. Default null: as before.</summary>
    public IReadOnlyList<int>? After
    {
        get;
        init => field = value is null || Widths(value, nameof(After)).Count == Before.Count ? value : throw new ArgumentException("There are as many widths after as before.", nameof(After));
    }

    /// <summary>The value of the border. Default 0.</summary>
    public double Value { get; init; }

    /// <summary>Where images have their channels. Default first.</summary>
    public DataFormat Format { get; init; }

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass)
    {
        Format.Check(x.Type, Before.Count);
        (Dim, Dim)[] widths = [(0, 0), (0, 0), .. Before.Zip(After ?? Before, (before, after) => ((Dim)before, (Dim)after))];
        return Format.Apply(x, images => T.Pad(images, widths, PadMode.Constant, Value));
    }

    static IReadOnlyList<int> Widths(IReadOnlyList<int> widths, string name) => widths is { Count: >= 1 and <= 3 } && widths.All(width => width >= 0)
        ? widths
        : throw new ArgumentException("There are one to three widths, none of them negative.", name);
}
