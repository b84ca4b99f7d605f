namespace DeepSym;

/// <summary>The verbs of the language: expressions are made by these and by the operators on <see cref="Expr"/>.</summary>
public static partial class T
{
    static readonly ScalarFunction AddFunction = new("add", 2, ScalarTypes.Arithmetic)
    {
        Symbol = "+", IsPrimitive = true, IsCommutative = true,
        Value = ScalarFunction.Either((x, y) => x + y, (x, y) => x + y),
        Partials = [(_, _) => Constant(1), (_, _) => Constant(1)],
    };

    static readonly ScalarFunction SubtractFunction = new("sub", 2, ScalarTypes.Arithmetic)
    {
        Symbol = "-", IsPrimitive = true,
        Value = ScalarFunction.Either((x, y) => x - y, (x, y) => x - y),
        Partials = [(_, _) => Constant(1), (_, _) => Constant(-1)],
    };

    static readonly ScalarFunction MultiplyFunction = new("mul", 2, ScalarTypes.Arithmetic)
    {
        Symbol = "*", IsPrimitive = true, IsCommutative = true,
        Value = ScalarFunction.Either((x, y) => x * y, (x, y) => x * y),
        Partials = [(x, _) => x[1], (x, _) => x[0]],
    };

    static readonly ScalarFunction DivideFunction = new("div", 2, ScalarTypes.Floating)
    {
        Symbol = "/", IsPrimitive = true, Cost = 4,
        Value = ScalarFunction.Real2((x, y) => x / y),
        Partials = [(x, _) => 1 / x[1], (x, y) => -y / x[1]],
        Domain = (0.5, 3),
    };

    static readonly ScalarFunction NegateFunction = new("neg", 1, ScalarTypes.Arithmetic)
    {
        IsPrimitive = true,
        Value = ScalarFunction.Either(x => -x, x => -x),
        Partials = [(_, _) => Constant(-1)],
    };

    static readonly ScalarFunction AbsFunction = new("abs", 1, ScalarTypes.Arithmetic)
    {
        IsPrimitive = true, IsNeverNegative = true,
        Value = (x, dtype) => dtype.IsFloating() ? Math.Abs(x[0].Real) : (Number)(x[0].Integer < 0 && dtype.IsSigned() ? -x[0].Integer : x[0].Integer),
        Partials = [(x, _) => Sign(x[0])],
    };

    static readonly ScalarFunction SignFunction = new("sign", 1, ScalarTypes.Arithmetic)
    {
        Value = (x, dtype) => dtype.IsFloating() ? x[0].Real > 0 ? 1 : x[0].Real < 0 ? -1 : 0.0 : (Number)(dtype.IsSigned() ? Math.Sign(x[0].Integer) : x[0].Integer == 0 ? 0L : 1),
        Lowering = x => Switch(x[0] > 0, 1, Switch(x[0] < 0, -1, ZerosLike(x[0]))),
    };

    static readonly ScalarFunction MaximumFunction = new("maximum", 2, ScalarTypes.Arithmetic)
    {
        IsPrimitive = true, IsCommutative = true,
        Value = ScalarFunction.Ordering(Math.Max, Math.Max),
        Partials = [(x, _) => Cast(x[0] >= x[1], x[0].DType), (x, _) => Cast(x[0] < x[1], x[0].DType)],
    };

    static readonly ScalarFunction MinimumFunction = new("minimum", 2, ScalarTypes.Arithmetic)
    {
        IsPrimitive = true, IsCommutative = true,
        Value = ScalarFunction.Ordering(Math.Min, Math.Min),
        Partials = [(x, _) => Cast(x[0] <= x[1], x[0].DType), (x, _) => Cast(x[0] > x[1], x[0].DType)],
    };

    static readonly ScalarFunction ClipFunction = new("clip", 3, ScalarTypes.Arithmetic)
    {
        Value = (x, dtype) => dtype.IsFloating() ? (x[0].Real < x[1].Real ? x[1] : x[0].Real > x[2].Real ? x[2] : x[0])
            : ScalarFunction.InOrder(x[0].Integer, dtype) < ScalarFunction.InOrder(x[1].Integer, dtype) ? x[1]
            : ScalarFunction.InOrder(x[0].Integer, dtype) > ScalarFunction.InOrder(x[2].Integer, dtype) ? x[2] : x[0],
        Partials =
        [
            (x, _) => Cast((x[0] >= x[1]) & (x[0] <= x[2]), x[0].DType),
            (x, _) => Cast(x[0] < x[1], x[0].DType),
            (x, _) => Cast((x[0] >= x[1]) & (x[0] > x[2]), x[0].DType),
        ],
        Lowering = x => Switch(x[0] < x[1], x[1], Switch(x[0] > x[2], x[2], x[0])),
    };

