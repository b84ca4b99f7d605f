namespace DeepSym.Training;

/// <summary>
/// What training makes small: for each sample a number, from the target and the prediction (Keras's order). A loss is data; anyone can derive one.
/// Probabilities are not clipped: the compiler rewrites the logarithm of a softmax or sigmoid into a form that is accurate everywhere.
/// </summary>
public abstract record Loss
{
    /// <summary>The name in saved models.</summary>
    public abstract string Name { get; }

    /// <summary>The dtype of targets; null: that of the prediction.</summary>
    public virtual DType? TargetDType => null;

    /// <summary>The rank of targets when the prediction has rank <paramref name="predictionRank"/>.</summary>
    public virtual int TargetRank(int predictionRank) => predictionRank;

    /// <summary>The loss of each sample: shape <c>[batch]</c>.</summary>
    public abstract Expr PerSample(Expr target, Expr prediction);

    /// <summary>Whether targets are class numbers below the size of the prediction's last axis.</summary>
    public virtual bool HasClassTargets => false;

    /// <summary><c>-log p[target]</c> for class numbers and probabilities (softmax outputs) of shape <c>[batch, classes]</c>.</summary>
    public static Loss SparseCategoricalCrossentropy { get; } = new SparseCrossentropy();

    /// <summary><c>-Σ target·log p</c> over the last axis, for rows of target probabilities (one-hot, for example) and probabilities.</summary>
    public static Loss CategoricalCrossentropy { get; } = new FormulaLoss("categorical_crossentropy", (t, p) => -T.Sum(t * T.Log(p), -1));

    /// <summary><c>-t log p - (1 - t) log(1 - p)</c>, the mean over all but the batch axis, for probabilities (sigmoid outputs).</summary>
    public static Loss BinaryCrossentropy { get; } = new FormulaLoss("binary_crossentropy", (t, p) => -(t * T.Log(p) + (1 - t) * T.Log(1 - p)));

    /// <summary><c>(p - t)²</c>, the mean over all but the batch axis.</summary>
    public static Loss MeanSquaredError { get; } = new FormulaLoss("mean_squared_error", (t, p) => T.Sqr(p - t));

    /// <summary><c>|p - t|</c>, the mean over all but the batch axis.</summary>
    public static Loss MeanAbsoluteError { get; } = new FormulaLoss("mean_absolute_error", (t, p) => T.Abs(p - t));

    /// <summary><c>max(0, 1 - t·p)</c>, the mean over all but the batch axis, for targets -1 and 1.</summary>
    public static Loss Hinge { get; } = new FormulaLoss("hinge", (t, p) => T.Maximum(1 - t * p, 0));

    /// <summary><c>t log(t / p)</c> summed over the last axis: the Kullback-Leibler divergence of the prediction from the target.</summary>
    public static Loss KullbackLeibler { get; } = new FormulaLoss("kl_divergence", (t, p) => T.Sum(T.Switch(T.Gt(t, 0), t * T.Log(T.Switch(T.Gt(t, 0), t, 1) / p), 0), -1));

    /// <summary>The losses that can be found by name in saved models.</summary>
    public static IReadOnlyList<Loss> All { get; } =
        [SparseCategoricalCrossentropy, CategoricalCrossentropy, BinaryCrossentropy, MeanSquaredError, MeanAbsoluteError, Hinge, KullbackLeibler];

    // The mean over every axis but the first.
    private protected static Expr OverBatch(Expr values) => values.Rank <= 1 ? values : T.Mean(values, [.. Enumerable.Range(1, values.Rank - 1)]);

    sealed record FormulaLoss(string Title, Func<Expr, Expr, Expr> Formula) : Loss
    {
        public override string Name => Title;

        public override Expr PerSample(Expr target, Expr prediction) => OverBatch(Formula(target, prediction));
    }

    sealed record SparseCrossentropy : Loss
    {
        public override string Name => "sparse_categorical_crossentropy";

        public override DType? TargetDType => DType.Int64;

        public override bool HasClassTargets => true;

        public override int TargetRank(int predictionRank) => predictionRank - 1;

        public override Expr PerSample(Expr target, Expr prediction)
        {
            if (prediction.Rank != 2)
            {
                var classes = prediction.Shape[prediction.Rank - 1];
                var rows = PerSample(T.Flatten(target), T.Reshape(prediction, -1, classes));
                return OverBatch(T.Reshape(rows, target.Shape));
            }
            return -T.Log(prediction)[T.Arange(target.Length), target];
        }
    }
}
