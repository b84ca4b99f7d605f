using DeepSym.Tests.Golden.Cases;
using DeepSym.Tests.Golden.Theano;

namespace DeepSym.Tests.Golden;

/// <summary>
/// Networks trained on MNIST, compared with Theano's training of the same step by step. A difference that grows slowly is rounding, one at the first step is a bug.
/// </summary>
public sealed class MnistTrajectoryTests
{
    public static TheoryData<string> Ids => GoldenTests.Ids("mnist_training");

    [Theory, MemberData(nameof(Ids))]
    public void Training_follows_the_trajectory_of_Theano(string id)
    {
        var data = MnistTraining.Find();
        Assert.SkipWhen(data is null, "MNIST is not here: set DEEPSYM_DATA to a folder with mnist/train-images-idx3-ubyte[.gz] and mnist/train-labels-idx1-ubyte[.gz]");
        var extra = new Dictionary<string, object?> { ["X"] = data!.Value.Images, ["Y"] = data.Value.Labels };
        var check = GoldenTests.TheanoCheck with { Evaluate = (golden, backend) => CaseRunner.Run(golden, backend, extra) };
        check.Run(id, Backend.Cpu);
    }
}
