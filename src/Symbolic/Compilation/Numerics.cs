namespace DeepSym;

/// <summary>Which rewrites may change numbers.</summary>
public enum Numerics
{
    /// <summary>Only those that keep every bit.</summary>
    Strict,

    /// <summary>Also those that are more accurate, and sums in another order.</summary>
    Default,

    /// <summary>Also those that assume finite values: <c>x * 0</c> is 0.</summary>
    Fast,
}
