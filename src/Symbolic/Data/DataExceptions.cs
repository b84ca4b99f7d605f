namespace DeepSym;

/// <summary>An element type that does not fit the place where it is used.</summary>
public sealed class DTypeException : ArgumentException
{
    /// <summary>An exception with the default message.</summary>
    public DTypeException() { }

    /// <summary>An exception with the given message.</summary>
    public DTypeException(string message) : base(message) { }

    /// <summary>An exception with the given message and cause.</summary>
    public DTypeException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A shape that is impossible, or does not fit the place where it is used.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>An exception with the default message.</summary>
    public ShapeException() { }

    /// <summary>An exception with the given message.</summary>
    public ShapeException(string message) : base(message) { }

    /// <summary>An exception with the given message and cause.</summary>
    public ShapeException(string message, Exception innerException) : base(message, innerException) { }
}
