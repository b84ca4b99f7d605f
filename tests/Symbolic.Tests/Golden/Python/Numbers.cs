using System.Globalization;

namespace DeepSym.Tests.Golden.Python;

/// <summary>Arithmetic of Python's own values: bool, int, float, str, list and tuple.</summary>
internal static class Numbers
{
    /// <summary>The value as an integer, or an error that names what came instead.</summary>
    public static long Whole(object? value) => value switch
    {
        long n => n,
        bool b => b ? 1 : 0,
        IScalar { IsWhole: true } scalar => (long)scalar.Value,
        _ => throw new PythonException($"an integer expected, not {Describe(value)}"),
    };

    public static double Real(object? value) => value switch
    {
        double d => d,
        IScalar scalar => scalar.Value,
        _ => Whole(value),
    };

    public static string Describe(object? value) => value is null ? "None" : $"{value.GetType().Name} {Convert.ToString(value, CultureInfo.InvariantCulture)}";

    public static object Unary(string symbol, object? operand) => (symbol, operand) switch
    {
        ("-", double d) => (object)-d,   // without the cast every arm would become a double
        ("+", double d) => d,
        ("-", long or bool) => -Whole(operand),
        ("+", long or bool) => Whole(operand),
        ("~", long or bool) => ~Whole(operand),
        ("abs", double d) => Math.Abs(d),
        ("abs", long or bool) => Math.Abs(Whole(operand)),
        _ => throw new PythonException($"{symbol} is not defined for {Describe(operand)}"),
    };

    public static object Binary(string symbol, object? left, object? right) => (symbol, left, right) switch
    {
        ("==", _, _) => AreEqual(left, right),
        ("!=", _, _) => !AreEqual(left, right),
        ("is", _, _) => ReferenceEquals(left, right) || (left is not null && left.Equals(right)),
        ("is not", _, _) => !(bool)Binary("is", left, right),
        ("+", List<object?> a, List<object?> b) => (List<object?>)[.. a, .. b],
        ("+", object?[] a, object?[] b) => (object?[])[.. a, .. b],
        ("+", string a, string b) => a + b,
        ("*", List<object?> a, long n) => Enumerable.Repeat(a, (int)n).SelectMany(x => x).ToList(),
        ("*", object?[] a, long n) => Enumerable.Repeat(a, (int)n).SelectMany(x => x).ToArray(),
        (_, long or bool, long or bool) => Integers(symbol, Whole(left), Whole(right)),
        (_, double or long or bool, double or long or bool) => Floats(symbol, Real(left), Real(right)),
        _ => throw new PythonException($"{symbol} is not defined for {Describe(left)} and {Describe(right)}"),
    };

    public static double FloorDivide(double a, double b) => Math.Floor(a / b);

    /// <summary>Python's remainder: it has the sign of the divisor.</summary>
    public static double Remainder(double a, double b)
    {
        double r = a % b;
        return r != 0 && (r < 0) != (b < 0) ? r + b : r;
    }

    static bool AreEqual(object? left, object? right) =>
        left is long or bool or double && right is long or bool or double ? Real(left) == Real(right) : Equals(left, right);

    static object Integers(string symbol, long a, long b) => symbol switch
    {
        "+" => checked(a + b),
        "-" => checked(a - b),
        "*" => checked(a * b),
        "//" => (a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0),
        "%" => ((a % b) + b) % b,
        "**" when b >= 0 => (long)System.Numerics.BigInteger.Pow(a, (int)b),
        "&" => a & b,
        "|" => a | b,
        "^" => a ^ b,
        "<<" => a << (int)b,
        ">>" => a >> (int)b,
        _ => Floats(symbol, a, b),
    };

    static object Floats(string symbol, double a, double b) => symbol switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" when b == 0 => throw new PythonException("division by zero"),
        "/" => a / b,
        "//" => FloorDivide(a, b),
        "%" => Remainder(a, b),
        "**" => Math.Pow(a, b),
        "<" => a < b,
        "<=" => a <= b,
        ">" => a > b,
        ">=" => a >= b,
        _ => throw new PythonException($"{symbol} is not defined for numbers"),
    };
}

/// <summary>A value of another domain that can stand for one number.</summary>
internal interface IScalar
{
    double Value { get; }

    bool IsWhole { get; }
}
