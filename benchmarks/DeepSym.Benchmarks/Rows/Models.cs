using DeepSym.Benchmarks.Measuring;
using DeepSym.Optimizers;

namespace DeepSym.Benchmarks.Rows;

/// <summary>The networks of the tutorials, with the shapes, starting values and rules of the peer's.</summary>
static class Models
{
    public static IReadOnlyList<Case> All { get; } =
    [
        Model.Case("logreg_b600", Logistic),
        Model.Case("mlp_tanh500_b20", TanhPerceptron),
        Model.TrainingCase("mlp_tanh500_b20.raw", TanhPerceptron),
        Model.Case("mlp_keras_b128", () => DropoutPerceptron(128)),
        Model.Case("lenet_b500", () => LeNet(500)),
        Model.Case("lenet_b128", () => LeNet(128)),
        Model.Case("cnn_keras_b128", () => ConvolutionalNet(128)),
        Model.Case("lstm_imdb_b32", () => RecurrentNets.Sentiment(32, 80)),
        Model.Case("charlstm_2x512_b50_t50", RecurrentNets.Characters),
    ];

    static Model Logistic()
    {
        var (x, t) = (T.FMatrix("x", "batch", 784), T.LVector("t"));
        var (w, b) = (Data.Zeros("w", 784, 10), Data.Zeros("b", 10));
        var logits = T.Dot(x, w) + b;
        return Classifier(x, t, logits, logits, [w, b], new SGD { LearningRate = 0.13 }, Data.Images(600, 784));
    }

    static Model TanhPerceptron()
    {
        var (x, t) = (T.FMatrix("x", "batch", 784), T.LVector("t"));
        var (w1, b1) = (Data.Glorot("w1", 784, 500), Data.Zeros("b1", 500));
        var (w2, b2) = (Data.Glorot("w2", 500, 10), Data.Zeros("b2", 10));
        var logits = T.Dot(T.Tanh(T.Dot(x, w1) + b1), w2) + b2;
        var penalty = 1e-4 * (T.Sum(T.Sqr(w1)) + T.Sum(T.Sqr(w2)));
        return Classifier(x, t, logits, logits, [w1, b1, w2, b2], new SGD { LearningRate = 0.01 }, Data.Images(20, 784), penalty);
    }

    /// <summary>Two layers of 512 rectified units with dropout.</summary>
    public static Model DropoutPerceptron(int batch)
    {
        var (x, t) = (T.FMatrix("x", "batch", 784), T.LVector("t"));
        var (w1, b1) = (Data.Glorot("w1", 784, 512), Data.Zeros("b1", 512));
        var (w2, b2) = (Data.Glorot("w2", 512, 512), Data.Zeros("b2", 512));
        var (w3, b3) = (Data.Glorot("w3", 512, 10), Data.Zeros("b3", 10));
        var random = new RandomStream(1);
        Expr Logits(double rate)
        {
            var first = T.Dropout(T.Relu(T.Dot(x, w1) + b1), rate, random);
            return T.Dot(T.Dropout(T.Relu(T.Dot(first, w2) + b2), rate, random), w3) + b3;
        }
        return Classifier(x, t, Logits(0.2), Logits(0), [w1, b1, w2, b2, w3, b3], new RMSprop { LearningRate = 0.001, Rho = 0.9, Epsilon = 1e-7 }, Data.Images(batch, 784), random: random);
    }

    /// <summary>Two convolutions with pooling, and a layer of 500 units.</summary>
    public static Model LeNet(int batch)
    {
        var (x, t) = (T.Tensor4("x", "batch", 1, 28, 28), T.LVector("t"));
        var (f1, c1) = (Data.Glorot("f1", 20, 1, 5, 5), Data.Zeros("c1", 20));
        var (f2, c2) = (Data.Glorot("f2", 50, 20, 5, 5), Data.Zeros("c2", 50));
        var (w3, b3) = (Data.Glorot("w3", 800, 500), Data.Zeros("b3", 500));
        var (w4, b4) = (Data.Glorot("w4", 500, 10), Data.Zeros("b4", 10));
        var first = T.Tanh(T.MaxPool2D(T.Conv2D(x, f1) + Channels(c1), [2]));
        var second = T.Tanh(T.MaxPool2D(T.Conv2D(first, f2) + Channels(c2), [2]));
        var logits = T.Dot(T.Tanh(T.Dot(T.Flatten(second, 2), w3) + b3), w4) + b4;
        return Classifier(x, t, logits, logits, [f1, c1, f2, c2, w3, b3, w4, b4], new SGD { LearningRate = 0.1 }, Data.Images(batch, 1, 28, 28));
    }

    /// <summary>Two convolutions, pooling and dropout, and a layer of 128 units.</summary>
    public static Model ConvolutionalNet(int batch)
    {
        var (x, t) = (T.Tensor4("x", "batch", 1, 28, 28), T.LVector("t"));
        var (f1, c1) = (Data.Glorot("f1", 32, 1, 3, 3), Data.Zeros("c1", 32));
        var (f2, c2) = (Data.Glorot("f2", 64, 32, 3, 3), Data.Zeros("c2", 64));
        var (w3, b3) = (Data.Glorot("w3", 9216, 128), Data.Zeros("b3", 128));
        var (w4, b4) = (Data.Glorot("w4", 128, 10), Data.Zeros("b4", 10));
        var random = new RandomStream(1);
        Expr Logits(double afterPool, double afterDense)
        {
            var maps = T.Relu(T.Conv2D(T.Relu(T.Conv2D(x, f1) + Channels(c1)), f2) + Channels(c2));
            var flat = T.Flatten(T.Dropout(T.MaxPool2D(maps, [2]), afterPool, random), 2);
            return T.Dot(T.Dropout(T.Relu(T.Dot(flat, w3) + b3), afterDense, random), w4) + b4;
        }
        return Classifier(x, t, Logits(0.25, 0.5), Logits(0, 0), [f1, c1, f2, c2, w3, b3, w4, b4],
            new Adadelta { LearningRate = 1, Rho = 0.95, Epsilon = 1e-7 }, Data.Images(batch, 1, 28, 28), random: random);
    }

    static Model Classifier(Variable x, Variable t, Expr logits, Expr inference, SharedVariable[] parameters, Optimizer optimizer, Tensor[][] batches, Expr? penalty = null, RandomStream? random = null)
    {
        var loss = T.Mean(T.SoftmaxCrossentropy(logits, t));
        return new Model([x, t], penalty is null ? loss : loss + penalty, T.Softmax(inference), parameters, optimizer, batches, random);
    }

    // A bias for each channel of [n, channels, height, width].
    static Expr Channels(Expr bias) => bias[T.NewAxis, .., T.NewAxis, T.NewAxis];
}
