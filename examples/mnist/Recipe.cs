using DeepSym.Layers;
using DeepSym.Optimizers;
using DeepSym.Training;

namespace DeepSym.Examples.Mnist;

/// <summary>A network and how it is trained, with the settings of the tutorials that it comes from.</summary>
/// <param name="Layers">The layers, for images [n, 28, 28].</param>
/// <param name="Optimizer">The name of the update rule.</param>
/// <param name="LearningRate">The learning rate; null: the default of the rule.</param>
/// <param name="BatchSize">Images in a step.</param>
/// <param name="Epochs">How often the images are gone through.</param>
/// <param name="Decays">Whether the learning rate falls to 0 along a cosine.</param>
/// <param name="Validation">Images kept from the end of the training set, by which the best epoch is chosen; 0: the test set only watches.</param>
/// <param name="InOrder">Whether images stay in their order, and what does not fill a batch is left out, as in Theano's tutorials.</param>
sealed record Recipe(Func<Layer[]> Layers, string Optimizer, double? LearningRate, int BatchSize, int Epochs, bool Decays = false, int Validation = 0, bool InOrder = false)
{
    static readonly Dictionary<string, Recipe> All = new()
    {
        // Theano's tutorial: 50,000 images to train on, 10,000 to choose the best epoch by.
        ["logistic"] = new(() => [new Flatten(), new Dense(10, Activation.Softmax) { WeightInitializer = 0 }],
            "sgd", 0.13, BatchSize: 600, Epochs: 60, Validation: 10_000, InOrder: true),

        // Keras's mnist_mlp.
        ["mlp"] = new(() =>
        [
            new Flatten(), new Dense(512, Activation.Relu), new Dropout(0.2), new Dense(512, Activation.Relu), new Dropout(0.2), new Dense(10, Activation.Softmax),
        ], "rmsprop", null, BatchSize: 128, Epochs: 5),

        // The network of Keras's mnist_cnn. Its dropout of 0.5 and constant rate need more epochs; they stay a little below 99 % in four.
        ["cnn"] = new(() =>
        [
            new ReshapeLayer(1, 28, 28), new Conv2D(32, 3, Activation.Relu) { WeightInitializer = Initializer.HeUniform },
            new Conv2D(64, 3, Activation.Relu) { WeightInitializer = Initializer.HeUniform }, new MaxPool2D(), new Dropout(0.25),
            new Flatten(), new Dense(128, Activation.Relu) { WeightInitializer = Initializer.HeUniform }, new Dropout(0.25), new Dense(10, Activation.Softmax),
        ], "adam", 0.001, BatchSize: 128, Epochs: 4, Decays: true),
    };

    static readonly Dictionary<string, Optimizer> Rules = new()
    {
        ["sgd"] = new SGD(), ["momentum"] = new Momentum(), ["nesterov"] = new Nesterov(), ["adagrad"] = new Adagrad(), ["rmsprop"] = new RMSprop(),
        ["adadelta"] = new Adadelta(), ["adam"] = new Adam(),
    };

    public static IEnumerable<string> Names => All.Keys;

    public static IEnumerable<string> Optimizers => Rules.Keys;

    /// <summary>The recipe of a model, changed by what the settings say.</summary>
    public static Recipe For(Settings settings)
    {
        var recipe = All[settings.Model];
        return recipe with
        {
            Optimizer = settings.Optimizer ?? recipe.Optimizer,
            LearningRate = settings.LearningRate ?? (settings.Optimizer is null ? recipe.LearningRate : null),
            BatchSize = settings.BatchSize ?? recipe.BatchSize,
            Epochs = settings.Epochs ?? recipe.Epochs,
        };
    }

    /// <summary>The images that training or a test goes through.</summary>
    public LabelledImages Part(LabelledImages images) => InOrder && images.Count > BatchSize ? images.Slice(0, images.Count / BatchSize * BatchSize) : images;

    /// <summary>The update rule for so many training images.</summary>
    public Optimizer Rule(int images)
    {
        var rule = Rules[Optimizer];
        var rate = LearningRate ?? rule.LearningRate.Initial;
        return rule with { LearningRate = Decays ? new CosineDecay(rate, (images + BatchSize - 1) / BatchSize * (long)Epochs) : rate };
    }
}
