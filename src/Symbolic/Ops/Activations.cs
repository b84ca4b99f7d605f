namespace DeepSym;

public static partial class T
{
    static readonly ScalarFunction SigmoidFunction = new("sigmoid", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x))), Cost = 16,
        Partials = [(_, y) => y * (1 - y)],
        Lowering = x => 1 / (1 + Exp(-x[0])),
    };

    static readonly ScalarFunction SoftplusFunction = new("softplus", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => Math.Max(x, 0) + Log1pOf(Math.Exp(-Math.Abs(x)))), Cost = 30,
        Partials = [(x, _) => Sigmoid(x[0])],
        Lowering = x => Maximum(x[0], 0) + Log1p(Exp(-Abs(x[0]))),
    };

    static readonly ScalarFunction ReluFunction = new("relu", 1, ScalarTypes.Arithmetic)
    {
        Value = ScalarFunction.Either(x => x > 0 || double.IsNaN(x) ? x : 0, x => Math.Max(x, 0)),
        Partials = [(x, _) => Cast(x[0] > 0, x[0].DType)],
        Lowering = x => Maximum(x[0], 0),
    };

    /// <summary><c>1 / (1 + e⁻ˣ)</c>, elementwise.</summary>
    public static Expr Sigmoid(Expr x) => SigmoidFunction.Lift(x);

    /// <summary><c>log(1 + eˣ)</c>, elementwise; never overflows.</summary>
    public static Expr Softplus(Expr x) => SoftplusFunction.Lift(x);

    /// <summary><c>max(x, 0)</c>, elementwise. The derivative at 0 is 0 (Theano: 0.5).</summary>
    public static Expr Relu(Expr x) => ReluFunction.Lift(x);
}
