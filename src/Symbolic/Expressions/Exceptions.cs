namespace DeepSym;

/// <summary>A derivative was asked for that does not exist or is not defined.</summary>
public sealed class GradientException : InvalidOperationException
{
    /// <summary>An exception without a message.</summary>
    public GradientException() { }

    /// <summary>An exception that says what is wrong and what helps.</summary>
    public GradientException(string message) : base(message) { }

    /// <summary>An exception with its cause.</summary>
    public GradientException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A function could not be compiled, or the compiler broke one of its own invariants (the message then says so).</summary>
public sealed class CompileException : InvalidOperationException
{
    /// <summary>An exception without a message.</summary>
    public CompileException() { }

    /// <summary>An exception that says what is wrong and what helps.</summary>
    public CompileException(string message) : base(message) { }

    /// <summary>An exception with its cause.</summary>
    public CompileException(string message, Exception innerException) : base(message, innerException) { }
}
