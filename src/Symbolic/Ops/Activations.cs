namespace DeepSym;

public static partial class T
{
    static readonly ScalarFunction SigmoidFunction = new("sigmoid", 1, ScalarTypes.Floating)
    {
        IsNeverNegative = true,
        Value = ScalarFunction.Real(x => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x))), Cost = 16,
        Partials = [(_, y) => y * (1 - y)],
        Lowering = x => SigmoidLowering(x[0]),
    };

    // A quotient up to |x| = 3.4, then two straight lines.
    static readonly ScalarFunction UltraFastSigmoidFunction = new("ultra_fast_sigmoid", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(UltraFastSigmoidOf), Cost = 8,
        Partials =
        [
            (x, _) =>
            {
                var magnitude = Abs(x[0]);
                return Switch(magnitude >= 6, 0, Switch(magnitude >= 3.4, 0.25 * 0.0458812946797165, 0.375 / Sqr(1 + 0.5 * magnitude)));
            },
        ],
        Lowering = x =>
        {
            var half = Abs(x[0]) * 0.5;
            var rest = Switch(half >= 3, 0.00494524631327, Switch(half >= 1.7, 0.064590929396901 - 0.0458812946797165 * (half - 1.7), (1 - 0.5 * half) / (1 + half)));
            return Switch(x[0] < 0, 0.5 * rest, 1 - 0.5 * rest);
        },
    };

    static readonly ScalarFunction SoftplusFunction = new("softplus", 1, ScalarTypes.Floating)
    {
        IsNeverNegative = true,
        Value = ScalarFunction.Real(x => Math.Max(x, 0) + Log1pOf(Math.Exp(-Math.Abs(x)))), Cost = 30,
        Partials = [(x, _) => Sigmoid(x[0])],
        Lowering = x => Maximum(x[0], 0) + Log1p(Exp(-Abs(x[0]))),
    };

    static readonly ScalarFunction SoftsignFunction = new("softsign", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => x / (1 + Math.Abs(x))), Cost = 5,
        Partials = [(x, _) => 1 / Sqr(1 + Abs(x[0]))],
        Lowering = x => x[0] / (1 + Abs(x[0])),
    };

    static readonly ScalarFunction ReluFunction = new("relu", 1, ScalarTypes.Arithmetic)
    {
        IsNeverNegative = true,
        Value = (x, dtype) => dtype.IsFloating() ? x[0].Real > 0 || double.IsNaN(x[0].Real) ? x[0].Real : 0 : (Number)(dtype.IsSigned() ? Math.Max(x[0].Integer, 0) : x[0].Integer),
        Partials = [(x, _) => Cast(x[0] > 0, x[0].DType)],
        Lowering = x => Maximum(x[0], 0),
    };

    static readonly ScalarFunction LeakyReluFunction = new("leaky_relu", 2, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real2((x, slope) => x > 0 ? x : slope * x),
        Partials = [(x, _) => Switch(x[0] > 0, 1, x[1]), (x, _) => Minimum(x[0], 0)],
        Lowering = x => Switch(x[0] > 0, x[0], x[1] * x[0]),
    };

    static readonly ScalarFunction EluFunction = new("elu", 2, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real2((x, alpha) => x > 0 ? x : alpha * Expm1Of(x)), Cost = 16,
        Partials = [(x, y) => Switch(x[0] > 0, 1, y + x[1]), (x, _) => Expm1(Minimum(x[0], 0))],
        Lowering = x => Switch(x[0] > 0, x[0], x[1] * Expm1(Minimum(x[0], 0))),
    };

    /// <summary><c>1 / (1 + e⁻ˣ)</c>, elementwise.</summary>
    public static Expr Sigmoid(Expr x) => SigmoidFunction.Lift(x);

    /// <summary><c>slope·x + 1/2</c>, but at least 0 and at most 1, elementwise. Default slope 0.2 (Theano; Keras 3: 1/6).</summary>
    public static Expr HardSigmoid(Expr x, double slope = 0.2) => Clip(slope * (x ?? throw new ArgumentNullException(nameof(x))) + 0.5, 0, 1);

    /// <summary>A sigmoid of straight lines and one quotient, within 0.1 of the real one, elementwise.</summary>
    public static Expr UltraFastSigmoid(Expr x) => UltraFastSigmoidFunction.Lift(x);

    /// <summary><c>log(1 + eˣ)</c>, elementwise; never overflows.</summary>
    public static Expr Softplus(Expr x) => SoftplusFunction.Lift(x);

    /// <summary><c>x / (1 + |x|)</c>, elementwise.</summary>
    public static Expr Softsign(Expr x) => SoftsignFunction.Lift(x);

    /// <summary><c>max(x, 0)</c>, elementwise. The derivative at 0 is 0 (Theano: 0.5).</summary>
    public static Expr Relu(Expr x) => ReluFunction.Lift(x);

    /// <summary>x above 0, <c>slope·x</c> below, elementwise; the slope may be an expression too. The derivative at 0 is the slope (Theano: the mean of both).</summary>
    public static Expr LeakyRelu(Expr x, Expr slope) => LeakyReluFunction.Lift(x, slope);

    /// <summary>x above 0, <c>alpha·(eˣ - 1)</c> below, elementwise. Default alpha 1. The derivative at 0 is alpha.</summary>
    public static Expr Elu(Expr x, Expr? alpha = null) => EluFunction.Lift(x, alpha ?? 1);

    /// <summary>λx above 0, <c>λα(eˣ - 1)</c> below, elementwise, with the λ and α that keep mean 0 and variance 1 (Klambauer et al. 2017).</summary>
    public static Expr Selu(Expr x) => 1.0507009873554805 * Elu(x, 1.6732632423543772);

    // With e⁻ˣ = p 2ⁿ: s / (s + p s 2ⁿ), and of -x s p / (s p + s 2⁻ⁿ), so that the two, which derivatives have side by side, share the exponential. The power of two s keeps
    // all finite as long as the quotient is above 0; beyond the bound of n one summand is nothing beside the other.
    static Expr SigmoidLowering(Expr x)
    {
        var (bound, scale, most) = x.DType == DType.Float32 ? (104.0, 32, 60) : (746.0, 64, 120);
        var (isNegative, of) = x is { Op: Map { Function.Name: "neg" }, Inputs: [var negated] } ? (true, negated) : (false, x);
        var (_, n, r) = Reduced(Minimum(Maximum(-of, -bound), bound));
        var (p, s, bias) = (SmallExpm1(r) + 1, Math.ScaleB(1, -scale), Bias(x.DType) - scale);
        return isNegative ? p * s / FusedMultiplyAdd(p, s, PowerOf(bias - Minimum(n, most))) : s / FusedMultiplyAdd(p, PowerOf(Maximum(n, -most) + bias), s);
    }

    static double UltraFastSigmoidOf(double x)
    {
        var half = Math.Abs(x) * 0.5;
        var rest = half >= 3 ? 0.00494524631327 : half >= 1.7 ? 0.064590929396901 - 0.0458812946797165 * (half - 1.7) : (1 - 0.5 * half) / (1 + half);
        return x < 0 ? 0.5 * rest : 1 - 0.5 * rest;
    }
}
