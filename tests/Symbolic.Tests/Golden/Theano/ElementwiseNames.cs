using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>The elementwise functions of <c>theano.tensor</c> by their names there.</summary>
internal static class ElementwiseNames
{
    static readonly (string Name, Func<Expr, Expr> Meaning)[] Unary =
    [
        ("neg", T.Negate), ("abs_", T.Abs), ("sgn", T.Sign), ("sqr", T.Sqr), ("sqrt", T.Sqrt), ("inv", T.Reciprocal),
        ("exp", T.Exp), ("exp2", T.Exp2), ("expm1", T.Expm1), ("log", T.Log), ("log2", T.Log2), ("log10", T.Log10), ("log1p", T.Log1p),
        ("sin", T.Sin), ("cos", T.Cos), ("tan", T.Tan), ("arcsin", T.Asin), ("arccos", T.Acos), ("arctan", T.Atan),
        ("sinh", T.Sinh), ("cosh", T.Cosh), ("tanh", T.Tanh), ("arcsinh", T.Asinh), ("arccosh", T.Acosh), ("arctanh", T.Atanh),
        ("erf", T.Erf), ("erfc", T.Erfc), ("erfcx", T.Erfcx), ("erfinv", T.ErfInv), ("erfcinv", T.ErfcInv),
        ("gamma", T.Gamma), ("gammaln", T.GammaLn), ("psi", T.Digamma), ("tri_gamma", T.Trigamma),
        ("j0", T.BesselJ0), ("j1", T.BesselJ1), ("i0", T.BesselI0), ("i1", T.BesselI1),
        ("deg2rad", T.DegreesToRadians), ("rad2deg", T.RadiansToDegrees),
        ("floor", T.Floor), ("ceil", T.Ceil), ("trunc", T.Trunc),
        ("isnan", T.IsNaN), ("isinf", T.IsInf), ("invert", T.Invert), ("tensor_copy", x => x),
    ];

    static readonly (string Name, Func<Expr, Expr, Expr> Meaning)[] Binary =
    [
        ("sub", T.Subtract), ("true_div", T.Divide), ("int_div", T.FloorDivide), ("mod", T.Mod),
        ("maximum", T.Maximum), ("minimum", T.Minimum), ("largest", T.Maximum), ("smallest", T.Minimum),
        ("lt", T.Lt), ("le", T.Le), ("gt", T.Gt), ("ge", T.Ge), ("eq", T.Eq), ("neq", T.Neq),
        ("gammainc", T.GammaInc), ("gammaincc", T.GammaIncC), ("gammau", T.UpperGamma), ("gammal", T.LowerGamma), ("chi2sf", T.ChiSquareSurvival),
        ("jv", T.BesselJ), ("iv", T.BesselI),
        ("pow", T.Pow), ("ceil_intdiv", T.CeilDivide), ("arctan2", T.Atan2),
        ("and_", T.And), ("or_", T.Or), ("xor", T.Xor),
    ];

    public static void AddTo(TheanoModules modules)
    {
        var tensor = modules.Tensor;
        foreach (var (name, meaning) in Unary)
            tensor.Add($"{name}(x)", a => meaning(a.Expr("x")));
        foreach (var (name, meaning) in Binary)
            tensor.Add($"{name}(x, y)", a => meaning(a.Expr("x"), a.Expr("y")));
        tensor.Add("add(*terms)", a => a.Exprs("terms").Aggregate(T.Add));
        tensor.Add("mul(*factors)", a => a.Exprs("factors").Aggregate(T.Multiply));
        tensor.Add("switch(condition, x, y)", a => T.Switch(a.Expr("condition"), a.Expr("x"), a.Expr("y")));
        tensor.Add("where(condition, x, y)", a => T.Switch(a.Expr("condition"), a.Expr("x"), a.Expr("y")));
        tensor.Add("clip(x, low, high)", a => T.Clip(a.Expr("x"), a.Expr("low"), a.Expr("high")));
        tensor.Add("isclose(x, y)", a => T.IsClose(a.Expr("x"), a.Expr("y")));
        tensor.Add("round(x, mode='half_to_even')", a => a.Text("mode") == "half_to_even" ? T.RoundEven(a.Expr("x")) : T.RoundAway(a.Expr("x")));
        modules["xlogx"].Add("xlogx(x)", a => T.XLogX(a.Expr("x")));
        modules["xlogx"].Add("xlogy0(x, y)", a => T.XLogY(a.Expr("x"), a.Expr("y")));
        tensor.Add("cast(x, dtype)", a => T.Cast(a.Expr("x"), a.DType()!.Value));
        tensor.Add("astype(x, dtype)", a => T.Cast(a.Expr("x"), a.DType()!.Value));
    }
}
