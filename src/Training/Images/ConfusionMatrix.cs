using System.Collections.Immutable;

namespace DeepSym.Training;

/// <summary>How often each class was taken for each other: rows are the true classes, columns the predicted ones.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[] counts;

    private ConfusionMatrix(long[] counts, int classes) => (this.counts, Classes) = (counts, classes);

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>How many samples of class <paramref name="truth"/> were predicted as <paramref name="predicted"/>.</summary>
    public long this[int truth, int predicted] => counts[(Check(truth) * Classes) + Check(predicted)];

    /// <summary>The number of samples.</summary>
    public long Total => counts.Sum();

    /// <summary>The share of samples on the diagonal; 0 of none.</summary>
    public double Accuracy => Total == 0 ? 0 : Enumerable.Range(0, Classes).Sum(i => this[i, i]) / (double)Total;

    /// <summary>The share of the samples of each true class that was found; 0 where there are none.</summary>
    public ImmutableArray<double> Recall => [.. Enumerable.Range(0, Classes).Select(i => Share(this[i, i], RowTotal(i)))];

    /// <summary>The share of the predictions of each class that was right; 0 where there are none.</summary>
    public ImmutableArray<double> Precision => [.. Enumerable.Range(0, Classes).Select(i => Share(this[i, i], ColumnTotal(i)))];

    /// <summary>Counts pairs of true and predicted classes; throws <see cref="ArgumentException"/> when the lengths differ or a class is not in [0,
    /// <paramref name="classes"/>).</summary>
    public static ConfusionMatrix Count(IReadOnlyList<int> truth, IReadOnlyList<int> predicted, int classes)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (truth.Count != predicted.Count)
            throw new ArgumentException(
                $"There are {truth.Count} true classes and {predicted.Count} predicted ones; each sample needs both.", nameof(predicted));
        var counts = new long[checked(classes * classes)];
        for (var i = 0; i < truth.Count; i++)
        {
            if ((uint)truth[i] >= (uint)classes)
                throw new ArgumentException(
                    $"Sample {i} has the true class {truth[i]}; with {classes} classes they are 0 to {classes - 1}.", nameof(truth));
            if ((uint)predicted[i] >= (uint)classes)
                throw new ArgumentException(
                    $"Sample {i} has the predicted class {predicted[i]}; with {classes} classes they are 0 to {classes - 1}.", nameof(predicted));
            counts[(truth[i] * classes) + predicted[i]]++;
        }
        return new(counts, classes);
    }

    internal long RowTotal(int truth) => Enumerable.Range(0, Classes).Sum(column => this[truth, column]);

    private long ColumnTotal(int predicted) => Enumerable.Range(0, Classes).Sum(row => this[row, predicted]);

    private static double Share(long part, long whole) => whole == 0 ? 0 : part / (double)whole;

    private int Check(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Classes);
        return index;
    }
}
