using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>The code for devices, run by ILGPU's simulation and by the devices of this machine: it gives what the processor's code gives.</summary>
public sealed class SimulatedDeviceTests
{
    static readonly CompileOptions Simulated = new() { Backend = Backend.Simulated };

    static readonly Variable X = T.FMatrix("x", "n", "k"), Y = T.FMatrix("y", "k", "m"), Images = T.Variable("images", DType.Float32, "n", 3, 8, 8);
    static readonly SharedVariable Filters = T.Shared(Numerically.Draw(3, 4, 3, 3, 3).To(DType.Float32), "filters");

    static readonly Dictionary<string, (Expr Value, Variable[] Inputs)> Programs = new()
    {
        ["pointwise"] = (T.Tanh(X) * T.Sigmoid(X) + T.Exp(X) - T.Log(1 + T.Abs(X)), [X]),
        ["choices"] = (T.Switch(X > 0 & X < 0.5, X, -X), [X]),
        ["sums"] = (T.Sum(X, 0) + T.Sum(X), [X]),
        ["rows"] = (T.Max(X, 1) + T.Cast(T.ArgMax(X, 1), DType.Float32), [X]),
        ["softmax"] = (T.Softmax(X), [X]),
        ["log-softmax gradient"] = (T.Grad(T.Sum(T.LogSoftmax(X)[T.Arange(40), T.Constant(Tensor.From([.. Enumerable.Range(0, 40).Select(i => (long)i % 50)]))]), X), [X]),
        ["views"] = (T.Concatenate([X.Transpose()[1..3, ..], X.Transpose()[T.Range(null, null, -2), ..]], 0), [X]),
        ["product"] = (T.Relu(T.Dot(X, Y) + 1), [X, Y]),
        ["product of transposes"] = (T.Dot(Y.Transpose(), X.Transpose()), [X, Y]),
        ["convolution"] = (T.Conv2D(Images, Filters, 1, [2, 2]), [Images]),
        ["convolution gradients"] = (T.Sum(T.Grad(T.Sum(T.Sqr(T.Conv2D(Images, Filters, 1))), Images)) + T.Grad(T.Sum(T.Sqr(T.Conv2D(Images, Filters, 1))), Filters), [Images]),
        ["pooling gradient"] = (T.Grad(T.Sum(T.Sqr(T.MaxPool2D(Images, [2, 2]))), Images), [Images]),
        ["random numbers"] = (new RandomStream(3).Uniform([300]) + T.Sum(X), [X]),
        ["scatter of rows"] = (T.Grad(T.Sum(T.Sqr(X[Picked])), X), [X]),
        ["scatter of columns"] = (T.Grad(T.Sum(T.Sqr(X[.., Picked])), X), [X]),
        ["scatter of elements"] = (T.Grad(T.Sum(T.Sqr(X[Picked, T.Constant(Tensor.From(new[] { 0L, 4, -1, 0, 4 }))])), X), [X]),
        ["concatenation"] = (T.Concatenate([X, X[.., 1..3], T.Exp(X[.., ..1])], 1), [X]),
        ["values added to places"] = (X.Add([Picked], X[..5] * 2), [X]),
        ["loop"] = (Rnn(X[..7]), [X]),
        ["gradient of a loop"] = (T.Grad(T.Sum(T.Sqr(Rnn(X[..7]))), X), [X]),
        ["loop that stops"] = (T.Sum(Until(X)) + X, [X]),
        ["choice of a branch"] = (T.IfElse(T.Sum(X) > 0, T.Exp(X), T.Softmax(X)) + T.IfElse(T.Sum(X) > 1e6, T.Exp(X), T.Tanh(X)), [X]),
        ["what runs on the processor"] = (T.Print(T.Exp(X), "x", TextWriter.Null) + T.Sin(X), [X]),
    };

    static Expr Picked => T.Constant(Tensor.From(new[] { 3L, 0, -1, 3, 7 }));

    static Expr Rnn(Expr x)
    {
        var w = T.Constant(Numerically.Draw(5, 50, 50).To(DType.Float32)) * 0.1;
        return T.Scan([T.Zeros([50], DType.Float32)], [x], (carry, row) => ([T.Tanh(row[0] + T.Dot(carry[0], w))], [T.Sigmoid(carry[0])])).Stacked[0];
    }

    static Expr Until(Expr x) => T.Scan(a => new ScanStep(a[0] * 2 + T.Max(x)) { Until = T.Max(a[0]) > 45 }, outputs: [T.Abs(x[0]) + 1], steps: 64).Last[0];

