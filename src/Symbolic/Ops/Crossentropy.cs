namespace DeepSym;

public static partial class T
{
    /// <summary>
    /// For each row of <paramref name="probabilities"/> (along the last axis) <c>-log p[label]</c> where the targets are class numbers, of one axis less, or
    /// <c>-Σ t log p</c> where they are rows of the same shape, with <c>0 log 0 = 0</c>. Labels out of range are an error of the call.
    /// </summary>
    /// <exception cref="ShapeException">The targets are neither.</exception>
    public static Expr CategoricalCrossentropy(Expr probabilities, Expr targets)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(targets);
        return HasLabels("categorical_crossentropy", probabilities, targets)
            ? -Log(AtLabels(probabilities, targets))
            : -Sum(TimesLog(targets, probabilities), -1);
    }

    /// <summary>
    /// <see cref="CategoricalCrossentropy"/> of <c>softmax(logits)</c>, along the last axis, without loss of accuracy: <c>log Σ exp(x) - x[label]</c> for class
    /// numbers, <c>-Σ t log softmax(x)</c> for rows. The gradient for class numbers is <c>softmax(x) - onehot</c>.
    /// </summary>
    /// <exception cref="ShapeException">The targets are neither class numbers of one axis less nor rows of the same shape.</exception>
    public static Expr SoftmaxCrossentropy(Expr logits, Expr targets)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        if (!HasLabels("softmax_crossentropy", logits, targets)) return -Sum(targets * LogSoftmax(logits), -1);
        var shifted = Shifted(logits, -1);
        return Log(Sum(Exp(shifted), -1)) - AtLabels(shifted, targets);
    }

    /// <summary><c>-t log p - (1 - t) log(1 - p)</c>, elementwise, with <c>0 log 0 = 0</c>.</summary>
    public static Expr BinaryCrossentropy(Expr probabilities, Expr targets)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(targets);
        return -(TimesLog(targets, probabilities) + TimesLog(1 - targets, 1 - probabilities));
    }

    /// <summary><see cref="BinaryCrossentropy"/> of <c>sigmoid(logits)</c>, elementwise, accurate for all logits: <c>softplus(x) - t·x</c>.</summary>
    public static Expr SigmoidBinaryCrossentropy(Expr logits, Expr targets)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        return Softplus(logits) - targets * logits;
    }

    // t log p; where both are 0, the 1 in the place of p makes value and derivatives 0 instead of NaN.
    static Expr TimesLog(Expr t, Expr p) => t * Log(Switch(Eq(t, 0) & Eq(p, 0), 1, p));

    // Whether the targets are class numbers, and not rows.
    static bool HasLabels(string what, Expr rows, Expr targets)
    {
        var areRows = rows.Rank > 0 && targets.Rank == rows.Rank;
        var fits = areRows || targets.Rank == rows.Rank - 1 && targets.DType.IsInteger();
        for (var axis = 0; fits && axis < targets.Rank; axis++)
            fits = (rows.Shape[axis] - targets.Shape[axis]) is not { IsStatic: true, Constant: not 0 } || areRows && (rows.Shape[axis].IsOne || targets.Shape[axis].IsOne);
        return fits ? !areRows : throw new ShapeException($"{what}({rows.Describe()}, {targets.Describe()}): the targets must be class numbers (integers, one axis less) or rows of the same shape.");
    }

    // The element of each row that its label names.
    static Expr AtLabels(Expr rows, Expr labels)
    {
        var outer = Shape.Of(rows.Shape.Take(rows.Rank - 1));
        if (outer.Rank == 0) return rows[labels];
        var matrix = Reshape(rows, Shape.Of([outer.Length, rows.Shape[rows.Rank - 1]]));
        return Reshape(matrix[Arange(Size(outer.Length)), Flatten(labels)], outer);
    }
}