    static readonly ScalarFunction SqrFunction = new("sqr", 1, ScalarTypes.Arithmetic)
    {
        IsNeverNegative = true,
        Value = ScalarFunction.Either(x => x * x, x => x * x),
        Partials = [(x, _) => 2 * x[0]],
        Lowering = x => x[0] * x[0],
    };

    static readonly ScalarFunction SqrtFunction = new("sqrt", 1, ScalarTypes.Floating)
    {
        IsPrimitive = true, IsNeverNegative = true, Cost = 4,
        Value = ScalarFunction.Real(Math.Sqrt),
        Partials = [(_, y) => 0.5 / y],
        Domain = (0.1, 9),
    };

    static readonly ScalarFunction ReciprocalFunction = new("reciprocal", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => 1 / x), Cost = 4,
        Partials = [(_, y) => -y * y],
        Lowering = x => 1 / x[0],
        Domain = (0.3, 3),
    };

    static readonly ScalarFunction FusedMultiplyAddFunction = new("fma", 3, ScalarTypes.Floating)
    {
        IsPrimitive = true,
        Value = (x, _) => Math.FusedMultiplyAdd(x[0].Real, x[1].Real, x[2].Real),
        Partials = [(x, _) => x[1], (x, _) => x[0], (_, _) => Constant(1)],
    };

    /// <summary><c>x + y</c>, elementwise; or of two truth values.</summary>
    public static Expr Add(Expr x, Expr y) => AddFunction.Lift(x, y);

    /// <summary><c>x - y</c>, elementwise.</summary>
    public static Expr Subtract(Expr x, Expr y) => SubtractFunction.Lift(x, y);

    /// <summary><c>x * y</c>, elementwise; and of two truth values.</summary>
    public static Expr Multiply(Expr x, Expr y) => MultiplyFunction.Lift(x, y);

    /// <summary><c>x / y</c>, elementwise true division: integers become float32 up to 32 bits and float64 for 64. (Theano: <c>true_div</c>.)</summary>
    public static Expr Divide(Expr x, Expr y) => DivideFunction.Lift(x, y);

    /// <summary><c>-x</c>, elementwise.</summary>
    public static Expr Negate(Expr x) => NegateFunction.Lift(x);

    /// <summary><c>|x|</c>, elementwise; the derivative at 0 is 0.</summary>
    public static Expr Abs(Expr x) => AbsFunction.Lift(x);

    /// <summary>-1, 0 or 1, elementwise; 0 for NaN. (Theano: <c>sgn</c>.)</summary>
    public static Expr Sign(Expr x) => SignFunction.Lift(x);

    /// <summary>The larger, elementwise; NaN if one is NaN. On a tie the whole derivative goes to <paramref name="x"/>.</summary>
    public static Expr Maximum(Expr x, Expr y) => MaximumFunction.Lift(x, y);

    /// <summary>The smaller, elementwise; NaN if one is NaN. On a tie the whole derivative goes to <paramref name="x"/>.</summary>
    public static Expr Minimum(Expr x, Expr y) => MinimumFunction.Lift(x, y);

    /// <summary>
    /// x, but at least <paramref name="low"/> and at most <paramref name="high"/>, elementwise; NaN stays. Where the bounds cross, what lies below the lower one becomes
    /// that and what lies above the upper one becomes that. The derivative in x is 1 between the bounds and on them.
    /// </summary>
    public static Expr Clip(Expr x, Expr low, Expr high) => ClipFunction.Lift(x, low, high);

    /// <summary><c>x²</c>, elementwise.</summary>
    public static Expr Sqr(Expr x) => SqrFunction.Lift(x);

    /// <summary><c>√x</c>, elementwise; NaN below 0.</summary>
    public static Expr Sqrt(Expr x) => SqrtFunction.Lift(x);

    /// <summary><c>1 / x</c>, elementwise. (Theano: <c>inv</c>.)</summary>
    public static Expr Reciprocal(Expr x) => ReciprocalFunction.Lift(x);

    /// <summary><c>x * y + z</c> with one rounding, elementwise.</summary>
    public static Expr FusedMultiplyAdd(Expr x, Expr y, Expr z) => FusedMultiplyAddFunction.Lift(x, y, z);
}
