namespace DeepSym;

/// <content>Inverse trigonometric functions. Vector code is accurate to 2 ulp, asin and atan2 to 3.</content>
public static partial class T
{
    static readonly ScalarFunction AsinFunction = new("asin", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Asin), Cost = 30,
        Partials = [(x, _) => 1 / Sqrt((1 - x[0]) * (1 + x[0]))],
        Lowering = x => AsinLowering(x[0]),
        Domain = (-0.9, 0.9),
    };

    static readonly ScalarFunction AcosFunction = new("acos", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Acos), Cost = 30,
        Partials = [(x, _) => -1 / Sqrt((1 - x[0]) * (1 + x[0]))],
        Lowering = x => AcosLowering(x[0]),
        Domain = (-0.9, 0.9),
    };

    static readonly ScalarFunction AtanFunction = new("atan", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Atan), Cost = 30,
        Partials = [(x, _) => 1 / (1 + x[0] * x[0])],
        Lowering = x => AtanLowering(x[0]),
    };

    static readonly ScalarFunction Atan2Function = new("atan2", 2, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real2(Math.Atan2), Cost = 40,
        Partials = [(x, _) => x[1] / (x[0] * x[0] + x[1] * x[1]), (x, _) => -x[0] / (x[0] * x[0] + x[1] * x[1])],
        Lowering = x => Atan2Lowering(x[0], x[1]),
        Domain = (0.2, 3),
    };

    /// <summary>The angle between -π/2 and π/2 whose sine is x, elementwise; NaN beyond ±1. (Theano: <c>arcsin</c>.)</summary>
    public static Expr Asin(Expr x) => AsinFunction.Lift(x);

    /// <summary>The angle between 0 and π whose cosine is x, elementwise; NaN beyond ±1. (Theano: <c>arccos</c>.)</summary>
    public static Expr Acos(Expr x) => AcosFunction.Lift(x);

    /// <summary>The angle between -π/2 and π/2 whose tangent is x, elementwise. (Theano: <c>arctan</c>.)</summary>
    public static Expr Atan(Expr x) => AtanFunction.Lift(x);

    /// <summary>The angle of the point (x, y), between -π and π, elementwise; signs of zeros as in IEEE 754. (Theano: <c>arctan2</c>.)</summary>
    public static Expr Atan2(Expr y, Expr x) => Atan2Function.Lift(y, x);

    // π/2 as the nearest number and the rest.
    static (double High, double Low) HalfPi(DType dtype) =>
        dtype == DType.Float32 ? (1.5707963705062866, -4.371138828673793e-08) : (1.5707963267948966, 6.123233995736766e-17);

    // x, which is not negative, with the sign that the bits of another number have.
    internal static Expr WithSign(Expr x, Expr of) => FromBits(Bits(x) | SignBit(of));

    static Expr SignBit(Expr x) => Bits(x) & (x.DType == DType.Float32 ? int.MinValue : long.MinValue);

    // asin(s) for 0 <= s <= 1/2, given s and s².
    static Expr SmallAsin(Expr s, Expr z) => FusedMultiplyAdd(s * z, s.DType == DType.Float32
        ? Horner(z, 0.0336908472, 0.0171492384, 0.0311006627, 0.0445994015, 0.0750009454, 0.166666663)
        : Horner(z, 0.028757851367421566, -0.014851887071247204, 0.01740087944269402, 0.005457506718640358, 0.01032281435018578, 0.011479177415184906, 0.013971212973552933, 0.017352392720869973, 0.02237217294214989, 0.030381944138531247, 0.04464285714635543, 0.07499999999998433, 0.16666666666666669), s);

    // Near ±1 by the half angle: asin(x) = π/2 - 2 asin(√((1 - x)/2)).
    static Expr AsinLowering(Expr x)
    {
        var (halfPi, halfPiLow) = HalfPi(x.DType);
        var (isNearOne, p) = HalfAngle(Abs(x));
        return WithSign(Switch(isNearOne, halfPi - (2 * p - halfPiLow), p), x);
    }

    static Expr AcosLowering(Expr x)
    {
        var (halfPi, halfPiLow) = HalfPi(x.DType);
        var (isNearOne, p) = HalfAngle(Abs(x));
        var nearOne = Switch(x < 0, 2 * halfPi - (2 * p - 2 * halfPiLow), 2 * p);
        return Switch(isNearOne, nearOne, halfPi - (WithSign(p, x) - halfPiLow));
    }

    static (Expr IsNearOne, Expr Asin) HalfAngle(Expr magnitude)
    {
        var isNearOne = magnitude > 0.5;
        var z = Switch(isNearOne, (1 - magnitude) * 0.5, magnitude * magnitude);
        return (isNearOne, SmallAsin(Switch(isNearOne, Sqrt(z), magnitude), z));
    }

    // Turned by π/4 or π/2 to |t| <= tan(π/8).
    static Expr AtanLowering(Expr x)
    {
        var (halfPi, halfPiLow) = HalfPi(x.DType);
        var magnitude = Abs(x);
        var (isMiddle, isLarge) = (magnitude > 0.41421356237309503, magnitude > 2.414213562373095);
        var t = Switch(isLarge, -1, Switch(isMiddle, magnitude - 1, magnitude)) / Switch(isLarge, magnitude, Switch(isMiddle, magnitude + 1, OnesLike(x)));
        var turn = Switch(isLarge, 1, Switch(isMiddle, 0.5, ZerosLike(x)));
        return WithSign(turn * halfPi + FusedMultiplyAdd(turn, halfPiLow, SmallAtan(t)), x);
    }

    static Expr SmallAtan(Expr t)
    {
        var z = t * t;
        return FusedMultiplyAdd(t * z, t.DType == DType.Float32
            ? Horner(z, 0.0504793743, -0.0862459822, 0.110713546, -0.142841506, 0.199999772, -0.333333333)
            : Horner(z, 0.016284375050043393, -0.03456931506332609, 0.045515447340221615, -0.05230443640686948, 0.05878927554473807, -0.0666642476020052, 0.07692296368042296, -0.09090908753259112, 0.11111111105150588, -0.14285714285659779, 0.19999999999999804, -0.3333333333333333), t);
    }

    static Expr Atan2Lowering(Expr y, Expr x)
    {
        var (halfPi, halfPiLow) = HalfPi(x.DType);
        var (ax, ay) = (Abs(x), Abs(y));
        var (less, more) = (Minimum(ax, ay), Maximum(ax, ay));
        var ratio = Switch(Eq(more, 0), 0, Switch(Eq(less, double.PositiveInfinity), 1, less / more));
        var isMiddle = ratio > 0.41421356237309503;
        var small = SmallAtan(Switch(isMiddle, (ratio - 1) / (ratio + 1), ratio));
        var angle = Switch(isMiddle, halfPi * 0.5 + (small + halfPiLow * 0.5), small);
        angle = Switch(ay > ax, halfPi - (angle - halfPiLow), angle);
        angle = Switch(Bits(x) < 0, 2 * halfPi - (angle - 2 * halfPiLow), angle);
        return WithSign(angle, y);
    }
}
