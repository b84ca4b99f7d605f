namespace DeepSym.Tests.Laws;

/// <summary>
/// The text of every stage of the compiler for a dozen programs, compared with what is stored: a difference is read as a review of the compiler, and
/// accepted on purpose by running with DEEPSYM_ACCEPT=1.
/// </summary>
public sealed class StageTests
{
    internal static readonly Dictionary<string, Func<(IReadOnlyList<In> Inputs, Expr[] Outputs, (SharedVariable, Expr)[] Updates)>> Programs = new()
    {
        ["pointwise"] = () => { var (a, b) = (T.FVector("a", "n"), T.FVector("b", "n")); return ([a, b], [T.Tanh(a * b + 1) * T.Sigmoid(b)], []); },
        ["softmax"] = () => { var x = T.FMatrix("x", "n", "k"); return ([x], [T.Softmax(x)], []); },
        ["log-softmax-gradient"] = () => { var x = T.FMatrix("x", "n", 10); var t = T.LVector("t", "n"); return ([x, t], [T.Grad(-T.Mean(T.Log(T.Softmax(x))[T.Arange(t.Length), t]), x)], []); },
        ["sum-of-rows"] = () => { var x = T.FMatrix("x", "n", "k"); return ([x], [T.Sum(x, 1), T.Sum(x, 0)], []); },
        ["layer-norm"] = () => { var x = T.FMatrix("x", "n", 64); return ([x], [T.LayerNormalization(x)], []); },
        ["dense-epilogue"] = () => { var x = T.FMatrix("x", "n", 20); var (w, b) = (T.Shared(Tensor.Zeros<float>(20, 8), "w"), T.Shared(Tensor.Zeros<float>(8), "b")); return ([x], [T.Relu(T.Dot(x, w) + b)], []); },
        ["dense-step"] = () =>
        {
            var x = T.FMatrix("x", "n", 20);
            var w = T.Shared(Tensor.Zeros<float>(20, 8), "w");
            var loss = T.Mean(T.Sqr(T.Tanh(T.Dot(x, w))));
            return ([x], [loss], [(w, w - 0.1 * T.Grad(loss, w))]);
        },
        ["penalty"] = () => { var x = T.FMatrix("x", "n", 20); var w = T.Shared(Tensor.Zeros<float>(500, 200), "w"); return ([x], [T.Mean(T.Sqr(x)) + 0.1 * (T.Sum(T.Sqr(w)) + T.Sum(T.Abs(w)))], []); },
        ["convolution"] = () => { var x = T.Variable("x", DType.Float32, "n", 1, 28, 28); var w = T.Shared(Tensor.Zeros<float>(4, 1, 5, 5), "w"); return ([x], [T.MaxPool2D(T.Relu(T.Conv2D(x, w)), [2, 2])], []); },
        ["dropout"] = () => { var x = T.FMatrix("x", "n", 30); var random = new RandomStream(1); return ([x], [T.Dropout(x, 0.5, random)], [.. random.Updates]); },
        ["stable"] = () => { var x = T.DVector("x"); return ([x], [T.Log(1 + T.Exp(x)), T.Log(T.Sum(T.Exp(x))), T.Log(1 - T.Sigmoid(x))], []); },
        ["views"] = () => { var x = T.FMatrix("x", 6, 4); return ([x], [x.Transpose()[1..3, ..].Reshape(-1), T.Concatenate([x, x[..2, ..]], 0)], []); },
        ["adam"] = () =>
        {
            var (w, m, v, t) = (T.Shared(Tensor.Zeros<float>(5), "w"), T.Shared(Tensor.Zeros<float>(5), "m"), T.Shared(Tensor.Zeros<float>(5), "v"), T.Shared(0L, "t"));
            var g = 2 * w + 1;
            var (nm, nv) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * T.Sqr(g));
            var rate = 0.001 * T.Sqrt(1 - T.Pow(0.999, T.Cast(t + 1, DType.Float32))) / (1 - T.Pow(0.9, T.Cast(t + 1, DType.Float32)));
            return ([], [T.Sum(w)], [(m, nm), (v, nv), (t, t + 1), (w, w - rate * nm / (T.Sqrt(nv) + 1e-8))]);
        },
    };

    public static TheoryData<string> Names => [.. Programs.Keys];

    [Theory, MemberData(nameof(Names))]
    public void The_stages_of_a_program_are_those_that_were_accepted(string name)
    {
        var (inputs, outputs, updates) = Programs[name]();
        using var folder = new TemporaryFolder();
        Function.Compile(inputs, outputs, updates, options: new CompileOptions { Dump = folder.Path });
        var text = string.Concat(Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(file => $"== {Path.GetFileName(file)}\n{File.ReadAllText(file).TrimEnd()}\n\n"));
        StoredText.Compare(Path.Combine("stages", name + ".txt"), text);
    }
}
