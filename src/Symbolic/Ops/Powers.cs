namespace DeepSym;

/// <content>The power function with the special values of IEEE 754 (and Python). Vector code is accurate to 1 ulp.</content>
public static partial class T
{
    static readonly ScalarFunction PowFunction = new("pow", 2, ScalarTypes.Arithmetic)
    {
        Symbol = "**", Cost = 60,
        Value = (x, dtype) => dtype.IsFloating() ? Math.Pow(x[0].Real, x[1].Real) : (Number)IntegerPower(x[0].Integer, x[1].Integer, dtype.IsSigned()),
        Partials =
        [
            (x, _) => Switch(Eq(x[1], 0), 0, x[1] * Pow(x[0], x[1] - 1)),
            (x, y) => Switch(Eq(x[0], 0), 0, y * Log(x[0])),
        ],
        Lowering = x => x[0].DType is DType.Float32 or DType.Float64 ? PowLowering(x[0], x[1]) : null,
        Domain = (0.2, 3),
    };

    /// <summary>
    /// <c>xʸ</c>, elementwise (Python: <c>**</c>). Of floats as in IEEE 754: 1 when y is 0 or x is 1, NaN for a negative x with a fractional y. Of integers: wraps
    /// on overflow; a negative power is rounded towards zero, and is 0 of 0. The derivative in y is 0 where x is 0, that in x is 0 where y is 0.
    /// </summary>
    public static Expr Pow(Expr x, Expr y) => PowFunction.Lift(x, y);

    static long IntegerPower(long x, long y, bool isSigned)
    {
        if (y < 0 && isSigned) return x == 1 ? 1 : x == -1 ? 1 - 2 * (y & 1) : 0;
        var result = 1L;
        for (; y != 0; y >>>= 1, x *= x)
            if ((y & 1) != 0) result *= x;
        return result;
    }

    // exp(y log |x|) with the logarithm and the product to twice the precision, then signs and special values.
    static Expr PowLowering(Expr x, Expr y)
    {
        var isIntegral = Eq(RoundEven(y), y);
        var half = y * 0.5;
        var isOdd = isIntegral & Neq(Trunc(half), half);
        var isNegative = Bits(x) < 0;
        var (magnitude, exponent) = (Abs(x), Minimum(Maximum(y, -2e19), 2e19));   // beyond, every result is 0, 1 or infinite
        var (high, low) = DoubleLog(magnitude);
        var product = exponent * high;
        var (least, most) = ExpRange(x.DType);
        var clamped = Minimum(Maximum(product, least), most);
        var rest = Switch(Eq(clamped, product), FusedMultiplyAdd(exponent, high, -product) + exponent * low, 0);
        var (biased, n) = Multiple(clamped, biases: 2);
        var (ln2, ln2Low) = Ln2Parts(x.DType);
        var (r, rLow) = FastSum(FusedMultiplyAdd(n, -ln2, clamped), FusedMultiplyAdd(n, -ln2Low, rest));
        var finite = ScaledExp(biased, r, rLow);
        var atEnds = Switch(y > 0, magnitude, 1 / magnitude);
        var unsigned = Switch(Eq(magnitude, 0) | Eq(magnitude, double.PositiveInfinity), atEnds, finite);
        var signed = Switch(isNegative & isOdd, -unsigned, unsigned);
        var isUndefined = (x < 0) & ~isIntegral & Neq(x, double.NegativeInfinity);
        var result = Switch(isUndefined, double.NaN, Switch(IsNaN(x) | IsNaN(y), x + y, signed));
        return Switch(Eq(y, 0) | Eq(x, 1), 1, result);
    }

    // log x as an unevaluated sum, to about 2⁻⁶⁵ of itself (float32: 2⁻³⁴): 2 atanh(s) = 2s (1 + z/3 + z² p(z)) with s = f / (2 + f) and z = s² to twice the precision.
    static (Expr High, Expr Low) DoubleLog(Expr x)
    {
        var isSingle = x.DType == DType.Float32;
        var (third, thirdLow) = isSingle ? (0.3333333432674408, -9.934107e-09) : (0.3333333333333333, 1.850371707708594e-17);
        var (e, mantissa) = Split(x);
        var f = mantissa - 1;
        var d = mantissa + 1;
        var s = f / d;
        var sLow = (FusedMultiplyAdd(-s, d, f) - s * (mantissa - (d - 1))) / d;
        var z = s * s;
        var zLow = FusedMultiplyAdd(s, s, -z) + 2 * s * sLow;
        var tail = z * (isSingle ? Horner(z, 0.0769230769, 0.0909090909, 0.111111111, 0.142857143, 0.2) : Horner(z, 0.05861589311938259, 0.05853118169745603, 0.06667402346923655, 0.07692297481259215, 0.09090909167696401, 0.11111111110827943, 0.14285714285714682, 0.2));
        var p = third + tail;
        var pLow = third - p + tail + thirdLow;
        var w = z * p;
        var wLow = FusedMultiplyAdd(z, p, -w) + (z * pLow + zLow * p);
        var u = s * w;
        var uLow = FusedMultiplyAdd(s, w, -u) + (s * wLow + sLow * w);
        var (sum, sumLow) = FastSum(s, u);
        var (ln2, ln2Low) = Ln2Parts(x.DType);
        var (high, highLow) = FastSum(e * ln2, 2 * sum);
        return (high, highLow + (2 * (sumLow + (sLow + uLow)) + e * ln2Low));
    }

    // x + y and what rounding took from it, where |x| >= |y| or x is 0.
    static (Expr Sum, Expr Low) FastSum(Expr x, Expr y)
    {
        var sum = x + y;
        return (sum, x - sum + y);
    }
}
