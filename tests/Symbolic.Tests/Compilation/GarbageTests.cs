namespace DeepSym.Tests.Compilation;

/// <summary>Calls leave no garbage once they have been made.</summary>
[Collection(nameof(Alone))]
public sealed class GarbageTests
{
    [Fact]
    public void A_typed_call_on_scalars_allocates_nothing()
    {
        var (a, b) = (T.DScalar("a"), T.DScalar("b"));
        var f = Function.Compile<double, double, double>(a, b, T.Tanh(a) + b * 2);
        Assert.Equal(0, AllocatedBy(() => f(1.5, 2.5)));
    }

    [Fact]
    public void A_call_into_buffers_of_the_caller_allocates_nothing()
    {
        var x = T.FMatrix("x", "n", 40);
        var w = T.Shared(Tensor.Full(0.01f, 40, 30), "w");
        var y = T.Softmax(T.Tanh(T.Dot(x, w)));
        var f = Function.Compile([x], [y, T.Sum(y)], [(w, w - 0.01 * T.Grad(T.Sum(T.Sqr(y)), w))]);
        Tensor[] arguments = [Tensor.Ones<float>(25, 40)], outputs = [Tensor.Zeros<float>(25, 30), Tensor.Scalar(0f)];
        Assert.Equal(0, AllocatedBy(() => f.Invoke(arguments, outputs)));
    }

    [Fact]
    public void A_training_step_with_convolution_and_dropout_allocates_nothing()
    {
        var x = T.Variable("x", DType.Float32, "n", 1, 12, 12);
        var labels = T.LVector("labels", "n");
        var (filters, weights) = (T.Shared(Tensor.Full(0.1f, 4, 1, 3, 3), "filters"), T.Shared(Tensor.Full(0.01f, 100, 10), "weights"));
        var random = new RandomStream(1);
        var hidden = T.Dropout(T.Reshape(T.MaxPool2D(T.Relu(T.Conv2D(x, filters)), [2, 2]), -1, 100), 0.5, random);
        var loss = -T.Mean(T.LogSoftmax(T.Dot(hidden, weights))[T.Arange(labels.Length), labels]);
        var (gf, gw) = T.Grad(loss, filters, weights);
        var f = Function.Compile([x, labels], [loss], [(filters, filters - 0.1 * gf), (weights, weights - 0.1 * gw), .. random.Updates]);
        Tensor[] arguments = [Tensor.Ones<float>(16, 1, 12, 12), Tensor.Zeros<long>(16)], outputs = [Tensor.Scalar(0f)];
        Assert.Equal(0, AllocatedBy(() => f.Invoke(arguments, outputs)));
    }

    // The least of several rounds: what other threads of the process allocate is none of the call's.
    internal static long AllocatedBy(Action call)
    {
        for (var i = 0; i < 50; i++) call();
        var least = long.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < 10; i++) call();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return least;
    }
}

/// <summary>Tests that run while no others do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
