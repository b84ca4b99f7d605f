namespace DeepSym.Layers;

/// <summary>
/// <c>activation(x * W + b)</c> with filters <c>W [filters, channels / groups, size]</c>: <c>[n, channels, length]</c> becomes <c>[n, filters, length']</c>.
/// With <c>Padding = Padding.Of((dilation · (size - 1), 0))</c> no output sees what comes later (Keras: <c>causal</c>).
/// </summary>
public sealed class Conv1D(int filters, int size, Activation? activation = null) : ConvLayer(filters, activation)
{
    /// <summary>The size of a filter.</summary>
    public int Size { get; } = InputChecks.Positive(size, nameof(size));

    /// <summary>The step from one position to the next. Default 1.</summary>
    public int Stride { get; init => field = InputChecks.Positive(value, nameof(Stride)); } = 1;

    /// <summary>The distance between the elements of a filter. Default 1.</summary>
    public int Dilation { get; init => field = InputChecks.Positive(value, nameof(Dilation)); } = 1;

    /// <summary>The number of groups into which channels and filters are divided. Default 1.</summary>
    public int Groups { get; init => field = InputChecks.Positive(value, nameof(Groups)); } = 1;

    private protected override int[] Window => [Size];

    private protected override int[] WeightShape(TensorType images, int channels) => Grouped(channels, Groups);

    private protected override Expr Convolve(Expr images, Expr filters) => T.Conv1D(images, filters, Padding, [Stride], [Dilation], Groups, FlipFilters);
}
