namespace DeepSym;

/// <content>Division with a whole quotient and its remainder, rounded as in Python.</content>
public static partial class T
{
    static readonly ScalarFunction FloorDivideFunction = new("floordiv", 2, ScalarTypes.Arithmetic)
    {
        Symbol = "//", IsPrimitive = true, Cost = 8,
        Value = (x, dtype) => dtype switch
        {
            DType.Float64 => Math.Floor(x[0].Real / x[1].Real),
            DType.UInt64 => (Number)(x[1].Integer == 0 ? 0 : (long)((ulong)x[0].Integer / (ulong)x[1].Integer)),
            _ when dtype.IsFloating() => (double)MathF.Floor((float)(x[0].Real / x[1].Real)),
            _ => (Number)WholeQuotient(x[0].Integer, x[1].Integer),
        },
        Domain = (1, 7),
    };

    static readonly ScalarFunction RemainderFunction = new("mod", 2, ScalarTypes.Arithmetic)
    {
        Symbol = "%", Cost = 9,
        Value = (x, dtype) => dtype.IsFloating() ? RealRemainder(x[0].Real, x[1].Real)
            : dtype == DType.UInt64 ? (Number)(x[1].Integer == 0 ? 0 : (long)((ulong)x[0].Integer % (ulong)x[1].Integer))
            : (Number)(x[1].Integer is 0 or -1 ? 0 : x[0].Integer - x[1].Integer * DimFunction.FloorDivide(x[0].Integer, x[1].Integer)),
        Partials = [(_, _) => Constant(1), (x, _) => -FloorDivide(x[0], x[1])],
        Lowering = x => x[0].DType.IsFloating() ? RemainderLowering(x[0], x[1]) : Switch(Eq(x[1], 0), 0, x[0] - x[1] * FloorDivide(x[0], x[1])),
        Domain = (1.1, 7),
    };

    // For quotients that a float does not hold exactly.
    static class LargeQuotient
    {
        public static readonly ScalarFunction Remainder = new("mod_of_large", 4, ScalarTypes.Selection)
        {
            IsRare = true, Cost = 9,
            Value = (x, _) => x[0].IsTrue ? RealRemainder(x[1].Real, x[2].Real) : x[3],
        };
    }

    /// <summary><c>⌊x / y⌋</c>, elementwise; an integer divided by 0 gives 0. (Theano: <c>int_div</c>, Python: <c>//</c>.)</summary>
    public static Expr FloorDivide(Expr x, Expr y) => FloorDivideFunction.Lift(x, y);

    /// <summary><c>⌈x / y⌉</c> of integers, elementwise; 0 where y is 0. (Theano: <c>ceil_intdiv</c>.)</summary>
    public static Expr CeilDivide(Expr x, Expr y)
    {
        var quotient = FloorDivide(x, y);
        return quotient + Cast(Neq(Mod(x, y), 0), quotient.DType);
    }

    /// <summary><c>x - y⌊x / y⌋</c>, elementwise, exact and with the sign of <paramref name="y"/> as in Python; an integer modulo 0 gives 0.</summary>
    public static Expr Mod(Expr x, Expr y) => RemainderFunction.Lift(x, y);

    static long WholeQuotient(long x, long y) => y == 0 ? 0 : y == -1 ? -x : DimFunction.FloorDivide(x, y);

    static double RealRemainder(double x, double y)
    {
        var rest = x % y;
        return rest == 0 ? Math.CopySign(0, y) : rest < 0 != y < 0 ? rest + y : rest;
    }

    // The fused step is exact; it is one divisor too low where the quotient was rounded up to a whole number.
    static Expr RemainderLowering(Expr x, Expr y)
    {
        var quotient = Floor(x / y);
        var rest = FusedMultiplyAdd(-y, quotient, x);
        rest = Switch(Eq(rest, 0), FromBits(SignBit(y)), Switch(Neq(rest < 0, y < 0), rest + y, rest));
        var isLarge = ~(Abs(quotient) < (x.DType == DType.Float32 ? 4194304.0 : 2251799813685248.0)) | IsInf(y);
        return LargeQuotient.Remainder.Lift(isLarge, x, y, rest);
    }
}
