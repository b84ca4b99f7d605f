namespace DeepSym;

public static partial class T
{
    // Stands for the logarithm of 0 where -∞ would make NaN of differences.
    const double LogOfNothing = -1e30;

    /// <summary>
    /// Connectionist temporal classification: for each sample the negative log of the probability that a network emits its labels, over all alignments in
    /// which labels are repeated and blanks stand between them. (Graves et al. 2006; Theano: <c>ctc</c>.)
    /// </summary>
    /// <param name="activations">Scores before softmax, [time, n, classes].</param>
    /// <param name="labels">Class numbers, [n, length]; negative ones, at the end, are padding.</param>
    /// <param name="inputLengths">For each sample how many time steps count, [n]; all by default.</param>
    /// <param name="blank">The class that stands for no label: 0 by default.</param>
    /// <returns>[n]; +∞ for labels that do not fit into the time.</returns>
    /// <exception cref="ShapeException">The axes do not fit.</exception>
    public static Expr Ctc(Expr activations, Expr labels, Expr? inputLengths = null, int blank = 0)
    {
        ArgumentNullException.ThrowIfNull(activations);
        ArgumentNullException.ThrowIfNull(labels);
        if (activations.Rank != 3 || labels.Rank != 2 || labels.DType.IsFloating())
            throw new ShapeException($"ctc({activations.Describe()}, {labels.Describe()}): activations are [time, n, classes] and labels class numbers [n, length].");
        var isLabel = labels >= 0;
        var path = WithBlanks(Switch(isLabel, Cast(labels, DType.Int64), (long)blank), blank);                       // [n, 2 length + 1]
        var canSkip = Neq(path, blank) & Neq(path, Delayed(path, 2, (long)blank));                                   // from a label over a blank to another label
        var logs = LogSoftmax(activations);
        var emitted = logs[T.Range(null, null), new Iota(path.Shape, 0).On(), path];                                // [time, n, 2 length + 1]
        var lengths = inputLengths ?? BroadcastTo(Size(activations.Shape[0]), activations.Shape[1]);
        var isBegun = new Iota(path.Shape, 1).On() < 2;
        var start = Switch(isBegun, emitted[0], LogOfNothing);

        var last = Scan([start], [emitted[1..], Arange(1, Size(activations.Shape[0]))], (carry, x) =>
        {
            var (alpha, previous) = (carry[0], Delayed(carry[0], 1, LogOfNothing));
            var skipped = Switch(canSkip, Delayed(alpha, 2, LogOfNothing), LogOfNothing);
            var next = LogSumExp(Stack([alpha, previous, skipped]), [0]) + x[0];
            return ([Switch(ExpandDims(x[1] < lengths, 1), next, alpha)], []);
        }).Last[0];

        var end = 2 * Sum(Cast(isLabel, DType.Int64), [1], keepDims: true);
        var ends = Stack([TakeAlongAxis(last, end, 1), Switch(end > 0, TakeAlongAxis(last, Maximum(end - 1, 0), 1), LogOfNothing)]);
        var total = Squeeze(LogSumExp(ends, [0]), 1);
        return Switch(total < LogOfNothing / 2, double.PositiveInfinity, -total);
    }

    // b, l0, b, l1, ..., b.
    static Expr WithBlanks(Expr labels, int blank)
    {
        var pairs = Stack([FullLike(labels, blank), labels], 2);
        var flat = Reshape(pairs, labels.Shape[0], labels.Shape[1] * 2);
        return Concatenate([flat, BroadcastTo((long)blank, labels.Shape[0], 1)], 1);
    }

    static Expr FullLike(Expr x, int value) => Like(x, value);

    // Along the last axis x[k - by] at k, and the value where there is none.
    static Expr Delayed(Expr x, int by, Expr value)
    {
        var count = Dim.Max(x.Shape[^1] - by, 0);
        var gap = Broadcasting.To(Cast(value, x.DType), x.Shape.With(x.Rank - 1, x.Shape[^1] - count));
        return Concatenate([gap, Part(x, x.Rank - 1, 0, count)], -1);
    }
}
