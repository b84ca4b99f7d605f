using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Compilation;

/// <summary>Functions saved as their graphs and loaded again: the same values and updates, clear errors for files that are none.</summary>
public sealed class SavingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("saving").FullName;

    private string Path => System.IO.Path.Combine(_folder, "function.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_loaded_function_computes_and_updates_the_same()
    {
        var x = T.Tensor4("x", "batch", 2, 6, 6);
        var labels = T.Vector("labels", "batch", DType.Int64);
        var rate = T.FScalar("rate");
        var w = T.Shared(Numerically.Draw(1, 3, 2, 3, 3).To(DType.Float32), "w");
        var v = T.Shared(Numerically.Draw(2, 27, 4).To(DType.Float32), "v", null, 4);
        var hidden = T.Relu(T.MaxPool2D(T.Conv2D(x, w, Padding.Half), [2, 2]));
        var loss = T.Mean(T.SoftmaxCrossentropy(T.Dot(T.Dropout(T.Flatten(hidden, 2), 0.25, new RandomStream(3)), v), labels));
        var (gw, gv) = T.Grad(T.WithGradient(loss, [v, w], c => [T.Grad(loss, v) * c, T.Grad(loss, w) * c]), w, v);
        using var function = Function.Compile([x, labels, new In(rate, 0.5f)], [loss, gv], updates: [(w, w - rate * gw), (v, v - rate * gv)], options: new CompileOptions { Name = "step" });
        function.Save(Path);
        using var loaded = Function.Load(Path);

        Assert.Equal("step", loaded.Name);
        Assert.Equal(["x", "labels", "rate"], loaded.Inputs.Select(i => i.Name));
        Assert.Equal(function.Inputs[0].Type.ToString(), loaded.Inputs[0].Type.ToString());
        Tensor[] arguments = [Numerically.Draw(4, 5, 2, 6, 6).To(DType.Float32), Tensor.From([0L, 3, 1, 2, 2])];
        for (var step = 0; step < 2; step++)
            foreach (var (expected, actual) in function.Invoke(arguments).Zip(loaded.Invoke(arguments))) Assert.Equal(expected.ToArray<float>(), actual.ToArray<float>());
        foreach (var name in new[] { "w", "v" })
            Assert.Equal(function.SharedVariables.Single(s => s.Name == name).GetValue().ToArray<float>(), loaded.SharedVariables.Single(s => s.Name == name).GetValue().ToArray<float>());
    }

    [Fact]
    public void Loops_branches_masks_and_sizes_come_back()
    {
        var (x, n) = (T.DVector("x"), T.LScalar("n"));
        var total = T.Scan(s => s[0] * x[0] + s[1], [x], [T.Constant(1.0)]).Last[0];
        var y = T.Concatenate([x[x > 0] * 2, T.Tile(x, 2)[T.Range(null, n)], T.Reshape(total, 1), T.Cast(T.Arange(x.Length / 2 + n), DType.Float64), T.Sort(T.CumSum(x)), T.Pad(x, (1, 2))]);
        Expr[] outputs = [y, T.Jacobian(T.Sqr(x), x), T.Assert(x, T.All(x < 100), "small"), T.GradScale(x, 2) + double.PositiveInfinity];
        using var function = Function.Compile([x, n], outputs);
        function.Save(Path);
        using var loaded = Function.Load(Path, new CompileOptions { Backend = Backend.Interpreter });
        foreach (var point in new[] { Tensor.From([1.0, -2, 3]), Tensor.From([-1.0, -2, 3, 4, 5, 0.5]) })
            foreach (var (expected, actual) in function.Invoke(point, 2L).Zip(loaded.Invoke(point, 2L))) Numerically.Close(expected, actual);
    }

    [Theory]
    [InlineData("", "The input does not contain any JSON tokens"), InlineData("{}", "Its format is '', not 'deepsym.graph.1'."), InlineData("[1]", "It holds no object.")]
    [InlineData("""{"format":"deepsym.graph.1","name":"f","nodes":[["apply",["Process","rm"],[]]],"inputs":[],"defaults":[],"outputs":[0],"updates":[]}""", "There is no op 'Process'.")]
    [InlineData("""{"format":"deepsym.graph.1","name":"f","nodes":[["apply",["Concat"],[]]],"inputs":[],"defaults":[],"outputs":[0],"updates":[]}""", "Concat has 1 parameters, and 0 are given.")]
    [InlineData("""{"format":"deepsym.graph.1","name":"f","nodes":[["constant",false,["Float64",[2],"AAAA"]]],"inputs":[],"defaults":[],"outputs":[0],"updates":[]}""", "A tensor float64[2] has 3 bytes.")]
    [InlineData("""{"format":"deepsym.graph.1","name":"f","nodes":[],"inputs":[],"defaults":[],"outputs":[7],"updates":[]}""", "Index was out of range")]
    public void A_file_that_is_no_function_is_refused(string content, string reason)
    {
        File.WriteAllText(Path, content);
        var error = Assert.Throws<InvalidDataException>(() => Function.Load(Path));
        Assert.StartsWith($"{Path} is no saved function, or is damaged: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_ends()
    {
        var x = T.DVector("x", "n");
        using var function = Function.Compile([x], [T.Exp(x) + T.Shared(2.0, "s")]);
        function.Save(Path);
        var bytes = File.ReadAllBytes(Path);
        for (var length = 0; length < bytes.Length; length += 37)
        {
            File.WriteAllBytes(Path, bytes[..length]);
            Assert.Throws<InvalidDataException>(() => Function.Load(Path));
        }
    }

    [Fact]
    public void A_function_of_the_users_own_cannot_be_saved_and_nothing_is_written()
    {
        var own = new ScalarFunction("own", 1, ScalarTypes.Floating) { Value = ScalarFunction.Real(x => x + 1) };
        var x = T.DScalar("x");
        using var function = Function.Compile([x], [own.Lift(x)]);
        Assert.Contains("it holds a ScalarFunction", Assert.Throws<CompileException>(() => function.Save(Path)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path));
        Assert.Throws<FileNotFoundException>(() => Function.Load(Path));
    }
}
