namespace DeepSym.Tests.Laws;

/// <summary>What a call gives: values, or an error by its message. Of indices out of bounds compiled code does not know which, so that any of them is the same.</summary>
sealed record Outcome(Tensor[]? Values, string? Error)
{
    public static Outcome Of(Func<Tensor[]> call)
    {
        try { return new Outcome(call(), null); }
        catch (ArgumentOutOfRangeException) { return new Outcome(null, "an index out of bounds"); }
        catch (ArithmeticException) { return new Outcome(null, "a matrix without a result"); }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException) { return new Outcome(null, exception.Message.Replace("float64", "float32", StringComparison.Ordinal)); }
    }
}
