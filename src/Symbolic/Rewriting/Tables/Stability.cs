using static DeepSym.Rewriting.Hole;
using static DeepSym.Rewriting.Promise;
using static DeepSym.T;

namespace DeepSym.Rewriting;

/// <summary>
/// Forms that lose digits or overflow, replaced by ones that do not. Applied before constants are folded, and to the cost before it is differentiated,
/// so that gradients are those of the stable forms.
/// </summary>
static class Stability
{
    static readonly Expr One = 1;

    public static readonly RuleSet Rules = [.. Logarithms, .. NearOne, .. Sigmoids, .. ErrorFunctions, .. Exponentials, .. Masks];

    static IEnumerable<Rule> Logarithms =>
    [
        new Equation("log of exp", Log(Exp(X)), X, MoreAccurate),
        new Equation("log of sigmoid", Log(Sigmoid(X)), -Softplus(-X), MoreAccurate),
        new Equation("log of one plus exp", Log(1 + Exp(X)), Softplus(X), MoreAccurate),
        new Equation("log of minus expm1", Log(-Expm1(X)), Log1mExp(X), MoreAccurate) { Domain = (-4, -0.1) },
        new Equation("log of exp over y", Log(Exp(X) / Y), X - Log(Y), MoreAccurate) { Domain = (0.5, 3) },
        new Equation("log of x over exp", Log(X / Exp(Y)), Log(X) - Y, MoreAccurate) { Domain = (0.5, 3) },
        new Equation("log of exp times y", Log(Exp(X) * Y), X + Log(Y), MoreAccurate) { Domain = (0.5, 3) },
        new Equation("log of a difference of exps", Log(Exp(X) - Exp(Y)), X + Log1mExp(Y - X), MoreAccurate),
        new Equation("log of a root", Log(Sqrt(X)), 0.5 * Log(X), Reassociates) { Domain = (0.1, 9) },
        new Equation("log into a choice", Log(Switch(P, X, Y)), Switch(P, Log(X), Log(Y)), Exact, h => LogSumExp.HasStableLog(h[X]) || LogSumExp.HasStableLog(h[Y]))
        {
            Condition = "the logarithm of x or of y has a stable form", Domain = (0.5, 3),
            Sample = dtype => Log(Switch(Variable("p", DType.Bool, 24), Sigmoid(Variable("x", dtype, 24)), Variable("y", dtype, 24))),
        },
        new FunctionRule("log of a product of positives", "log(prod(x)) → sum(log(x)), x of a function that is never negative", MoreAccurate, [Rule.KeyOf(Log(X))], LogOfProduct,
            dtype => [Log(Prod(Sigmoid(Matrix("x", 2, 3, dtype)), 1)), Log(Prod(Exp(Matrix("x", 2, 3, dtype))))]),
    ];

    static IEnumerable<Rule> NearOne =>
    [
        new Equation("log of one plus x", Log(1 + X), Log1p(X), MoreAccurate) { Domain = (-0.9, 3) },
        new Equation("log of one minus x", Log(1 - X), Log1p(-X), MoreAccurate) { Domain = (-3, 0.9) },
        new Equation("log of one or one minus x", Log(Switch(P, 1, 1 - X)), Log1p(Switch(P, 0, -X)), MoreAccurate) { Domain = (-3, 0.9) },
        new FunctionRule("log of a sum with one", "log(2 + x - 1 + y) → log1p(x + y), literals that sum to 1", MoreAccurate, [Rule.KeyOf(Log(X))], Sums.LogOfOnePlus,
            dtype => [Log(1 + Vector("x", 5, dtype) + Vector("y", 5, dtype)), Log(2 + Vector("x", 5, dtype) - 1)]) { Domain = (-0.4, 3) },
        new Equation("log1p of exp", Log1p(Exp(X)), Softplus(X), MoreAccurate),
        new Equation("log1p of minus sigmoid", Log1p(-Sigmoid(X)), -Softplus(X), MoreAccurate),
        new Equation("log1p of minus exp", Log1p(-Exp(X)), Log1mExp(X), MoreAccurate) { Domain = (-4, -0.1) },
        new Equation("log1p of expm1", Log1p(Expm1(X)), X, MoreAccurate),
        new Equation("exp minus one", Exp(X) - 1, Expm1(X), MoreAccurate),
        new Equation("exp plus minus one", Exp(X) + -1, Expm1(X), MoreAccurate),
        new Equation("one minus exp", One - Exp(X), -Expm1(X), MoreAccurate),
        new Equation("one minus the square of tanh", 1 - Sqr(Tanh(X)), SquaredSech(X), MoreAccurate, IsDouble) { Condition = IsDoubleInWords },
        new Equation("one minus tanh times itself", 1 - Tanh(X) * Tanh(X), SquaredSech(X), MoreAccurate, IsDouble) { Condition = IsDoubleInWords },
    ];

