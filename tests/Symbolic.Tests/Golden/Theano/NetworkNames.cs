using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Activations, losses and normalisation of <c>theano.tensor.nnet</c> by their names there.</summary>
internal static class NetworkNames
{
    public static void AddTo(TheanoModules modules)
    {
        var nnet = modules.Nnet;
        nnet.Add("sigmoid(x)", a => T.Sigmoid(a.Expr("x")));
        nnet.Add("softplus(x)", a => T.Softplus(a.Expr("x")));
        nnet.Add("relu(x, alpha=0)", a => a["alpha"] is 0L ? T.Relu(a.Expr("x")) : T.LeakyRelu(a.Expr("x"), a.Expr("alpha")));
        nnet.Add("elu(x, alpha=1)", a => T.Elu(a.Expr("x"), a.Expr("alpha")));
        nnet.Add("selu(x)", a => T.Selu(a.Expr("x")));
        nnet.Add("softsign(x)", a => T.Softsign(a.Expr("x")));
        nnet.Add("hard_sigmoid(x)", a => T.HardSigmoid(a.Expr("x")));
        nnet.Add("ultra_fast_sigmoid(x)", a => T.UltraFastSigmoid(a.Expr("x")));
        nnet.Add("softmax(x)", a => T.Softmax(a.Expr("x")));
        nnet.Add("logsoftmax(x)", a => T.LogSoftmax(a.Expr("x")));
        nnet.Add("categorical_crossentropy(p, targets)", a => T.CategoricalCrossentropy(a.Expr("p"), a.Expr("targets")));
        nnet.Add("binary_crossentropy(p, targets)", a => T.BinaryCrossentropy(a.Expr("p"), a.Expr("targets")));
        nnet.Add("sigmoid_binary_crossentropy(x, targets)", a => T.SigmoidBinaryCrossentropy(a.Expr("x"), a.Expr("targets")));
        nnet.Add("softmax_graph(x)", a => T.Softmax(a.Expr("x")));
        nnet.Add("softmax_with_bias(x, b)", a => T.Softmax(a.Expr("x") + a.Expr("b")));
        nnet.Add("crossentropy_softmax_argmax_1hot_with_bias(x, b, y)", a =>
        {
            var logits = a.Expr("x") + a.Expr("b");
            return new object?[] { T.SoftmaxCrossentropy(logits, a.Expr("y")), T.Softmax(logits), T.ArgMax(logits, -1) };
        });
        nnet.Add("confusion_matrix(actual, pred)", a => T.ConfusionMatrix(a.Expr("actual"), a.Expr("pred")) is var (counts, classes) ? new object?[] { counts, classes } : null);
        nnet.Add("h_softmax(x, batch_size, n_outputs, n_classes, n_outputs_per_class, W1, b1, W2, b2, target=None)", a =>
            T.HierarchicalSoftmax(a.Expr("x"), a.Expr("W1"), a.Expr("b1"), a.Expr("W2"), a.Expr("b2"), a.Has("target") ? a.Expr("target") : null) is var p && p.Rank == 2
                ? p[T.Ellipsis, T.Range(0, a.Expr("n_outputs"))] : p);
        AddNormalization((Module)nnet["bn"]!);
    }

    // Theano's formulas written out: here they belong to a layer.
    static void AddNormalization(Module bn)
    {
        bn.Add("batch_normalization_train(x, gamma, beta, axes='per-activation', epsilon=1e-4, running_average_factor=0.1, running_mean=None, running_var=None)", a =>
        {
            var x = a.Expr("x");
            int[] axes = NormalizedAxes(a, x.Rank);
            var (mean, variance) = (T.Mean(x, axes, keepDims: true), T.Var(x, axes, keepDims: true));
            var inverse = 1 / T.Sqrt(variance + a.Number("epsilon"));
            var results = new List<object?> { (x - mean) * inverse * a.Expr("gamma") + a.Expr("beta"), mean, inverse };
            double factor = a.Number("running_average_factor");
            if (a.Has("running_mean"))
                results.Add(a.Expr("running_mean") * (1 - factor) + mean * factor);
            if (a.Has("running_var"))
            {
                var count = T.Cast(axes.Select(axis => x.Size(axis)).Aggregate((n, size) => n * size), x.DType);
                results.Add(a.Expr("running_var") * (1 - factor) + variance * (count / (count - 1)) * factor);
            }
            return results;
        });
        bn.Add("batch_normalization_test(x, gamma, beta, mean, var, axes='per-activation', epsilon=1e-4)", a =>
            (a.Expr("x") - a.Expr("mean")) / T.Sqrt(a.Expr("var") + a.Number("epsilon")) * a.Expr("gamma") + a.Expr("beta"));
    }

    static int[] NormalizedAxes(BoundArguments a, int rank) => a["axes"] switch
    {
        "per-activation" => [0],
        "spatial" => [0, .. Enumerable.Range(2, rank - 2)],
        _ => a.Axes("axes"),
    };
}
