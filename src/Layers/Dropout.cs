namespace DeepSym.Layers;

/// <summary>
/// In training each element is zeroed with probability <see cref="Rate"/> and the others are scaled by <c>1 / (1 - rate)</c>; in inference nothing happens
/// (Srivastava et al. 2014).
/// </summary>
public sealed class Dropout(double rate = 0.5) : Layer
{
    /// <summary>The probability that an element is dropped. Default 0.5, as in Lasagne.</summary>
    public double Rate { get; } = rate is >= 0 and < 1 ? rate : throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate is at least 0 and below 1.");

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) => pass.IsTraining ? T.Dropout(x, Rate, pass.Random) : x;
}