    static IEnumerable<Rule> Sigmoids =>
    [
        new Equation("one minus sigmoid", One - Sigmoid(X), Sigmoid(-X), MoreAccurate),
        new Equation("one over one plus exp of minus x", One / (1 + Exp(-X)), Sigmoid(X), MoreAccurate),
        new Equation("one over one plus exp", One / (1 + Exp(X)), Sigmoid(-X), MoreAccurate),
        new Equation("reciprocal of one plus exp of minus x", Reciprocal(1 + Exp(-X)), Sigmoid(X), MoreAccurate),
        new Equation("reciprocal of one plus exp", Reciprocal(1 + Exp(X)), Sigmoid(-X), MoreAccurate),
        new Equation("exp over one plus exp", Exp(X) / (1 + Exp(X)), Sigmoid(X), MoreAccurate),
        new Equation("minus exp over one plus exp", -Exp(X) / (1 + Exp(X)), -Sigmoid(X), MoreAccurate),
        new Equation("y over one plus exp of minus x", Y / (1 + Exp(-X)), Y * Sigmoid(X), MoreAccurate),
        new Equation("y over one plus exp", Y / (1 + Exp(X)), Y * Sigmoid(-X), MoreAccurate),
        new Equation("y over a product with one plus exp", Y / (Z * (1 + Exp(X))), Y * Sigmoid(-X) / Z, MoreAccurate) { Domain = (0.5, 3) },
        new Equation("exp times sigmoid of minus x", Exp(X) * Sigmoid(-X), Sigmoid(X), MoreAccurate),
        new Equation("exp of minus x times sigmoid", Exp(-X) * Sigmoid(X), Sigmoid(-X), MoreAccurate),
        new FunctionRule("exp and sigmoid in a product", "exp(x) * … * sigmoid(-x) → sigmoid(x) * …", MoreAccurate, [Rule.KeyOf(X * Y)], Sums.ExpTimesSigmoid,
            dtype => [ExpTimesSigmoid(Vector("x", 5, dtype), Vector("y", 5, dtype))]),
        new Equation("exps of both signs", (Exp(X) - Exp(-X)) / (Exp(X) + Exp(-X)), Tanh(X), MoreAccurate),
    ];

    static IEnumerable<Rule> ErrorFunctions =>
    [
        new Equation("one minus erf", One - Erf(X), Erfc(X), MoreAccurate),
        new Equation("one plus erf", 1 + Erf(X), Erfc(-X), MoreAccurate),
        new Equation("erf minus one", Erf(X) - 1, -Erfc(X), MoreAccurate),
        new Equation("erf plus minus one", Erf(X) + -1, -Erfc(X), MoreAccurate),
        new Equation("one minus erfc", One - Erfc(X), Erf(X), MoreAccurate),
        new Equation("erfc minus one", Erfc(X) - 1, -Erf(X), MoreAccurate),
        new Equation("erfc plus minus one", Erfc(X) + -1, -Erf(X), MoreAccurate),
        new Equation("log of erfc", Log(Erfc(X)), LogErfc(X), MoreAccurate),
    ];

    static IEnumerable<Rule> Exponentials =>
    [
        new Equation("exp of log", Exp(Log(X)), Switch(X >= 0, X, double.NaN), MoreAccurate) { Domain = (0.1, 9) },
        new Equation("product of exps", Exp(X) * Exp(Y), Exp(X + Y), MoreAccurate),
        new Equation("quotient of exps", Exp(X) / Exp(Y), Exp(X - Y), MoreAccurate),
        new Equation("root of square", Sqrt(Sqr(X)), Abs(X), MoreAccurate),
        new Equation("root of second power", Sqrt(Pow(X, 2)), Abs(X), MoreAccurate),
        new Equation("root of x times x", Sqrt(X * X), Abs(X), MoreAccurate),
        new Equation("asinh of sinh", Asinh(Sinh(X)), X, MoreAccurate),
        new Equation("sinh of asinh", Sinh(Asinh(X)), X, MoreAccurate),
        new Equation("atanh of tanh", Atanh(Tanh(X)), X, MoreAccurate),
    ];

    // What is masked out is 0 whatever the other factor is there: a NaN of a branch that was not taken does not leak.
    static IEnumerable<Rule> Masks =>
    [
        new Equation("a mask masks the product", Switch(P, X, 0) * Y, Switch(P, X * Y, 0), MoreAccurate),
        new Equation("an inverse mask masks the product", Switch(P, 0, X) * Y, Switch(P, 0, X * Y), MoreAccurate),
        new Equation("a mask masks the quotient", Switch(P, X, 0) / Y, Switch(P, X / Y, 0), MoreAccurate) { Domain = (0.5, 3) },
        new Equation("an inverse mask masks the quotient", Switch(P, 0, X) / Y, Switch(P, 0, X / Y), MoreAccurate) { Domain = (0.5, 3) },
    ];

    const string IsDoubleInWords = "float64; in float32 the left side is kept, because it needs nothing but the tanh";

    static bool IsDouble(Holes holes) => holes[X].DType == DType.Float64;

    // 1 / cosh² x = 4 e / (1 + e)² with e = exp(-2|x|).
    static Expr SquaredSech(Expr x)
    {
        var e = Exp(-2 * Abs(x));
        return 4 * e / Sqr(1 + e);
    }

    static Expr ExpTimesSigmoid(Expr x, Expr y) => Exp(x) * y * Sigmoid(-x);

    static Expr? LogOfProduct(Expr node) =>
        node.Inputs[0] is { Op: Reduce { Monoid: Monoid.Product, Axes: var axes }, Inputs: [{ Op: Map { Function.IsNeverNegative: true } } x] }
            ? new Reduce(Monoid.Sum, axes).On(Log(x))
            : null;
}
