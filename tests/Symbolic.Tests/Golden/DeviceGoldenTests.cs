using DeepSym.Tests.Backends.Gpu;
using DeepSym.Tests.Golden.Cases;

namespace DeepSym.Tests.Golden;

/// <summary>Results of the real Theano on devices: every day a few cases of each kind, all of them in a slow run.</summary>
public sealed class DeviceGoldenTests
{
    const int EveryDay = 12;   // one case in so many

    static readonly string[] Families = ["elementwise", "reductions", "stability", "gradients", "shape_index", "linalg", "nnet", "scan"];

    public static TheoryData<string> Ids =>
        [.. Families.SelectMany(GoldenFiles.Family).Index().Where(golden => TestDevices.IsSlowRun || golden.Index % EveryDay == 0).Select(golden => golden.Item.Id)];

    [Theory, MemberData(nameof(Ids))]
    public void A_case_has_its_result_on_devices(string id) => GoldenTests.TheanoCheck.Run(id, [.. TestDevices.All]);
}
