namespace DeepSym;

public static partial class T
{
    static readonly ScalarFunction SinFunction = new("sin", 1, ScalarTypes.Floating) { Value = ScalarFunction.Real(Math.Sin), Cost = 30, Partials = [(x, _) => Cos(x[0])] };

    static readonly ScalarFunction CosFunction = new("cos", 1, ScalarTypes.Floating) { Value = ScalarFunction.Real(Math.Cos), Cost = 30, Partials = [(x, _) => -Sin(x[0])] };

    static readonly ScalarFunction TanhFunction = new("tanh", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(Math.Tanh), Cost = 20,
        Partials = [(_, y) => 1 - y * y],
        Lowering = x => TanhLowering(x[0]),
    };

    /// <summary>The sine, elementwise.</summary>
    public static Expr Sin(Expr x) => SinFunction.Lift(x);

    /// <summary>The cosine, elementwise.</summary>
    public static Expr Cos(Expr x) => CosFunction.Lift(x);

    /// <summary>The hyperbolic tangent, elementwise.</summary>
    public static Expr Tanh(Expr x) => TanhFunction.Lift(x);

    // -expm1(-2|x|) / (2 + expm1(-2|x|)) with the sign of x
    static Expr TanhLowering(Expr x)
    {
        var m = Expm1(Abs(x) * -2);
        var y = -m / (m + 2);
        return Switch(x < 0, -y, Switch(Eq(x, 0), x, y));
    }
}
