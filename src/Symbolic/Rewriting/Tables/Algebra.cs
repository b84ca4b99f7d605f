using static DeepSym.Rewriting.Hole;
using static DeepSym.Rewriting.Promise;
using static DeepSym.T;

namespace DeepSym.Rewriting;

/// <summary>Arithmetic that need not be done, and one way to write what can be written in several: signs go outwards, literals come together.</summary>
static class Algebra
{
    const int LargestPower = 32;   // beyond, repeated squaring loses more digits than it saves time

    static readonly Expr Zero = 0, One = 1;

    public static readonly RuleSet Rules = [.. Neutral, .. Signs, .. Symmetries, .. Fractions, .. Constants, .. Powers, .. Inverses, .. Casts, .. Repeats];

    static IEnumerable<Rule> Neutral =>
    [
        new Equation("plus zero", X + 0, X, Exact, IsInteger) { Condition = "integers" },
        new Equation("plus zero in floats", X + 0, X, Reassociates),
        new Equation("minus zero", X - 0, X, Exact),
        new Equation("zero minus", Zero - X, -X, Reassociates),
        new Equation("times one", X * 1, X, Exact),
        new Equation("over one", X / 1, X, Exact),
        new Equation("floor division by one", FloorDivide(X, 1), X, Exact, IsInteger) { Condition = "integers" },
        new Equation("times zero in integers", X * 0, 0, Exact, IsInteger) { Condition = "integers" },
        new Equation("times zero", X * 0, 0, AssumesFinite),
        new Equation("zero over x", 0 / X, 0, AssumesFinite),
        new Equation("minus itself in integers", X - X, 0, Exact, IsInteger) { Condition = "integers" },
        new Equation("minus itself", X - X, 0, AssumesFinite),
        new Equation("over itself", X / X, 1, AssumesFinite),
        new Equation("maximum of equals", Maximum(X, X), X, Exact),
        new Equation("minimum of equals", Minimum(X, X), X, Exact),
    ];

    static IEnumerable<Rule> Signs =>
    [
        new Equation("times minus one", X * -1, -X, Exact),
        new Equation("over minus one", X / -1, -X, Exact),
        new Equation("minus minus", -(-X), X, Exact),
        new Equation("plus negative", X + -Y, X - Y, Exact),
        new Equation("minus negative", X - -Y, X + Y, Exact),
        new Equation("negative minus", -X - Y, -(X + Y), Reassociates),
        new Equation("minus a difference", -(X - Y), Y - X, Reassociates),
        new Equation("product of negatives", -X * -Y, X * Y, Exact),
        new Equation("negative factor", -X * Y, -(X * Y), Exact),
        new Equation("quotient of negatives", -X / -Y, X / Y, Exact),
        new Equation("negative dividend", -X / Y, -(X / Y), Exact),
        new Equation("negative divisor", X / -Y, -(X / Y), Exact),
        new Equation("absolute value of a negative", Abs(-X), Abs(X), Exact),
        new Equation("absolute value of an absolute value", Abs(Abs(X)), Abs(X), Exact),
        new Equation("absolute value of a square", Abs(Sqr(X)), Sqr(X), Exact, IsFloat) { Condition = "floats" },
        new Equation("product of absolute values", Abs(X) * Abs(Y), Abs(X * Y), Exact, IsFloat) { Condition = "floats" },
        new Equation("quotient of absolute values", Abs(X) / Abs(Y), Abs(X / Y), Exact),
        new Equation("x over its absolute value", X / Abs(X), Sign(X), AssumesFinite),
        new Equation("absolute value over x", Abs(X) / X, Sign(X), AssumesFinite),
    ];

    static IEnumerable<Rule> Symmetries =>
    [
        .. new Func<Expr, Expr>[] { Erf, Sin, Tan, Sinh, Tanh, Asin, Atan, Asinh, Atanh }.Select(f => new Equation($"{((Map)f(X).Op!).Function.Name} of a negative", f(-X), -f(X), Reassociates) { Domain = (-0.9, 0.9) }),
        .. new Func<Expr, Expr>[] { Cos, Cosh }.Select(f => new Equation($"{((Map)f(X).Op!).Function.Name} of a negative", f(-X), f(X), Reassociates)),
    ];

    static IEnumerable<Rule> Fractions =>
    [
        new Equation("reciprocal", Reciprocal(X), One / X, Exact),
        new Equation("reciprocal of a reciprocal", One / (One / X), X, MoreAccurate),
        new Equation("x times (one over y)", X * (One / Y), X / Y, MoreAccurate, holes => !IsSpread(holes[Y], holes[X])) { Domain = (0.5, 3), Condition = "y not broadcast to x" },
        new Equation("cancelled factor", X * Y / X, Y, AssumesFinite),
        new Equation("cancelled term", X + Y - X, Y, AssumesFinite) { Domain = (1, 2) },
        new Equation("quotient over z", X / Y / Z, X / (Y * Z), AssumesFinite) { Domain = (0.5, 3) },
        new Equation("x over a quotient", X / (Y / Z), X * Z / Y, AssumesFinite) { Domain = (0.5, 3) },
    ];

