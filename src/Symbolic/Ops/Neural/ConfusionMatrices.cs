namespace DeepSym;

public static partial class T
{
    /// <summary>How often class j was predicted where i is right, as int64 [classes, classes]; class numbers out of range are an error of the call.</summary>
    /// <exception cref="DTypeException">The class numbers are no integers.</exception>
    public static Expr ConfusionMatrix(Expr actual, Expr predicted, Dim classes)
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(predicted);
        var places = RavelMultiIndex([Flatten(actual), Flatten(predicted)], [classes, classes]);
        return Reshape(BinCount(places, minLength: classes * classes), classes, classes);
    }

    /// <summary>
    /// How often the j-th class was predicted where the i-th is right, as int64, and the classes: the distinct numbers that occur, in ascending order.
    /// (Theano: <c>confusion_matrix</c>.)
    /// </summary>
    public static (Expr Counts, Expr Classes) ConfusionMatrix(Expr actual, Expr predicted)
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(predicted);
        var distinct = Unique(Concatenate([Flatten(actual), Flatten(predicted)]));
        var (count, classes) = (actual.Shape.Length, distinct.Values.Shape[0]);
        return (ConfusionMatrix(Part(distinct.Inverse, 0, 0, count), Part(distinct.Inverse, 0, count, predicted.Shape.Length), classes), distinct.Values);
    }
}
