namespace DeepSym;

public static partial class T
{
    static readonly ScalarFunction FloorFunction = new("floor", 1, ScalarTypes.Floating) { IsPrimitive = true, Value = ScalarFunction.Real(Math.Floor) };

    static readonly ScalarFunction CeilFunction = new("ceil", 1, ScalarTypes.Floating) { IsPrimitive = true, Value = ScalarFunction.Real(Math.Ceiling) };

    static readonly ScalarFunction TruncFunction = new("trunc", 1, ScalarTypes.Floating) { IsPrimitive = true, Value = ScalarFunction.Real(Math.Truncate) };

    static readonly ScalarFunction RoundEvenFunction = new("round_even", 1, ScalarTypes.Floating) { IsPrimitive = true, Value = ScalarFunction.Real(x => Math.Round(x, MidpointRounding.ToEven)) };

    /// <summary>The largest integer that is at most x, elementwise, as a float.</summary>
    public static Expr Floor(Expr x) => FloorFunction.Lift(x);

    /// <summary>The smallest integer that is at least x, elementwise, as a float.</summary>
    public static Expr Ceil(Expr x) => CeilFunction.Lift(x);

    /// <summary>x without its fraction, elementwise, as a float.</summary>
    public static Expr Trunc(Expr x) => TruncFunction.Lift(x);

    /// <summary>The nearest integer, halves to the even one, elementwise, as a float.</summary>
    public static Expr RoundEven(Expr x) => RoundEvenFunction.Lift(x);
}
