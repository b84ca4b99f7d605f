namespace DeepSym;

public static partial class T
{
    /// <summary>The rows of a table [words, ...] that integers of any shape name: <c>indices.shape + table.shape[1..]</c>. Its gradient adds up where a row is named twice.</summary>
    public static Expr Embedding(Expr table, Expr indices) => Take(table, indices);

    /// <summary>
    /// Scaled dot-product attention: <c>softmax(q kᵀ · scale) v</c> for queries [..., n, d], keys [..., m, d] and values [..., m, e], leading axes (samples, heads)
    /// broadcast: [..., n, e]. (Vaswani et al. 2017.)
    /// </summary>
    /// <param name="queries">What asks.</param>
    /// <param name="keys">What is compared with the queries.</param>
    /// <param name="values">What is averaged.</param>
    /// <param name="mask">Where a query may attend to a key: truth values that broadcast to [..., n, m]; or numbers of that shape that are added to the scores. All by default.</param>
    /// <param name="isCausal">Whether query i sees no key after i; false by default.</param>
    /// <param name="scale">The factor of the scores; <c>1/√d</c> by default.</param>
    /// <remarks>A query that may attend to nothing gets zeros.</remarks>
    /// <exception cref="ShapeException">The axes do not fit.</exception>
    public static Expr Attention(Expr queries, Expr keys, Expr values, Expr? mask = null, bool isCausal = false, Expr? scale = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        return MatMul(AttentionWeights(queries, keys, mask, isCausal, scale), values);
    }

    /// <summary>The weights of <see cref="Attention"/>, <c>softmax(q kᵀ · scale)</c>: [..., n, m], each row with the sum 1, or 0 where nothing may be attended to.</summary>
    /// <exception cref="ShapeException">The axes do not fit.</exception>
    public static Expr AttentionWeights(Expr queries, Expr keys, Expr? mask = null, bool isCausal = false, Expr? scale = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        if (queries.Rank < 2 || keys.Rank < 2) throw new ShapeException($"attention({queries.Describe()}, {keys.Describe()}): queries are [..., n, d] and keys [..., m, d].");
        var factor = scale ?? 1 / Sqrt(Cast(Size(queries.Shape[^1]), Promotion.ToFloating(queries.DType)));
        var scores = MatMul(queries, SwapAxes(keys, -1, -2)) * factor;
        Expr? isAllowed = null;
        if (mask is { DType: DType.Bool }) isAllowed = mask;
        else if (mask is not null) scores += mask;
        if (isCausal)
        {
            var past = IsBelow(Shape.Create([queries.Shape[^2], keys.Shape[^2]]), 0);
            isAllowed = isAllowed is null ? past : isAllowed & past;
        }
        return isAllowed is null ? Softmax(scores) : SoftmaxWhere(isAllowed, scores);
    }

    // Softmax over those elements of the last axis that are allowed; the others, and their gradients, are 0.
    static Expr SoftmaxWhere(Expr isAllowed, Expr scores)
    {
        var aligned = Broadcasting.Align("attention", [isAllowed, scores]);
        var max = StopGradient(Max(Switch(aligned[0], aligned[1], double.NegativeInfinity), [-1], keepDims: true));
        var shifted = Switch(aligned[0], aligned[1] - Switch(IsInf(max), 0, max), 0);
        var e = Switch(aligned[0], Exp(shifted), 0);
        var sum = Sum(e, [-1], keepDims: true);
        return e / Switch(Eq(sum, 0), 1, sum);
    }
}
