namespace DeepSym;

public static partial class T
{
    /// <summary><c>exp(x) / Σ exp(x)</c> along an axis (the last by default), computed with the maximum taken off; a vector gives a vector.</summary>
    public static Expr Softmax(Expr x, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        var e = Exp(Shifted(x, axis));
        return e / Sum(e, [axis], keepDims: true);
    }

    /// <summary><c>x - log Σ exp(x)</c> along an axis (the last by default), computed with the maximum taken off.</summary>
    public static Expr LogSoftmax(Expr x, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        var shifted = Shifted(x, axis);
        return shifted - Log(Sum(Exp(shifted), [axis], keepDims: true));
    }

    /// <summary>For each row of logits <c>-log softmax(x)[label]</c>: shape <c>[batch]</c>. Labels out of range are an error when the function is called.</summary>
    public static Expr SoftmaxCrossentropy(Expr logits, Expr labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return -LogSoftmax(logits)[Arange(labels.Length), labels];
    }

    /// <summary><c>-log p[label]</c> for class numbers, or <c>-Σ t log p</c> for rows of targets: shape <c>[batch]</c>. (Theano: <c>categorical_crossentropy</c>.)</summary>
    public static Expr CategoricalCrossentropy(Expr probabilities, Expr targets)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Rank == probabilities.Rank) return -Sum(targets * Log(probabilities), -1);
        if (targets.Rank != probabilities.Rank - 1 || !targets.DType.IsInteger())
            throw new ShapeException($"categorical_crossentropy({probabilities.Describe()}, {targets.Describe()}): the targets are class numbers of one axis less, or rows of the same shape.");
        return -Log(probabilities)[Arange(targets.Length), targets];
    }

    /// <summary><c>-t log p - (1 - t) log(1 - p)</c>, elementwise.</summary>
    public static Expr BinaryCrossentropy(Expr probabilities, Expr targets) => -(targets * Log(probabilities) + (1 - targets) * Log(1 - probabilities));

    /// <summary>The binary cross-entropy of <c>sigmoid(x)</c>: <c>softplus(x) - t·x</c>, elementwise, accurate for all x.</summary>
    public static Expr SigmoidCrossentropy(Expr logits, Expr targets) => Softplus(logits) - targets * logits;

    // Shifting all of x changes nothing, so that no derivative flows through the maximum.
    static Expr Shifted(Expr x, int axis)
    {
        var real = Cast(x, Promotion.ToFloating(x.DType));
        return real - StopGradient(Max(real, [axis], keepDims: true));
    }
}
