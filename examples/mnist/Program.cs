using System.CommandLine;
using DeepSym.Examples.Mnist;

// Trains a network on handwritten digits: dotnet run -c Release --project examples/mnist -- --help
var model = new Option<string>("--model") { Description = "What is trained", DefaultValueFactory = _ => "mlp" }.AcceptOnlyFromAmong([.. Recipe.Names]);
var epochs = new Option<int?>("--epochs") { Description = "How often the training images are gone through (logistic 60, mlp 5, cnn 4)" };
var batchSize = new Option<int?>("--batch-size") { Description = "Images in a step (logistic 600, others 128)" };
var learningRate = new Option<double?>("--learning-rate") { Description = "The learning rate (logistic 0.13, others that of the optimizer)" };
var optimizer = new Option<string?>("--optimizer") { Description = "The update rule (logistic sgd, mlp rmsprop, cnn adam)" }.AcceptOnlyFromAmong([.. Recipe.Optimizers]);
var seed = new Option<int>("--seed") { Description = "Seed of weights, order and dropout: the same seed gives the same result, bit for bit" };
var data = new Option<string?>("--data") { Description = "Folder of the four MNIST files (found, downloaded or replaced by drawn digits when not given)" };
var output = new Option<string>("--out") { Description = "Folder for pictures, history and model", DefaultValueFactory = _ => Path.Combine("artifacts", "mnist") };
var threads = new Option<int>("--threads") { Description = "Threads; 0: one for each processor" };
var device = new Option<string>("--device") { Description = "Where it is computed; simulated: the code for devices on the processor, very slow", DefaultValueFactory = _ => "cpu" }.AcceptOnlyFromAmong("cpu", "cuda", "opencl", "auto", "simulated");
var synthetic = new Option<bool>("--synthetic") { Description = "Draw digits instead of looking for the real ones" };
epochs.Validators.Add(result => { if (result.GetValueOrDefault<int?>() is < 1) result.AddError("--epochs must be 1 or more."); });
batchSize.Validators.Add(result => { if (result.GetValueOrDefault<int?>() is < 1) result.AddError("--batch-size must be 1 or more."); });
learningRate.Validators.Add(result => { if (result.GetValueOrDefault<double?>() is { } rate && !(rate > 0 && double.IsFinite(rate))) result.AddError("--learning-rate must be above 0."); });
threads.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 0) result.AddError("--threads must be 0 or more."); });

var command = new RootCommand("Trains a network on the MNIST digits and draws what it learned.")
{
    model, epochs, batchSize, learningRate, optimizer, seed, data, output, threads, device, synthetic,
};
command.SetAction(parsed => Experiment.Run(new Settings
{
    Model = parsed.GetValue(model)!,
    Epochs = parsed.GetValue(epochs),
    BatchSize = parsed.GetValue(batchSize),
    LearningRate = parsed.GetValue(learningRate),
    Optimizer = parsed.GetValue(optimizer),
    Seed = parsed.GetValue(seed),
    Data = parsed.GetValue(data),
    Output = parsed.GetValue(output)!,
    Threads = parsed.GetValue(threads),
    Device = Enum.Parse<DeepSym.Backend>(parsed.GetValue(device)!, ignoreCase: true),
    Synthetic = parsed.GetValue(synthetic),
}));
return command.Parse(args).Invoke();
