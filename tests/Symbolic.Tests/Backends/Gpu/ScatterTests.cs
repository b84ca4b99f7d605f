using DeepSym.Backends.Gpu;
using DeepSym.Compilation;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>Values added at indexed places on devices: in their order, so that sums are those of the processor to the last bit, or as they come.</summary>
public sealed class ScatterTests
{
    static readonly Variable Picks = T.LVector("picks", "k"), Others = T.Variable("others", DType.Int32, "k"), Vector = T.FVector("v", "k"), Rows = T.FMatrix("rows", "k", "m");

    static readonly Dictionary<string, (Expr Value, Variable[] Inputs)> Scattered = new()
    {
        ["into a vector"] = (T.Zeros([7], DType.Float32).Add([Picks], Vector), [Picks, Vector]),
        ["onto a vector"] = (T.Arange(0, 7, dtype: DType.Float32).Add([Picks], Vector), [Picks, Vector]),
        ["rows of a known length"] = (T.Zeros([7, 3], DType.Float32).Add([Picks], Rows[.., ..3]), [Picks, Rows]),
        ["rows of any length"] = (T.Zeros([7, Rows.Shape[1]], DType.Float32).Add([Picks], Rows), [Picks, Rows]),
        ["columns"] = (T.Zeros([3, 7], DType.Float32).Add([Range.All, Picks], T.Transpose(Rows[.., ..3])), [Picks, Rows]),
        ["elements"] = (T.Zeros([7, 5], DType.Float32).Add([Picks, Others], Vector), [Picks, Others, Vector]),
        ["in a loop"] = (T.Scan([T.Zeros([7], DType.Float32)], [Rows[..5]], (carry, row) => ([carry[0].Add([Picks[..4]], row[0][..4])], [])).Last[0], [Picks, Rows]),
    };

    public static TheoryData<string> Names => [.. Scattered.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Sums_at_places_are_those_of_the_processor_to_the_last_bit(string name)
    {
        foreach (var (expected, sums) in Results(name, allowAtomicSums: false, TestDevices.All)) Assert.Equal(expected.ToArray<float>(), sums.ToArray<float>());
    }

    [Theory, MemberData(nameof(Names))]
    public void Atomic_sums_at_places_are_those_of_the_processor(string name)
    {
        foreach (var (expected, sums) in Results(name, allowAtomicSums: true, TestDevices.All)) Numerically.Close(expected, sums, Tolerances.Function(DType.Float32));
    }

    [Theory, InlineData(DType.Float64), InlineData(DType.Int32), InlineData(DType.Int64), InlineData(DType.Int16), InlineData(DType.UInt64)]
    public void Whole_numbers_add_up_exactly_in_every_order(DType dtype)
    {
        var sums = T.Zeros([7], dtype).Add([Picks], T.Cast(Vector, dtype));
        foreach (var device in TestDevices.All)
            Numerically.Close(Run(sums, [Picks, Vector], Backend.Interpreter, false), Run(sums, [Picks, Vector], device, true), 0);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Additions_are_atomic_only_where_they_may_be(bool allowAtomicSums)
    {
        var program = (GpuProgram)Compiler.Compile(new Graph([Picks, Vector], [Scattered["into a vector"].Value], []), new CompileOptions { AllowAtomicSums = allowAtomicSums }, Backend.Simulated);
        var assembly = KernelTextTests.Ptx([.. program.Steps.SelectMany(step => step.Kernels).Select(kernel => kernel.Method)]);
        Assert.Equal(allowAtomicSums, assembly.Contains("red.add", StringComparison.Ordinal));
    }

    static IEnumerable<(Tensor Expected, Tensor Sums)> Results(string name, bool allowAtomicSums, IEnumerable<Backend> devices)
    {
        var (value, inputs) = Scattered[name];
        return devices.Select(device => (Run(value, inputs, Backend.Cpu, false), Run(value, inputs, device, allowAtomicSums)));
    }

    static Tensor Run(Expr value, Variable[] inputs, Backend backend, bool allowAtomicSums)
    {
        using var f = Function.Compile([.. inputs.Select(input => (In)input)], value, options: new CompileOptions { Backend = backend, AllowAtomicSums = allowAtomicSums });
        return f.Invoke([.. inputs.Select(Argument)])[0];
    }

    // Two hundred values for few places, which are counted from both ends.
    static Tensor Argument(Variable input) => input == Picks ? Tensor.From([.. Enumerable.Range(0, 200).Select(i => i * i % 14L - 7)])
        : input == Others ? Tensor.From([.. Enumerable.Range(0, 200).Select(i => i * i * i % 10 - 5)])
        : input == Vector ? Tensor.From([.. Numerically.Draw(1, 200).AsSpan<double>().ToArray().Select(x => (float)(50 * x))])
        : Numerically.Draw(2, 200, 4).To(DType.Float32);
}
