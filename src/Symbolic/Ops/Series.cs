namespace DeepSym;

/// <summary>A polynomial, coefficients from the highest power down, as long as each precision asks for: the same for definitions and for vector code.</summary>
sealed class Series(double[] ofDouble, double[] ofSingle)
{
    /// <summary>The value to double precision.</summary>
    public double At(double x)
    {
        var sum = 0.0;
        foreach (var coefficient in ofDouble) sum = Math.FusedMultiplyAdd(sum, x, coefficient);
        return sum;
    }

    /// <summary>The value as an expression, to the precision of its dtype.</summary>
    public Expr At(Expr x)
    {
        var coefficients = x.DType == DType.Float32 ? ofSingle : ofDouble;
        Expr sum = T.Cast(coefficients[0], x.DType);
        foreach (var coefficient in coefficients.AsSpan(1)) sum = T.FusedMultiplyAdd(sum, x, coefficient);
        return sum;
    }
}
