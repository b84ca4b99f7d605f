namespace DeepSym;

public static partial class T
{
    static readonly ScalarFunction FloorFunction = new("floor", 1, ScalarTypes.Floating) { IsPrimitive = true, Value = ScalarFunction.Real(Math.Floor) };

    static readonly ScalarFunction CeilFunction = new("ceil", 1, ScalarTypes.Floating) { IsPrimitive = true, Value = ScalarFunction.Real(Math.Ceiling) };

    static readonly ScalarFunction TruncFunction = new("trunc", 1, ScalarTypes.Floating) { IsPrimitive = true, Value = ScalarFunction.Real(Math.Truncate) };

    static readonly ScalarFunction RoundEvenFunction = new("round_even", 1, ScalarTypes.Floating) { IsPrimitive = true, Value = ScalarFunction.Real(x => Math.Round(x, MidpointRounding.ToEven)) };

    static readonly ScalarFunction RoundAwayFunction = new("round_away", 1, ScalarTypes.Floating)
    {
        Value = ScalarFunction.Real(x => Math.Round(x, MidpointRounding.AwayFromZero)),
        Lowering = x =>
        {
            var whole = Trunc(x[0]);
            return Switch(Abs(x[0] - whole) >= 0.5, whole + Switch(x[0] < 0, -1, OnesLike(whole)), whole);
        },
    };

    /// <summary>The largest integer that is at most x, elementwise, as a float.</summary>
    public static Expr Floor(Expr x) => FloorFunction.Lift(x);

    /// <summary>The smallest integer that is at least x, elementwise, as a float.</summary>
    public static Expr Ceil(Expr x) => CeilFunction.Lift(x);

    /// <summary>x without its fraction, elementwise, as a float.</summary>
    public static Expr Trunc(Expr x) => TruncFunction.Lift(x);

    /// <summary>The nearest integer, halves to the even one, elementwise, as a float.</summary>
    public static Expr RoundEven(Expr x) => RoundEvenFunction.Lift(x);

    /// <summary>The nearest integer, halves away from zero, elementwise, as a float. (Theano: <c>round</c> with mode <c>half_away_from_zero</c>.)</summary>
    public static Expr RoundAway(Expr x) => RoundAwayFunction.Lift(x);

    /// <summary>The nearest integer, halves to the even one, as int64. (Theano: <c>iround</c>.)</summary>
    public static Expr RoundToInteger(Expr x) => Cast(RoundEven(x), DType.Int64);
}
