namespace DeepSym.Tests.Ops.Linear;

/// <summary>Matrices to try things on, and what has to hold between them.</summary>
internal static class Matrices
{
    /// <summary>Well-conditioned square matrices: numbers in [-1, 1) and 3 more on the diagonal.</summary>
    public static Tensor Regular(int seed, params int[] shape)
    {
        var x = Numerically.Draw(seed, shape);
        var n = shape[^1];
        var values = x.AsSpan<double>();
        for (var i = 0; i < values.Length; i++)
            if (i / n % n == i % n) values[i] += 3;
        return x;
    }

    /// <summary>The same as another dtype, to which the same laws apply.</summary>
    public static Expr Constant(Tensor tensor, DType dtype) => T.Constant(tensor.To(dtype));

    /// <summary>Holds when two expressions have the same value, by the interpreter and by the processor's code.</summary>
    public static void Same(Expr expected, Expr actual) => Numerically.Close(Numerically.Value(expected), Numerically.Agreed(actual), Tolerances.Matrices(actual.DType));

    /// <summary>Holds when a function of stacks of matrices treats each of them alike.</summary>
    public static void TreatsEachAlike(Func<Expr, Expr> function, Tensor stack)
    {
        var all = Numerically.Agreed(function(T.Constant(stack)));
        for (var i = 0; i < stack.Shape[0]; i++) Numerically.Close(Numerically.Value(function(T.Constant(stack.Row(i)))), all.Row(i));
    }

    /// <summary>Holds when a call fails with the message.</summary>
    public static void Says(string message, Expr expr)
    {
        Assert.StartsWith(message + "\n  in ", Assert.Throws<ArithmeticException>(() => Numerically.Value(expr)).Message, StringComparison.Ordinal);
        Assert.StartsWith(message + "\n  in ", Assert.Throws<ArithmeticException>(() => Numerically.Compiled(expr)).Message, StringComparison.Ordinal);
    }
}