    static IEnumerable<Rule> Constants =>
    [
        new Equation("minus a literal", X - C, X + -C, Exact),
        new Equation("sum of literals", C + (D + X), C + D + X, Reassociates),
        new Equation("literal minus a sum with a literal", C - (D + X), C - D - X, Reassociates),
        new Equation("product of literals", C * (D * X), C * D * X, Reassociates),
        new Equation("negated literal factor", -(C * X), -C * X, Exact),
        new Equation("literal times a quotient by a literal", C * (X / D), C / D * X, Reassociates, IsFloat) { Condition = "floats" },
        new Equation("product with a literal over a literal", C * X / D, C / D * X, Reassociates),
        new Equation("over a power of two", X / C, X * (1 / C), Exact, holes => IsPowerOfTwo((Constant)holes[C]) && Literals.Of(holes[X]) is null) { Condition = "c a power of 2, and 1 / c too; x no literal" },
    ];

    static IEnumerable<Rule> Powers =>
    [
        new Equation("product with itself", X * X, Sqr(X), Exact),
        new Equation("square of a negative", Sqr(-X), Sqr(X), Exact),
        new Equation("square of an absolute value", Sqr(Abs(X)), Sqr(X), Exact),
        new Equation("square of a root", Sqr(Sqrt(X)), X, AssumesFinite) { Domain = (0.1, 9) },
        new Equation("x times x times its square", X * (X * Sqr(X)), Sqr(Sqr(X)), Reassociates),
        new Equation("power of zero", Pow(X, 0), 1, Exact),
        new Equation("power of one", Pow(X, 1), X, Exact),
        new Equation("square", Pow(X, 2), Sqr(X), Exact),
        new Equation("power of minus one", Pow(X, -1), One / X, Exact, IsFloat) { Condition = "floats" },
        new Equation("root as power", Pow(X, 0.5), Switch(Eq(X, double.NegativeInfinity), double.PositiveInfinity, Sqrt(X)), MoreAccurate),
        new Equation("reciprocal root as power", Pow(X, -0.5), Switch(Eq(X, double.NegativeInfinity), 0, 1 / Abs(Sqrt(X))), Reassociates),
        new FunctionRule("power of a known integer", $"x ** n → products of squares of x, n from -{LargestPower} to {LargestPower}", Reassociates, [Rule.KeyOf(Pow(X, Y))], KnownPower,
            dtype => [Pow(Vector("x", 5, dtype), 3), Pow(Vector("x", 5, dtype), 15), Pow(Vector("x", 5, dtype), -2)]) { Domain = (0.3, 2) },
        new Equation("power of two", Pow(2, X), Exp2(X), MoreAccurate, IsFloat) { Condition = "floats" },
        new Equation("product of powers", Pow(X, Y) * Pow(X, Z), Pow(X, Y + Z), AssumesFinite) { Domain = (0.5, 3) },
    ];

    static IEnumerable<Rule> Inverses =>
    [
        new Equation("expm1 of log1p", Expm1(Log1p(X)), X, AssumesFinite) { Domain = (-0.9, 3) },
        new Equation("tanh of atanh", Tanh(Atanh(X)), X, AssumesFinite) { Domain = (-0.9, 0.9) },
        new Equation("cosh of acosh", Cosh(Acosh(X)), X, AssumesFinite) { Domain = (1.1, 9) },
        new Equation("degrees of radians", RadiansToDegrees(DegreesToRadians(X)), X, Reassociates),
        new Equation("radians of degrees", DegreesToRadians(RadiansToDegrees(X)), X, Reassociates),
    ];

    static IEnumerable<Rule> Casts =>
    [
        new FunctionRule("cast to the same dtype", "cast(x) → x, of that dtype", Exact, [.. AllCasts], node => node.Inputs[0].DType == node.DType ? node.Inputs[0] : null,
            dtype => [new Map(((Map)Cast(Scalar("x", dtype == DType.Float32 ? DType.Float64 : DType.Float32), dtype).Op!).Function).On(Vector("x", 3, dtype))]),
        new FunctionRule("cast of a lossless cast", "cast(cast(x)) → cast(x), the inner one without loss", Exact, [.. AllCasts], CastOfCast,
            _ => [Cast(Cast(Vector("x", 3, DType.Int32), DType.Float64), DType.Int64), Cast(Cast(Vector("x", 3, DType.Float32), DType.Float64), DType.Float32)]),
    ];

