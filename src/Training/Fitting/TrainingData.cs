using System.Numerics.Tensors;

namespace DeepSym.Training;

/// <summary>Samples and targets that have been checked and brought into the dtypes and shapes of the model; each error says which element is wrong, before anything is learned.</summary>
sealed class TrainingData
{
    TrainingData(Tensor samples, Tensor targets, Tensor weights) => (Samples, Targets, Weights) = (samples, targets, weights);

    public Tensor Samples { get; }

    public Tensor Targets { get; }

    public Tensor Weights { get; }

    public int Count => Samples.Shape[0];

    public static TrainingData Of(Tensor samples, Tensor targets, Loss loss, Expr input, Expr prediction, FitOptions options)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(targets);
        var x = SamplesFor(samples, input);
        if (targets.Rank == 0 || targets.Shape[0] != x.Shape[0])
            throw new ArgumentException($"There are {x.Shape[0]} samples ({samples.Describe()}) and {(targets.Rank == 0 ? 0 : targets.Shape[0])} targets ({targets.Describe()}); there must be one target for each sample.");
        var y = loss.HasClassTargets ? Classes(targets, prediction, loss) : Values(targets, prediction);
        return new TrainingData(x, y, WeightsFor(options, targets, loss, x.Shape[0], input.DType));
    }

    /// <summary>The samples in the dtype of the input, checked against its shape.</summary>
    public static Tensor SamplesFor(Tensor samples, Expr input)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Rank == 0 || samples.Shape[0] == 0) throw new ArgumentException($"There are no samples: {samples.Describe()}. The first axis counts them and must not be empty.");
        var fits = samples.Rank == input.Rank;
        for (var axis = 1; fits && axis < input.Rank; axis++) fits = !input.Shape[axis].IsStatic || input.Shape[axis].Constant == samples.Shape[axis];
        if (!fits) throw new ShapeException($"The samples are {samples.Describe()}; the model was built for {input.Shape}. Reshape the samples, or make a new model.");
        CheckFinite(samples, "samples");
        return samples.To(input.DType);
    }

    static Tensor Classes(Tensor targets, Expr prediction, Loss loss)
    {
        if (targets.Rank != prediction.Rank - 1)
            throw new ShapeException($"{loss.Name} needs class numbers of {prediction.Rank - 1} axes for predictions {prediction.Type}, and the targets are {targets.Describe()}. For one-hot rows use Loss.CategoricalCrossentropy.");
        CheckFinite(targets, "targets");
        var classes = prediction.Shape[prediction.Rank - 1];
        var labels = targets.To(DType.Int64);
        for (var i = 0L; i < targets.Length; i++)
        {
            var label = labels.Number(i).Integer;
            if (targets.DType.IsFloating() && targets.Number(i).Real != label)
                throw new ArgumentException($"Target {i} is {targets.Number(i).Real}; {loss.Name} needs class numbers.");
            if (label < 0 || classes.IsStatic && label >= classes.Constant)
                throw new ArgumentException($"Target {i} is class {label}; the model has {classes} classes, numbered from 0 to {(classes.IsStatic ? classes.Constant - 1 : "n - 1")}.");
        }
        return labels;
    }

    static Tensor Values(Tensor targets, Expr prediction)
    {
        CheckFinite(targets, "targets");
        var wanted = prediction.Shape.Select((dim, axis) => axis == 0 ? targets.Shape[0] : dim.IsStatic ? (int)dim.Constant : axis < targets.Rank ? targets.Shape[axis] : 1).ToArray();
        var length = wanted.Aggregate(1L, (product, size) => product * size);
        if (length != targets.Length || targets.Rank != wanted.Length && !(targets.Rank == 1 && length == targets.Shape[0]))
            throw new ShapeException($"The targets are {targets.Describe()}; the model predicts {prediction.Type}, so they must be of shape [{string.Join(",", wanted)}].");
        return targets.To(prediction.DType).Reshape(wanted);
    }

    static Tensor WeightsFor(FitOptions options, Tensor targets, Loss loss, int count, DType dtype)
    {
        var weights = options.SampleWeights?.To(DType.Float64) ?? Tensor.Ones<double>(count);
        if (weights.Rank != 1 || weights.Shape[0] != count) throw new ArgumentException($"SampleWeights are {weights.Describe()}; there must be one for each of {count} samples.");
        weights = weights.Copy();
        CheckFinite(weights, "sample weights");
        if (options.ClassWeights is { } classes)
        {
            if (!loss.HasClassTargets || targets.Rank != 1) throw new ArgumentException($"ClassWeights need class numbers as targets; {loss.Name} with {targets.Describe()} has none.");
            var labels = targets.To(DType.Int64).AsSpan<long>();
            var values = weights.AsSpan<double>();
            for (var i = 0; i < count; i++) values[i] *= classes.TryGetValue((int)labels[i], out var weight) ? weight : 1;
        }
        foreach (var weight in weights.AsSpan<double>())
            if (weight < 0) throw new ArgumentException($"A weight is {weight}; weights must not be negative.");
        return weights.To(dtype);
    }

    static void CheckFinite(Tensor tensor, string what)
    {
        if (!tensor.DType.IsFloating() || tensor.Length == 0) return;
        var isFinite = tensor.DType == DType.Float32
            ? float.IsFinite(TensorPrimitives.MaxMagnitude(tensor.AsSpan<float>()))
            : double.IsFinite(TensorPrimitives.MaxMagnitude(tensor.AsSpan<double>()));
        if (isFinite) return;
        for (var i = 0L; i < tensor.Length; i++)
        {
            var value = tensor.Number(i).Real;
            if (double.IsFinite(value)) continue;
            var row = tensor.Rank == 0 ? 0 : i / (tensor.Length / tensor.Shape[0]);
            throw new ArgumentException($"The {what} ({tensor.Describe()}) contain {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}, first in row {row}. Remove or replace such values.");
        }
    }

    /// <summary>The first and the last part, the last with <paramref name="share"/> of the samples.</summary>
    public (TrainingData First, TrainingData Last) Split(double share)
    {
        var last = (int)(Count * share);
        if (last == 0 || last == Count) throw new ArgumentException($"ValidationSplit {share} of {Count} samples leaves {Count - last} for training and {last} for validation; both must have some.");
        var first = Count - last;
        return (new(Samples.Slice(0, first), Targets.Slice(0, first), Weights.Slice(0, first)), new(Samples.Slice(first, last), Targets.Slice(first, last), Weights.Slice(first, last)));
    }
}
