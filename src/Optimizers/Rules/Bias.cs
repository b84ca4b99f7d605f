namespace DeepSym.Optimizers;

/// <summary>The bias of running means that start at 0, as float64 scalars.</summary>
static class Bias
{
    /// <summary><c>1 - βᵗ</c>: the part of a running mean that is not its start.</summary>
    public static Expr Left(double beta, Clock clock) => -T.Expm1(clock.Time * Math.Log(beta));

    /// <summary><c>η·√(1 - β₂ᵗ) / (1 - β₁ᵗ)</c>: the learning rate that frees Adam's two running means of their bias.</summary>
    public static Expr Rate(double beta1, double beta2, Clock clock) => clock.Rate * T.Sqrt(Left(beta2, clock)) / Left(beta1, clock);
}
