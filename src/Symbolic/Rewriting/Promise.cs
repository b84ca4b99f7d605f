namespace DeepSym.Rewriting;

/// <summary>What a rule promises of the numbers: how its right side may differ from its left.</summary>
enum Promise
{
    /// <summary>Every bit stays (one NaN counts as another).</summary>
    Exact,

    /// <summary>The same where the left side is accurate, and closer to the mathematical value where it overflows, cancels or loses a small part.</summary>
    MoreAccurate,

    /// <summary>The same but for rounding and the sign of a zero: sums and products in another order.</summary>
    Reassociates,

    /// <summary>The same where every intermediate value is finite; infinities and NaN may come out as if they had been finite.</summary>
    AssumesFinite,
}

/// <summary>Which promises suffice for which <see cref="Numerics"/>.</summary>
static class Promises
{
    public static bool Suffices(this Promise promise, Numerics numerics) => promise switch
    {
        Promise.Exact => true,
        Promise.AssumesFinite => numerics == Numerics.Fast,
        _ => numerics != Numerics.Strict,
    };
}
