namespace DeepSym;

public static partial class T
{
    /// <summary><c>exp(x) / Σ exp(x)</c> along an axis (the last by default), computed with the maximum taken off; a vector gives a vector.</summary>
    public static Expr Softmax(Expr x, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        axis = x.Axis(axis, "softmax");
        var e = Exp(Shifted(x, axis));
        return e / Sum(e, [axis], keepDims: true);
    }

    /// <summary><c>x - log Σ exp(x)</c> along an axis (the last by default), computed with the maximum taken off.</summary>
    public static Expr LogSoftmax(Expr x, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        axis = x.Axis(axis, "log_softmax");
        var shifted = Shifted(x, axis);
        return shifted - Log(Sum(Exp(shifted), [axis], keepDims: true));
    }

    // Shifting all of x changes nothing, so that no derivative flows through the maximum.
    static Expr Shifted(Expr x, int axis)
    {
        var real = Cast(x, Promotion.ToFloating(x.DType));
        return real - StopGradient(Max(real, [axis], keepDims: true));
    }
}
