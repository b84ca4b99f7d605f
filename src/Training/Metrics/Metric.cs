namespace DeepSym.Training;

/// <summary>A figure that is watched during training: for each sample a number, averaged over samples. A metric is data; anyone can derive one.</summary>
public abstract record Metric
{
    /// <summary>The name in histories and progress lines.</summary>
    public abstract string Name { get; }

    /// <summary>The figure of each sample: floating, shape <c>[batch]</c>.</summary>
    public abstract Expr PerSample(Expr target, Expr prediction);

    /// <summary>
    /// The share of samples that are right: the largest entry of the last axis against a class number or a one-hot row; for one output
    /// the probability rounded at 0.5 against 0 or 1.
    /// </summary>
    public static Metric Accuracy { get; } = new AccuracyMetric();

    /// <summary><c>(p - t)²</c>.</summary>
    public static Metric MeanSquaredError { get; } = new LossMetric("mean_squared_error", Loss.MeanSquaredError);

    /// <summary><c>|p - t|</c>.</summary>
    public static Metric MeanAbsoluteError { get; } = new LossMetric("mean_absolute_error", Loss.MeanAbsoluteError);

    /// <summary>The metrics that can be found by name in saved models.</summary>
    public static IReadOnlyList<Metric> All { get; } = [Accuracy, MeanSquaredError, MeanAbsoluteError];

    sealed record LossMetric(string Title, Loss Loss) : Metric
    {
        public override string Name => Title;

        public override Expr PerSample(Expr target, Expr prediction) => Loss.PerSample(target, prediction);
    }

    sealed record AccuracyMetric : Metric
    {
        public override string Name => "accuracy";

        public override Expr PerSample(Expr target, Expr prediction)
        {
            var isBinary = prediction.Rank == target.Rank && (prediction.Rank == 1 || prediction.Shape[prediction.Rank - 1].IsOne);
            var right = isBinary ? T.Eq(prediction >= 0.5, target >= 0.5)
                : target.Rank == prediction.Rank ? T.Eq(T.ArgMax(prediction, -1), T.ArgMax(target, -1))
                : T.Eq(T.ArgMax(prediction, -1), T.Cast(target, DType.Int64));
            var share = T.Cast(right, prediction.DType);
            return share.Rank <= 1 ? share : T.Mean(share, [.. Enumerable.Range(1, share.Rank - 1)]);
        }
    }
}
