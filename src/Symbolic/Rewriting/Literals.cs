namespace DeepSym.Rewriting;

/// <summary>Recognises constants that are one number everywhere, however they were brought to their shape.</summary>
static class Literals
{
    const int LongestScan = 64;   // elements

    /// <summary>The scalar that every element of the expression is; null when that is not known.</summary>
    public static Constant? Of(Expr expr)
    {
        while (expr.Op is BroadcastTo or Reshape or Transpose or Slice) expr = expr.Inputs[0];
        if (expr is not Constant constant) return null;
        if (constant.Rank == 0) return constant;
        var value = constant.Value;
        if (value.Length is 0 or > LongestScan) return null;
        var bytes = value.AsBytes();
        var size = value.DType.Size();
        for (var i = size; i < bytes.Length; i += size)
            if (!bytes.Slice(i, size).SequenceEqual(bytes[..size])) return null;
        var scalar = Tensor.Zeros(value.DType);
        bytes[..size].CopyTo(scalar.AsBytes());
        return T.Constant(scalar);
    }

    /// <summary>Whether every element of the expression is the literal of a pattern: a number rounded to the dtype, or a truth value.</summary>
    public static bool Are(Expr expr, Constant literal)
    {
        if (Of(expr) is not { } own || own.DType == DType.Bool != (literal.DType == DType.Bool)) return false;
        var number = Number(literal);
        return Number(own).Equals(own.DType == DType.Float32 ? (float)number : number);
    }

    /// <summary>Whether every element of the expression is the number.</summary>
    public static bool Are(Expr expr, double number) => Of(expr) is { DType: not DType.Bool } own && Number(own) == (own.DType == DType.Float32 ? (float)number : number);

    /// <summary>The value of a scalar constant as a real number; truth values are 0 and 1.</summary>
    public static double Number(Constant constant) => constant.DType == DType.Bool ? (constant.Value.Number(0).IsTrue ? 1 : 0) : constant.Value.ToScalar<double>();

    /// <summary>The literal of a pattern as one that takes the dtype of what it meets, integers included.</summary>
    public static Expr Weak(Constant literal) =>
        literal.DType == DType.Bool ? literal.Value.Number(0).IsTrue
        : Number(literal) is var number && double.IsInteger(number) && Math.Abs(number) < 1L << 53 && !(number == 0 && double.IsNegative(number)) ? (Expr)(long)number
        : number;
}
