using DeepSym.Tests.Golden.Cases;
using DeepSym.Tests.Golden.Theano;

namespace DeepSym.Tests.Golden;

/// <summary>Results of the real Theano, case by case; a failure shows the case's id, its text and the first elements that differ.</summary>
public sealed class GoldenTests
{
    [Theory, MemberData(nameof(Ids), "elementwise")]
    public void Elementwise(string id) => Check(id);

    [Theory, MemberData(nameof(Ids), "reductions")]
    public void Reductions(string id) => Check(id);

    [Theory, MemberData(nameof(Ids), "stability")]
    public void Stability(string id) => TheanoCheck.Run(id, Backend.Cpu);   // the interpreter does not rewrite

    [Theory, MemberData(nameof(Ids), "gradients")]
    public void Gradients(string id) => Check(id);

    [Theory, MemberData(nameof(Ids), "shape_index")]
    public void Shapes_and_indices(string id) => Check(id);

    [Theory, MemberData(nameof(Ids), "linalg")]
    public void Linear_algebra(string id) => Check(id);

    [Theory, MemberData(nameof(Ids), "nnet")]
    public void Neural_networks(string id) => Check(id);

    [Theory, MemberData(nameof(Ids), "scan")]
    public void Scan(string id) => Check(id);

    [Theory, MemberData(nameof(Ids), "function_semantics")]
    public void Function_semantics(string id) => Check(id);

    internal static GoldenCheck TheanoCheck { get; } = new(Differences.All, NotYet.Names, NotYet.Cases, (golden, backend) => CaseRunner.Run(golden, backend));

    public static TheoryData<string> Ids(string family) => [.. GoldenFiles.Family(family).Select(golden => golden.Id)];

    public static TheoryData<string> MissingFeatures => [.. NotYet.Names];

    [Theory, MemberData(nameof(MissingFeatures))]
    public void A_feature_listed_as_missing_is_missing(string name) => Assert.Null(NotYet.Features.Single(feature => feature.Name == name).Objection());

    // Every backend runs every case: the interpreter is the definition, and the compiled code must agree with it.
    static void Check(string id) => TheanoCheck.Run(id, Backend.Interpreter, Backend.Cpu);
}
