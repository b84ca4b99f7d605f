using System.Diagnostics;
using DeepSym.Benchmarks.Measuring;
using DeepSym.Optimizers;

namespace DeepSym.Benchmarks.Rows;

/// <summary>A network as expressions: what it is trained and asked on.</summary>
/// <param name="Inputs">The variables of a training step: samples, then targets.</param>
/// <param name="Loss">What is minimised.</param>
/// <param name="Prediction">What inference gives, of the samples alone.</param>
/// <param name="Parameters">What is trained.</param>
/// <param name="Optimizer">How.</param>
/// <param name="Batches">The values of the inputs, a tuple for each step.</param>
/// <param name="Random">Where its masks come from.</param>
sealed record Model(Variable[] Inputs, Expr Loss, Expr Prediction, SharedVariable[] Parameters, Optimizer Optimizer, Tensor[][] Batches, RandomStream? Random = null)
{
    public static Case Case(string name, Func<Model> make) => new(name, setting => Run(name, make(), setting));

    /// <summary>Training alone, beside a step that the peer has written by hand.</summary>
    public static Case TrainingCase(string name, Func<Model> make) => new(name, setting => [Train(name, make(), setting)]);

    static IEnumerable<Measurement> Run(string name, Model model, Setting setting)
    {
        var training = Train(name, model, setting);
        var infer = Function.Compile([model.Inputs[0]], model.Prediction, options: setting.Options);
        var samples = model.Batches.Select(batch => new[] { batch[0] }).ToArray();
        var outputs = infer.Invoke(samples[0]);
        var next = 0;
        var inference = Sampler.Measure(name + ".infer", () =>
        {
            infer.Invoke(samples[next], outputs);
            next = (next + 1) % samples.Length;
        });

        // After the measurements: neither its memory belongs to them, nor what the runtime goes on to compile in the background.
        var start = Stopwatch.GetTimestamp();
        model.CompileTraining(setting.Options);
        return [training with { WarmCompileMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds }, inference];
    }

    static Measurement Train(string name, Model model, Setting setting)
    {
        var start = Stopwatch.GetTimestamp();
        var train = model.CompileTraining(setting.Options);
        var compile = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Tensor[] loss = [Tensor.Zeros<float>()];
        var next = 0;
        void Step()
        {
            train.Invoke(model.Batches[next], loss);
            next = (next + 1) % model.Batches.Length;
        }
        Step();
        var (first, loss0) = (Setting.SinceStart(), loss[0].ToScalar<float>());
        return Sampler.Measure(name + ".train", Step) with { FirstStepS = first, CompileMs = compile, Loss0 = loss0, LossLast = loss[0].ToScalar<float>() };
    }

    /// <summary>A step of training: a function of the inputs that gives the loss.</summary>
    public Function CompileTraining(CompileOptions options) => Function.Compile(
        [.. Inputs.Select(input => (In)input)], Loss, [.. Optimizer.Minimize(Loss, Parameters).Updates, .. Random?.Updates ?? []], options: options);
}
