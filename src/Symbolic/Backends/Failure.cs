using System.Globalization;
using System.Text;

namespace DeepSym.Backends;

/// <summary>Errors in values (an index out of bounds, a singular matrix, an assertion) with the expression in which they occurred, as the user wrote it, and what it was computed from.</summary>
static class Failure
{
    /// <summary>Whether an error of this type can be given another message.</summary>
    public static bool CanBeNamed(Exception error) => error.GetType() == typeof(ArgumentOutOfRangeException) || error.GetType() == typeof(ArithmeticException) || error is AssertionFailedException or NonFiniteException;

    /// <summary>The error with one more line.</summary>
    public static Exception With(Exception error, string line)
    {
        var message = $"{error.Message}\n{line}";
        return error switch
        {
            ArgumentOutOfRangeException => new ArgumentOutOfRangeException(message, error),
            AssertionFailedException => new AssertionFailedException(message, error),
            NonFiniteException => new NonFiniteException(message, error),
            _ => new ArithmeticException(message, error),
        };
    }

    /// <summary>The error with the expression in which it occurred, and its operands.</summary>
    public static Exception In(Exception error, string what, Expr node, IReadOnlyList<Tensor> operands) => With(error, $"  in {what}{Operands(node, operands)}");

    /// <summary>What an expression was computed from: the types of its operands, and their range.</summary>
    public static string Operands(Expr node, IReadOnlyList<Tensor> operands)
    {
        var text = new StringBuilder();
        for (var i = 0; i < operands.Count; i++)
            if (node.Inputs[i] is not Constant { Rank: 0 }) text.Append(text.Length == 0 ? ", where" : "").Append("\n    ").Append(Infix.Short(node.Inputs[i], 60)).Append(" is ").Append(State(operands[i]));
        return text.ToString();
    }

    /// <summary>The type of a tensor, its smallest and largest element, and how many are not finite.</summary>
    public static string State(Tensor tensor)
    {
        if (tensor.Rank == 0) return $"{tensor.DType.Name()} {tensor.ToScalarText()}";
        var (least, most, nan, infinite) = (double.PositiveInfinity, double.NegativeInfinity, 0L, 0L);
        for (var i = 0L; i < tensor.Length; i++)
        {
            var value = tensor.DType.IsFloating() ? tensor.Number(i).Real : tensor.Number(i).Integer;
            if (double.IsNaN(value)) nan++;
            else if (double.IsInfinity(value)) infinite++;
            else (least, most) = (Math.Min(least, value), Math.Max(most, value));
        }
        var range = least <= most ? string.Create(CultureInfo.InvariantCulture, $" from {least:G6} to {most:G6}") : "";
        return $"{tensor.Describe()}{range}{(nan > 0 ? $", {nan} NaN" : "")}{(infinite > 0 ? $", {infinite} infinite" : "")}";
    }
}
