using static DeepSym.Rewriting.Hole;
using static DeepSym.Rewriting.Promise;
using static DeepSym.T;

namespace DeepSym.Rewriting;

/// <summary>Choices that are made, and comparisons whose outcome is known. Floats are never taken to equal themselves: they may be NaN.</summary>
static class Logic
{
    public static readonly RuleSet Rules =
    [
        new Equation("chosen for sure", Switch(true, A, B), A, Exact),
        new Equation("never chosen", Switch(false, A, B), B, Exact),
        new Equation("choice between equals", Switch(P, A, A), A, Exact),
        new Equation("choice by a negated condition", Switch(~P, A, B), Switch(P, B, A), Exact),
        new Equation("choice already made", Switch(P, Switch(P, X, Y), Z), Switch(P, X, Z), Exact),
        new Equation("other choice already made", Switch(P, X, Switch(P, Y, Z)), Switch(P, X, Z), Exact),
        new Equation("integer equals itself", Eq(X, X), true, Exact, IsInteger) { Condition = "integers" },
        new Equation("integer differs from itself", Neq(X, X), false, Exact, IsInteger) { Condition = "integers" },
        new Equation("integer at most itself", Le(X, X), true, Exact, IsInteger) { Condition = "integers" },
        new Equation("integer at least itself", Ge(X, X), true, Exact, IsInteger) { Condition = "integers" },
        new Equation("less than itself", Lt(X, X), false, Exact),
        new Equation("greater than itself", Gt(X, X), false, Exact),
        new Equation("and with itself", P & P, P, Exact),
        new Equation("or with itself", P | P, P, Exact),
        new FunctionRule("exclusive or with itself", "x ^ x → 0, p ^ p → false", Exact, [Rule.KeyOf(P ^ P)], expr => expr.Inputs[0] == expr.Inputs[1] ? Cast(0, expr.DType) : null, _ =>
            [Twice(Vector("x", 3, DType.Int64), (x, y) => x ^ y)]),
        new Equation("and true", P & true, P, Exact),
        new Equation("and false", P & false, false, Exact),
        new Equation("or true", P | true, true, Exact),
        new Equation("or false", P | false, P, Exact),
        new Equation("exclusive or false", P ^ false, P, Exact),
        new Equation("not not", ~~P, P, Exact),
        new Equation("not equal", ~Eq(X, Y), Neq(X, Y), Exact),
        new Equation("not different", ~Neq(X, Y), Eq(X, Y), Exact),
        new FunctionRule("size against zero", "size < 0 → false, size >= 0 → true, max(size, 0) → size, min(size, 0) → 0", Exact,
            [Rule.KeyOf(X < Y), Rule.KeyOf(X >= Y), Rule.KeyOf(Maximum(X, Y)), Rule.KeyOf(Minimum(X, Y))], SizeAgainstZero,
            _ => [OfSize(n => Switch(n < 0, 1, n)), OfSize(n => Switch(n >= 0, n, 1)), OfSize(n => Maximum(n, 0)), OfSize(n => Minimum(n, 0))]),
    ];

    static Expr OfSize(Func<Expr, Expr> f) => Vector("x", "n", DType.Int64) + f(new DimValue(Dim.Named("n")).On());

    static Expr Twice(Expr x, Func<Expr, Expr, Expr> f) => f(x, x);

    static bool IsInteger(Holes holes) => holes[X].DType.IsInteger();

    static Expr? SizeAgainstZero(Expr node)
    {
        var (x, y) = (Pattern.Unrepeated(node.Inputs[0]), node.Inputs[1]);
        if (x.Op is not DimValue({ IsNonNegative: true }) || !Literals.Are(y, 0)) return null;
        return ((Map)node.Op!).Function.Name switch { "lt" => false, "ge" => true, "maximum" => x, _ => Pattern.Unrepeated(y) };
    }
}