    static IEnumerable<Rule> Repeats =>
    [
        new FunctionRule("what repeats is computed once", "f(broadcast(x), broadcast(y)) → broadcast(f(x, y))", Exact, [typeof(Map)], BeforeBroadcast, dtype =>
        [
            T.BroadcastTo(Vector("x", 3, dtype), 2, 3) * T.BroadcastTo(Vector("y", 3, dtype), 2, 3),
            T.BroadcastTo(Matrix("x", 2, 1, dtype), 2, 3) * T.BroadcastTo(Scalar("y", dtype), 2, 3),
        ]),
        new FunctionRule("what is reshaped alike is reshaped once", "f(reshape(x), reshape(y)) → reshape(f(x, y)), also beside numbers", Exact, [typeof(Map)], BeforeReshape, dtype =>
        [
            T.Reshape(Vector("x", 6, dtype), 2, 3) * T.Reshape(Vector("y", 6, dtype), 2, 3) + 3, T.Reshape(Vector("x", 6, dtype), 2, 3) / Scalar("y", dtype),
        ]),
    ];

    static IEnumerable<object> AllCasts => ScalarFunctions.All.Where(IsCast);

    static bool IsCast(ScalarFunction function) => function.Types == ScalarTypes.Conversion && function.Name.StartsWith("cast", StringComparison.Ordinal);

    static bool IsInteger(Holes holes) => holes[X].DType.IsInteger();

    static bool IsFloat(Holes holes) => holes[X].DType.IsFloating();

    // Whether each element of one meets several of the other: then its inverse is computed once for all of them.
    static bool IsSpread(Expr one, Expr other)
    {
        var (own, others) = (Views.Varying(one), Views.Varying(other));
        return Enumerable.Range(1, others.Length).Any(i => others[^i] && (i > own.Length || !own[^i]));
    }

    // 1 / c must not be subnormal.
    static bool IsPowerOfTwo(Constant literal)
    {
        var (size, least) = (Math.Abs(Literals.Number(literal)), literal.DType == DType.Float32 ? -126 : -1022);
        return double.IsPow2(size) && Math.ILogB(size) is var exponent && exponent >= least && -exponent >= least && size != 1;
    }

    // xⁿ as the product of those of x, x², x⁴, ... that make up n.
    static Expr? KnownPower(Expr node)
    {
        if (Literals.Of(node.Inputs[1]) is not { DType: not DType.Bool } literal || Literals.Number(literal) is var exponent && (!double.IsInteger(exponent) || Math.Abs(exponent) is < 2 or > LargestPower)) return null;
        var power = (int)Literals.Number(literal);
        if (power < 0 && !node.DType.IsFloating()) return null;
        Expr? product = null;
        var square = node.Inputs[0];
        for (var rest = Math.Abs(power); rest > 0; rest >>= 1)
        {
            if ((rest & 1) == 1) product = product is null ? square : product * square;
            if (rest > 1) square = Sqr(square);
        }
        return power < 0 ? One / product! : product;
    }

    // A cast that loses nothing need not have been made before another.
    static Expr? CastOfCast(Expr node)
    {
        if (node.Inputs[0] is not { Op: Map { Function: var function }, Inputs: [var x], DType: var inner } || !IsCast(function) || node.DType == DType.Bool) return null;
        var isLossless = inner.Kind() >= x.DType.Kind() && inner.Size() >= x.DType.Size() && !(inner.IsFloating() && x.DType.IsInteger() && inner.Size() == x.DType.Size());
        return isLossless ? Cast(x, node.DType) : null;
    }

    static Expr? BeforeReshape(Expr node)
    {
        Shape? shape = null;
        foreach (var input in node.Inputs)
        {
            if (input.Op is not DeepSym.Reshape)
            {
                if (Number(input) is null) return null;
                continue;
            }
            shape ??= input.Inputs[0].Shape;
            if (shape != input.Inputs[0].Shape) return null;
        }
        return shape is null ? null : T.Reshape(((Map)node.Op!).Function.Lift([.. node.Inputs.Select(input => input.Op is DeepSym.Reshape ? input.Inputs[0] : Number(input)!)]), node.Shape);

        static Expr? Number(Expr input) => input is { Op: DeepSym.BroadcastTo, Inputs: [{ Rank: 0 } number] } ? number : Literals.Of(input);
    }

    // Along axes on which no argument varies the function is computed once.
    static Expr? BeforeBroadcast(Expr node)
    {
        if (node.Rank == 0) return null;
        foreach (var input in node.Inputs)
            if (input.Op is not DeepSym.BroadcastTo) return null;
        var varies = new bool[node.Rank];
        foreach (var input in node.Inputs)
        {
            var own = Views.Varying(input);
            for (var axis = 0; axis < varies.Length; axis++) varies[axis] |= own[axis];
        }
        if (!Enumerable.Range(0, node.Rank).Any(axis => !varies[axis] && !node.Shape[axis].IsOne)) return null;
        var inner = node.Op!.On([.. node.Inputs.Select(input => Views.Without(input, varies))]);
        return Views.Broadcast(inner, node.Shape, Enumerable.Range(0, node.Rank).Where(axis => varies[axis]).ToEquatable());
    }
}