    public static TheoryData<string> Names => [.. Programs.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_program_gives_the_same_on_a_device(string name)
    {
        var (value, inputs) = Programs[name];
        In[] declared = [.. inputs.Select(i => (In)i)];
        Tensor[] arguments = [.. inputs.Select((input, seed) => Numerically.Draw(seed, input == X ? [40, 50] : input == Y ? [50, 30] : [2, 3, 8, 8]).To(DType.Float32))];
        var expected = Function.Compile(declared, value).Invoke(arguments)[0];
        foreach (var device in TestDevices.Options)
            Numerically.Close(expected, Function.Compile(declared, value, options: device).Invoke(arguments)[0], Tolerances.Sample(DType.Float32));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Shared_variables_stay_on_the_device_and_come_home_when_they_are_read(Backend backend)
    {
        var w = T.Shared(Tensor.From(new[] { 1f, 2, 3 }), "w");
        var doubled = Function.Compile([], T.Sum(w), [(w, w * 2)], options: new CompileOptions { Backend = backend });
        Assert.Equal([6f, 12f, 24f], Enumerable.Range(0, 3).Select(_ => doubled.Invoke()[0].ToScalar<float>()));
        Assert.Equal([8f, 16, 24], w.GetValue().ToArray<float>());
        var here = Function.Compile([], T.Sum(w), [(w, w + 1)]);
        Assert.Equal(48f, here.Invoke()[0].ToScalar<float>());
        Assert.Equal(51f, doubled.Invoke()[0].ToScalar<float>());
        w.SetValue(Tensor.Zeros<float>(3));
        Assert.Equal(0f, doubled.Invoke()[0].ToScalar<float>());
    }

    [Fact]
    public void Long_arrays_are_reduced_in_blocks()
    {
        var x = T.FVector("x", "n");
        var values = Numerically.Draw(4, 70_001).To(DType.Float32);
        foreach (var value in new[] { T.Sum(x), T.Max(T.Sqr(x)) + 1 })
            foreach (var device in TestDevices.Options)
                Numerically.Close(Function.Compile([x], value).Invoke(values)[0], Function.Compile([x], value, options: device).Invoke(values)[0], Tolerances.Function(DType.Float32));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_shared_variable_survives_a_bad_index(Backend backend)
    {
        var w = T.Shared(Tensor.From(new[,] { { 1f, 2 }, { 3, 4 } }), "w");
        var (i, g) = (T.LVector("i", "n"), T.FMatrix("g", "n", 2));
        var add = Function.Compile([i, g], [], [(w, w.Add([i], g))], options: new CompileOptions { Backend = backend });
        Assert.Throws<ArgumentOutOfRangeException>(() => add.Invoke(Tensor.From(new[] { 0L, 2 }), Tensor.Ones<float>(2, 2)));
        Assert.Equal([1f, 2, 3, 4], w.GetValue().ToArray<float>());
        add.Invoke(Tensor.From(new[] { 1L, 1 }), Tensor.Ones<float>(2, 2));
        Assert.Equal([1f, 2, 5, 6], w.GetValue().ToArray<float>());
    }

    [Fact]
    public void Steps_of_training_are_those_of_the_processor()
    {
        var (x, t) = (T.FMatrix("x", "n", 12), T.LVector("t", "n"));
        double[][] losses = [.. new[] { Backend.Cpu }.Concat(TestDevices.All).Select(backend =>
        {
            var (w, v) = (T.Shared(Numerically.Draw(1, 12, 16).To(DType.Float32), "w"), T.Shared(Numerically.Draw(2, 16, 5).To(DType.Float32), "v"));
            var random = new RandomStream(1);
            var loss = -T.Mean(T.LogSoftmax(T.Dot(T.Dropout(T.Tanh(T.Dot(x, w)), 0.2, random), v))[T.Arange(t.Length), t]);
            var (gw, gv) = T.Grad(loss, w, v);
            var step = Function.Compile([x, t], loss, [(w, w - 0.5 * gw), (v, v - 0.5 * gv), .. random.Updates], options: new CompileOptions { Backend = backend });
            var (samples, labels) = (Numerically.Draw(9, 20, 12).To(DType.Float32), Tensor.From([.. Enumerable.Range(0, 20).Select(i => (long)i % 5)]));
            return Enumerable.Range(0, 8).Select(_ => (double)step.Invoke(samples, labels)[0].ToScalar<float>()).ToArray();
        })];
        Assert.All(losses, device => Assert.Equal(losses[0], device, (a, b) => Math.Abs(a - b) < 1e-4));
        Assert.True(losses[0][^1] < losses[0][0]);
    }

    [Fact]
    public void Devices_are_listed_and_picked_by_number()
    {
        Assert.Contains(ComputeDevice.All, device => device is { Backend: Backend.Simulated, Number: 0, Memory: > 0, Name.Length: > 0 });
        Assert.Null(ComputeDevice.WhyNot(Backend.Simulated));
        var error = Assert.Throws<NotSupportedException>(() => Function.Compile([X], T.Sum(X), options: Simulated with { DeviceNumber = 7 }));
        Assert.Equal($"CompileOptions.DeviceNumber is 7, and Backend.Simulated has 0: {ComputeDevice.All.First(d => d.Backend == Backend.Simulated).Name}.", error.Message);
        Assert.Equal([6f], Function.Compile([X], T.Sum(X), options: new CompileOptions { Backend = Backend.Auto }).Invoke(Tensor.From(new[,] { { 1f, 2, 3 } }))[0].ToArray<float>());
    }
}
