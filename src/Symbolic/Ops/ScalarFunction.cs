using System.Collections.Immutable;

namespace DeepSym;

/// <summary>A scalar as the interpreter holds it: floating dtypes use <see cref="Real"/>, integers and bool use <see cref="Integer"/>.</summary>
public readonly record struct Number(double Real, long Integer)
{
    /// <summary>A floating-point number.</summary>
    public static implicit operator Number(double value) => new(value, 0);

    /// <summary>An integer.</summary>
    public static implicit operator Number(long value) => new(0, value);

    /// <summary>A truth value.</summary>
    public static implicit operator Number(bool value) => new(0, value ? 1 : 0);

    /// <summary>Whether the truth value is true.</summary>
    public bool IsTrue => Integer != 0;
}

/// <summary>Computes a scalar function for arguments of <paramref name="dtype"/>; the result is rounded to the result's dtype by the caller.</summary>
public delegate Number ScalarValue(ReadOnlySpan<Number> arguments, DType dtype);

/// <summary>The derivative of <paramref name="y"/> = f(<paramref name="x"/>) in one argument, as an expression; null when it is zero everywhere.</summary>
public delegate Expr? Partial(ImmutableArray<Expr> x, Expr y);

/// <summary>Which dtypes a scalar function takes and what it gives. All arguments have one dtype, except for a leading condition.</summary>
public enum ScalarTypes
{
    /// <summary>Any dtype; the result has that dtype.</summary>
    Arithmetic,

    /// <summary>A floating dtype, integers being converted; the result has that dtype.</summary>
    Floating,

    /// <summary>Any dtype; the result is bool.</summary>
    Comparison,

    /// <summary>A floating dtype, integers being converted; the result is bool.</summary>
    Predicate,

    /// <summary>bool or an integer; the result has that dtype.</summary>
    Bitwise,

    /// <summary>A bool condition, then arguments of any one dtype, which the result has.</summary>
    Selection,

    /// <summary>Any dtype; the result has the dtype <see cref="ScalarFunction.Result"/>.</summary>
    Conversion,
}

/// <summary>
/// A function of numbers with all its rules in one place: value, derivatives, lowering, domain. <see cref="Map"/> lifts it to tensors.
/// Anyone can make one; see <see cref="Lift"/>.
/// </summary>
public sealed class ScalarFunction
{
    /// <summary>A function of <paramref name="arity"/> arguments.</summary>
    public ScalarFunction(string name, int arity, ScalarTypes types) => (Name, Arity, Types) = (name, arity, types);

    /// <summary>The name in messages and printed graphs.</summary>
    public string Name { get; }

    /// <summary>The number of arguments.</summary>
    public int Arity { get; }

    /// <summary>Which dtypes it takes.</summary>
    public ScalarTypes Types { get; }

    /// <summary>The operator by which a function of two arguments is printed.</summary>
    public string? Symbol { get; init; }

    /// <summary>For <see cref="ScalarTypes.Conversion"/>: the dtype of the result.</summary>
    public DType Result { get; init; }

    /// <summary>The meaning: what the interpreter computes.</summary>
    public required ScalarValue Value { get; init; }

    /// <summary>The derivative in each argument; both autodiff modes come from them. Empty: the derivative is zero everywhere.</summary>
    public EquatableArray<Partial> Partials { get; init; }

    /// <summary>Arguments, by position, that are parameters: there is no derivative in them, and asking for one is an error.</summary>
    public EquatableArray<int> Parameters { get; init; }

    /// <summary>
    /// The function as an expression of simpler ones; none for the primitives that backends know. A function without one, or for whose dtype it gives null, is
    /// called number by number.
    /// </summary>
    public Func<ImmutableArray<Expr>, Expr?>? Lowering { get; init; }

    /// <summary>
    /// For a <see cref="ScalarTypes.Selection"/> without lowering: whether its condition seldom holds. It is called only for vectors with a number for
    /// which it holds; the result for all others is the last argument.
    /// </summary>
    public bool IsRare { get; init; }

    /// <summary>Whether every backend has an instruction for it.</summary>
    public bool IsPrimitive { get; init; }

    /// <summary>Whether no result is below zero (of integers, before they overflow); false by default. The logarithm of a product of such results becomes a sum of logarithms.</summary>
    public bool IsNeverNegative { get; init; }

    /// <summary>Whether the order of the arguments does not matter: rewriting matches both orders.</summary>
    public bool IsCommutative { get; init; }

    /// <summary>How many multiplications it costs, roughly: fusion does not compute expensive functions twice.</summary>
    public int Cost { get; init; } = 1;

    /// <summary>Where the property tests draw the arguments.</summary>
    public (double Low, double High) Domain { get; init; } = (-3, 3);

    /// <summary>The function of one real argument.</summary>
    public static ScalarValue Real(Func<double, double> f) => (x, _) => f(x[0].Real);

    /// <summary>The function of two real arguments.</summary>
    public static ScalarValue Real2(Func<double, double, double> f) => (x, _) => f(x[0].Real, x[1].Real);

    /// <summary>A function with one formula for reals and one for integers.</summary>
    public static ScalarValue Either(Func<double, double, double> real, Func<long, long, long> integer) =>
        (x, dtype) => dtype.IsFloating() ? new Number(real(x[0].Real, x[1].Real), 0) : new Number(0, integer(x[0].Integer, x[1].Integer));

    /// <summary>A function with one formula for reals and one for integers.</summary>
    public static ScalarValue Either(Func<double, double> real, Func<long, long> integer) =>
        (x, dtype) => dtype.IsFloating() ? new Number(real(x[0].Real), 0) : new Number(0, integer(x[0].Integer));

    /// <summary>A function with one formula for reals and one for integers that only orders them: unsigned 64-bit numbers, which are held by their bits, are ordered too.</summary>
    public static ScalarValue Ordering(Func<double, double, double> real, Func<long, long, long> integer) =>
        (x, dtype) => dtype.IsFloating() ? new Number(real(x[0].Real, x[1].Real), 0)
            : new Number(0, InOrder(integer(InOrder(x[0].Integer, dtype), InOrder(x[1].Integer, dtype)), dtype));

    // Bits of an unsigned 64-bit number as a signed one of the same rank, and back.
    internal static long InOrder(long x, DType dtype) => dtype == DType.UInt64 ? x ^ long.MinValue : x;

    /// <summary>
    /// The function applied elementwise: arguments are promoted to one dtype (<see cref="Promotion"/>) and broadcast to one shape.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast: sizes differ and neither is 1.</exception>
    /// <exception cref="DTypeException">The function is not defined for the dtypes.</exception>
    public Expr Lift(params ReadOnlySpan<Expr> arguments)
    {
        var promoted = Promotion.Arguments(this, arguments);
        return new Map(this).On(Broadcasting.Align(Name, promoted));
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
