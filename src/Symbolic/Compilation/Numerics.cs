namespace DeepSym;

/// <summary>Which rewrites may change numbers.</summary>
public enum Numerics
{
    /// <summary>Only those that keep every bit; convolutions add products alone.</summary>
    Strict,

    /// <summary>Also those that are more accurate, and sums in another order; on the processor, convolutions with 3 x 3 filters multiply sums where that is faster (Winograd).</summary>
    Default,

    /// <summary>Also those that assume finite values: <c>x * 0</c> is 0.</summary>
    Fast,
}
