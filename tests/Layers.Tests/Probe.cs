using DeepSym.Layers;
namespace DeepSym.Tests.Layers;
public sealed class Probe
{
    [Fact]
    public void P()
    {
        foreach (var backend in new[] { Backend.Interpreter, Backend.Cpu })
        foreach (var channels in new[] { 1, 2 })
        {
            var mean = T.Shared(Tensor.Zeros<double>(channels), "mean");
            var x = T.Variable("x", DType.Float64, "n", channels);
            var b = T.BatchNormalizationTrain(x, null, null, [0], 1e-4);
            var f = Function.Compile([x], [b.Output], [(mean, mean * 0.5 + T.Cast(b.Mean, DType.Float64) * 0.5)], options: new CompileOptions { Backend = backend });
            var y = f.Invoke(Tensor.From<double>([.. Enumerable.Range(0, 3 * channels).Select(i => i * i + 1.0)], 3, channels));
            Console.WriteLine($"{backend} {channels}: mean {string.Join(" ", mean.GetValue().ToArray<double>())} out {string.Join(" ", y[0].ToArray<double>())}");
        }
    }
}
