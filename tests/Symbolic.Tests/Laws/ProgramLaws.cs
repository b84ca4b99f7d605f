using CsCheck;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Laws;

/// <summary>What must hold of random programs: compiled = interpreted, rewritten = as written, forward = reverse, and the threads do not matter.</summary>
public sealed class ProgramLaws
{
    const int Programs = 120;

    // Each step applies one of these to values made before; indices are taken modulo what there is.
    static readonly Func<Expr, Expr, Expr>[] Steps =
    [
        (x, y) => x + y, (x, y) => x - y, (x, y) => x * y, (x, y) => x / (1 + T.Sqr(y)), (x, _) => -x, (x, _) => T.Tanh(x), (x, _) => T.Sigmoid(x),
        (x, _) => T.Exp(-T.Sqr(x)), (x, _) => T.Log(1 + T.Sqr(x)), (x, _) => T.Softplus(x), (x, y) => T.Maximum(x, y), (x, y) => T.Switch(x > y, x, 0.5 * y),
        (x, _) => T.Sum(x, [0], keepDims: true) + 0 * x, (x, _) => x - T.Mean(x, [1], keepDims: true), (x, _) => T.Max(x, [1], keepDims: true) * x, (x, _) => T.Softmax(x),
        (x, _) => T.LogSoftmax(x), (x, y) => T.Dot(x, T.Dot(y.Transpose(), x)) * 0.1, (x, _) => T.Concatenate([x[1.., ..], x[..1, ..]], 0), (x, _) => x[T.Range(null, null, -1)],
        (x, y) => T.Sum(T.Dot(x, y.Transpose()), [1], keepDims: true) * 0.1 + x, (x, _) => T.Sqrt(1 + T.Sqr(x)) - 1, (x, _) => T.Abs(x) * 3, (x, y) => T.Max(T.Stack([x, y], 0), 0),
    ];

    static readonly Gen<(int Step, int First, int Second)[]> Program = Gen.Select(Gen.Int[0, 999], Gen.Int[0, 999], Gen.Int[0, 999]).Array[1, 9];

    [Fact]
    public void A_random_program_computes_what_its_expression_means() => Program.Sample(steps =>
    {
        foreach (var dtype in new[] { DType.Float64, DType.Float32 })
        {
            var (result, inputs) = Build(steps, dtype);
            var expected = Numerically.Value(result, inputs);
            Numerically.Close(expected, Numerically.Compiled(result, inputs), dtype == DType.Float32 ? 2e-4 : 1e-9);
        }
    }, iter: Programs, threads: 1, seed: "0000KOIPe036");

    [Fact]
    public void Derivatives_of_a_random_program_agree() => Program.Sample(steps =>
    {
        var (result, inputs) = Build(steps, DType.Float64);
        var cost = Numerically.Weighted(result);
        foreach (var (variable, value) in inputs)
        {
            var gradient = T.Grad(cost, variable, Disconnected.Zero);
            var direction = T.Constant(Numerically.Draw(3, value.Shape.ToArray()));
            var forward = Numerically.Value(T.Jvp(cost, variable, direction), inputs);
            Numerically.Close(forward, Numerically.Compiled(T.Sum(gradient * direction), inputs), 1e-8);
        }
    }, iter: Programs / 2, threads: 1, seed: "0000KOIPe036");

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit() => Program.Sample(steps =>
    {
        var (result, inputs) = Build(steps, DType.Float32, rows: 70, columns: 90);
        var cost = T.Grad(Numerically.Weighted(result), inputs[0].Variable, Disconnected.Zero);
        var values = new[] { 1, 2 }.Select(threads => Function.Compile([.. inputs.Select(i => (In)i.Variable)], cost, options: new CompileOptions { Threads = threads, AllowUnusedInputs = true })
            .Invoke([.. inputs.Select(i => i.Value)])[0]).ToArray();
        Assert.Equal(values[0].ToArray<float>(), values[1].ToArray<float>());
    }, iter: Programs / 4, threads: 1, seed: "0000KOIPe036");

    static (Expr Result, (Variable Variable, Tensor Value)[] Inputs) Build((int Step, int First, int Second)[] steps, DType dtype, int rows = 3, int columns = 5)
    {
        (Variable, Tensor)[] inputs = [.. new[] { "x", "y" }.Select((name, i) => (T.Variable(name, dtype, "rows", "columns"), Numerically.Draw(i + 1, rows, columns).To(dtype)))];
        var values = inputs.Select(i => (Expr)i.Item1).ToList();
        foreach (var (step, first, second) in steps) values.Add(Steps[step % Steps.Length](values[first % values.Count], values[second % values.Count]));
        return (values[^1], inputs);
    }
}
