namespace DeepSym;

/// <content>
/// Trigonometric functions. Vector code reduces by multiples of π/2 to twice the precision up to 2³⁰ (float32: 2²⁰) and calls the scalar function beyond;
/// sine and cosine are accurate to 1 ulp, the tangent to 2.
/// </content>
public static partial class T
{
    static readonly ScalarFunction SinFunction = new("sin", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Sin), Cost = 30,
        Partials = [(x, _) => Cos(x[0])],
        Lowering = x => Periodic(x[0], LargeAngle.Sin, (sine, cosine, quarter) =>
            Switch(Eq(x[0], 0), x[0], Signed(quarter >= 2, Switch(IsOdd(quarter), cosine, sine)))),
    };

    static readonly ScalarFunction CosFunction = new("cos", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Cos), Cost = 30,
        Partials = [(x, _) => -Sin(x[0])],
        Lowering = x => Periodic(x[0], LargeAngle.Cos, (sine, cosine, quarter) =>
            Signed(Eq(quarter, 1) | Eq(quarter, 2), Switch(IsOdd(quarter), sine, cosine))),
    };

    static readonly ScalarFunction TanFunction = new("tan", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Tan), Cost = 40,
        Partials = [(_, y) => 1 + y * y],
        Lowering = x => Periodic(x[0], LargeAngle.Tan, (sine, cosine, quarter) =>
            Switch(Eq(x[0], 0), x[0], Switch(IsOdd(quarter), -cosine, sine) / Switch(IsOdd(quarter), sine, cosine))),
        Domain = (-1.4, 1.4),
    };

    static readonly ScalarFunction DegreesToRadiansFunction = new("deg2rad", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => x * (Math.PI / 180)),
        Partials = [(_, _) => Constant(Math.PI / 180)],
        Lowering = x => x[0] * (Math.PI / 180),
    };

    static readonly ScalarFunction RadiansToDegreesFunction = new("rad2deg", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => x * (180 / Math.PI)),
        Partials = [(_, _) => Constant(180 / Math.PI)],
        Lowering = x => x[0] * (180 / Math.PI),
    };

    /// <summary>The sine, elementwise; NaN of an infinity.</summary>
    public static Expr Sin(Expr x) => SinFunction.Lift(x);

    /// <summary>The cosine, elementwise; NaN of an infinity.</summary>
    public static Expr Cos(Expr x) => CosFunction.Lift(x);

    /// <summary>The tangent, elementwise; NaN of an infinity.</summary>
    public static Expr Tan(Expr x) => TanFunction.Lift(x);

    /// <summary>Degrees as radians, <c>x π / 180</c>, elementwise.</summary>
    public static Expr DegreesToRadians(Expr x) => DegreesToRadiansFunction.Lift(x);

    /// <summary>Radians as degrees, <c>x 180 / π</c>, elementwise.</summary>
    public static Expr RadiansToDegrees(Expr x) => RadiansToDegreesFunction.Lift(x);

    // A function of the sine and cosine of the rest of x by quarter turns, and the number of those modulo 4; for large angles the function number by number.
    static Expr Periodic(Expr x, ScalarFunction large, Func<Expr, Expr, Expr, Expr> combine)
    {
        var isSingle = x.DType == DType.Float32;
        var n = RoundEven(x * (2 / Math.PI));
        // x = n π/2 + r + low, with π/2 in three parts: the first step is exact.
        var (p1, p2, p3) = isSingle ? (1.5707963705062866, -4.371138828673793e-08, -1.7151245100058819e-15) : (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33);
        var first = FusedMultiplyAdd(n, -p1, x);
        var r = FusedMultiplyAdd(n, -p2, first);
        var low = FusedMultiplyAdd(n, -p3, FusedMultiplyAdd(n, -p2, first - r));
        var quarter = FusedMultiplyAdd(Floor(n * 0.25), -4, n);
        var isLarge = ~(Abs(x) <= (isSingle ? 1048576.0 : 1073741824.0));
        return large.Lift(isLarge, x, combine(SmallSin(r, low), SmallCos(r, low), quarter));
    }

    static Expr IsOdd(Expr quarter) => Eq(quarter, 1) | Eq(quarter, 3);

    static Expr Signed(Expr isNegative, Expr x) => Switch(isNegative, -x, x);

    // sin(r + low) on |r| <= π/4
    internal static Expr SmallSin(Expr r, Expr low)
    {
        var z = r * r;
        var series = r.DType == DType.Float32
            ? Horner(z, 2.72498952e-06, -0.000198400865, 0.00833333187, -0.166666667)
            : Horner(z, -7.586691094197958e-13, 1.6058531516797758e-10, -2.5052106231802837e-08, 2.7557319219337312e-06, -0.00019841269841265063, 0.008333333333333331, -0.16666666666666666);
        return r + FusedMultiplyAdd(r * z, series, low * FusedMultiplyAdd(z, -0.5, 1));
    }

    // cos(r + low) on |r| <= π/4
    internal static Expr SmallCos(Expr r, Expr low)
    {
        var z = r * r;
        var series = r.DType == DType.Float32
            ? Horner(z, -2.73009337e-07, 2.48006002e-05, -0.00138888877, 0.0416666667)
            : Horner(z, -1.1382623647474604e-11, 2.087614614655861e-09, -2.7557317271145144e-07, 2.480158729876456e-05, -0.0013888888888887398, 0.041666666666666664);
        var most = FusedMultiplyAdd(z, -0.5, 1);
        return most + (FusedMultiplyAdd(z, -0.5, 1 - most) + FusedMultiplyAdd(z * z, series, -(r * low)));
    }

    // Where the first argument says that the angle, the second, is large or not finite: the function itself; else the third.
    static class LargeAngle
    {
        public static readonly ScalarFunction Sin = Of("sin", Math.Sin), Cos = Of("cos", Math.Cos), Tan = Of("tan", Math.Tan);

        static ScalarFunction Of(string name, Func<double, double> function) => new(name + "_of_large", 3, ScalarTypes.Selection)
        {
            IsRare = true, Cost = 40,
            Value = (x, _) => x[0].IsTrue ? function(x[1].Real) : x[2],
        };
    }
}
