namespace DeepSym.Backends.Cpu;

/// <summary>
/// Convolution with 3 x 3 filters by F(2 x 2, 3 x 3) (Lavin and Gray 2015): 2 x 2 positions of the output need the 4 x 4 elements D of the input that they read
/// and the filter G, and are Aᵀ [(F G Fᵀ) ⊙ (Bᵀ D B)] A, which is 16 multiplications instead of 36. Sums over channels come before Aᵀ.A, so they are 16 matrix products.
/// The form Σ y g d is the same for all three of its factors, so the gradient of a filter is Fᵀ [(A Y Aᵀ) ⊙ (Bᵀ D B)] F, Y the gradient of the 2 x 2 positions.
/// </summary>
internal static class Winograd
{
    /// <summary>Positions of the output along an axis of a tile.</summary>
    public const int Step = 2;

    /// <summary>Elements of the input along an axis of a tile, from the first that is read to the last.</summary>
    public const int Reach = 4;

    /// <summary>Elements of a filter along an axis.</summary>
    public const int Filter = 3;

    /// <summary>Matrix products.</summary>
    public const int Products = Reach * Reach;

    /// <summary>Bytes of a cache line.</summary>
    public const int CacheLine = 64;

    // Below, the transforms of tiles or of filters cost what the multiplications save (measured with AVX2: with 12 channels and filters the forward product is
    // as fast without, with 16 tiles it is half as fast again).
    private const long FewestChannels = 16;
    private const long FewestTiles = 32;

    /// <summary>Bᵀ.</summary>
    public static double[,] OfInput { get; } = { { 1, 0, -1, 0 }, { 0, 1, 1, 0 }, { 0, -1, 1, 0 }, { 0, -1, 0, 1 } };

    /// <summary>Aᵀ.</summary>
    public static double[,] OfOutput { get; } = { { 1, 1, 1, 0 }, { 0, 1, -1, 1 } };

    /// <summary>F.</summary>
    public static double[,] OfFilter { get; } = { { 1, 0, 0 }, { 0.5, 0.5, 0.5 }, { 0.5, -0.5, 0.5 }, { 0, 0, 1 } };

    /// <summary>A.</summary>
    public static double[,] OfOutputGradient { get; } = { { 1, 0 }, { 1, 1 }, { 1, -1 }, { 0, 1 } };

    /// <summary>Fᵀ.</summary>
    public static double[,] OfFilterGradient { get; } = { { 1, 0.5, 0.5, 0 }, { 0, 0.5, -0.5, 0 }, { 0, 0.5, 0.5, 1 } };

    /// <summary>Whether a convolution, or one of its gradients, can be computed so.</summary>
    public static bool Fits(in ConvolutionShape shape) => shape.Depth == ConvolutionAxis.One && Fits(shape.Height) && Fits(shape.Width);

    /// <summary>Whether that is also faster.</summary>
    public static bool Pays(in ConvolutionShape shape) =>
        Fits(shape) && Math.Min(shape.GroupChannels, shape.GroupFilters) >= FewestChannels
        && shape.Images * Blocks.Count(shape.Height.Output, Step) * Blocks.Count(shape.Width.Output, Step) >= FewestTiles;

    /// <summary>
    /// The convolution of the output's gradient that gives the input's gradient: the filters turned around, channels and filters exchanged,
    /// and as much padding as makes every element that was read a position.
    /// </summary>
    public static ConvolutionShape Reverse(in ConvolutionShape shape) =>
        new(shape.Images, shape.Filters, shape.Channels, Reverse(shape.Height), Reverse(shape.Width)) { Groups = shape.Groups, Flip = !shape.Flip };

    /// <summary>Bytes from one of 16 matrices of <paramref name="bytes"/> bytes to the next: an odd number of cache lines, so that the same place in all of them does not fall on one set of the cache.</summary>
    public static nint Pitch(long bytes) => (nint)(Blocks.Count(bytes, CacheLine) | 1) * CacheLine;

    // Negative padding, which the reverse of more than two would be, is not there.
    private static bool Fits(ConvolutionAxis axis) =>
        axis is { Filter: Filter, Stride: 1, Dilation: 1, PadLow: >= 0 and < Filter, PadHigh: >= 0 and < Filter, Output: > 0 };

    private static ConvolutionAxis Reverse(ConvolutionAxis axis) => axis with { Input = axis.Output, PadLow = Filter - 1 - axis.PadLow, PadHigh = Filter - 1 - axis.PadHigh };
}

/// <summary>The transforms for vectors of this processor, emitted when first needed.</summary>
internal static class WinogradTransforms<T> where T : unmanaged
{
    private static TileTransform? s_input, s_output, s_filter, s_outputGradient, s_filterGradient;

    public static TileTransform Input => s_input ??= TileTransforms.Emit<T>(Winograd.OfInput, Lanes.Bytes);

    public static TileTransform Output => s_output ??= TileTransforms.Emit<T>(Winograd.OfOutput, Lanes.Bytes);

    public static TileTransform Filter => s_filter ??= TileTransforms.Emit<T>(Winograd.OfFilter, Lanes.Bytes);

    public static TileTransform OutputGradient => s_outputGradient ??= TileTransforms.Emit<T>(Winograd.OfOutputGradient, Lanes.Bytes);

    public static TileTransform FilterGradient => s_filterGradient ??= TileTransforms.Emit<T>(Winograd.OfFilterGradient, Lanes.Bytes);
}
