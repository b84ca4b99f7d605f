using DeepSym.Tests.Golden.Cases;
using DeepSym.Tests.Golden.Theano;

namespace DeepSym.Tests.Golden;

/// <summary>Trajectories of Lasagne's update rules, step by step.</summary>
public sealed class OptimizerTests
{
    static readonly Dictionary<string, object?> Names = new() { ["U"] = LasagneUpdates.Create() };

    static readonly MissingFeature[] Missing =
    [
        .. NotYet.Features,
        new("apply_momentum to the state of a rule", Probe: "p = shared(1.); U.apply_momentum(U.adam([T.dscalar()], [p]))"),
    ];

    public static TheoryData<string> Ids => [.. GoldenFiles.Family("lasagne_updates").Where(golden => golden.Text.Contains("U.", StringComparison.Ordinal)).Select(golden => golden.Id)];

    public static TheoryData<string> MissingFeatures => [.. Missing.Select(feature => feature.Name)];

    [Theory, MemberData(nameof(Ids))]
    public void Updates_follow_the_trajectory_of_Lasagne(string id)
    {
        var check = new GoldenCheck([], [.. Missing.Select(feature => feature.Name)], [], (golden, backend) => CaseRunner.Run(golden, backend, Names));
        check.Run(id, Backend.Interpreter, Backend.Cpu);
    }

    [Theory, MemberData(nameof(MissingFeatures))]
    public void A_feature_listed_as_missing_is_missing(string name) => Assert.Null(Missing.Single(feature => feature.Name == name).Objection(Names));
}
