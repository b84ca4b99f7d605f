using DeepSym.Backends.Gpu;
using DeepSym.Compilation;
using DeepSym.Kernels;
using DeepSym.Tests.Laws;
using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>What must hold of every op on devices, found by reflection.</summary>
public sealed class DeviceLaws
{
    // Every day without the samples of maps: the law of scalar functions has those too.
    public static TheoryData<string> Types => [.. OpSamples.Types.Where(type => (type != typeof(Map) || TestDevices.IsSlowRun) && SamplesOf(type).Any()).Select(type => type.Name).Order()];

    [Theory, MemberData(nameof(Types))]
    public void An_op_gives_on_devices_what_the_interpreter_gives(string name)
    {
        foreach (var sample in SamplesOf(OpSamples.Types.Single(type => type.Name == name)))
        {
            (Variable Variable, Tensor Value)[] inputs = [.. Traversal.Leaves([sample]).OfType<Variable>().Select((v, i) => (v, OpLaws.Draw(v, i)))];
            foreach (var device in TestDevices.All)
                Numerically.Close(Numerically.Value(sample, inputs), Numerically.Run(sample, new CompileOptions { Backend = device }, inputs), Tolerances.Sample(sample.DType));
        }
    }

    public static TheoryData<string> Functions => ScalarLaws.Names;

    [Theory, MemberData(nameof(Functions))]
    public void A_scalar_function_gives_on_devices_what_its_definition_gives(string name)
    {
        foreach (var device in TestDevices.All) ScalarLaws.Check(name, device, layouts: 1, inComputedTypes: !TestDevices.IsSlowRun);
    }

    [Fact]
    public void Ops_that_run_on_the_processor_are_listed_in_the_documents()
    {
        var names = OpSamples.Types.SelectMany(SamplesOf).Where(sample => sample.DType is DType.Float32 or DType.Float64 or DType.Int64 or DType.Bool).SelectMany(OnTheProcessor).Distinct().Order(StringComparer.Ordinal);
        StoredText.CompareBetween(Path.Combine("..", "..", "docs", "devices.md"), "processor", "`" + string.Join("`, `", names) + "`");
    }

    static IEnumerable<Expr> SamplesOf(Type type) => OpSamples.Of(type).Where(sample => sample.Type.Parts.Count <= 1);

    static IEnumerable<string> OnTheProcessor(Expr sample)
    {
        Variable[] inputs = [.. Traversal.Leaves([sample]).OfType<Variable>()];
        var program = (GpuProgram)Compiler.Compile(new Graph([.. inputs], [sample], []), CompileOptions.Default, Backend.Simulated);
        return program.Steps.OfType<HostStep>().Select(step => step.Step).OfType<LibraryStep>().Select(step => step.Op.Name);
    }
}
