namespace DeepSym;

/// <summary>A value of a call is NaN or infinite, and <see cref="CompileOptions.NaNGuard"/> does not allow it.</summary>
public sealed class NonFiniteException : ArithmeticException
{
    /// <summary>An exception without a message.</summary>
    public NonFiniteException() { }

    /// <summary>An exception that says where the value is, and what it was computed from.</summary>
    public NonFiniteException(string message) : base(message) { }

    /// <summary>An exception with its cause.</summary>
    public NonFiniteException(string message, Exception innerException) : base(message, innerException) { }
}
