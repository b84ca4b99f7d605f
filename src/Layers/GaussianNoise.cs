namespace DeepSym.Layers;

/// <summary>In training normal noise of mean 0 is added to each element; in inference nothing happens.</summary>
public sealed class GaussianNoise(double deviation = 0.1) : Layer
{
    /// <summary>The deviation of the noise. Default 0.1, as in Lasagne.</summary>
    public double Deviation { get; } = deviation >= 0 ? deviation : throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "A deviation is at least 0.");

    /// <inheritdoc/>
    protected override Expr Forward(Expr x, Pass pass) =>
        pass.IsTraining && Deviation > 0 ? x + pass.Random.Normal(x.Shape.Dims.AsSpan(), 0, Deviation, x.DType) : x;
}
