namespace DeepSym.Tests.Ops.Linear;

/// <summary>What every op of linear algebra must obey, on the samples it offers.</summary>
public sealed class SampleLawTests
{
    private static readonly Op[] s_ops =
    [
        .. Enum.GetValues<MatrixStructure>().Select(structure => new Solve(structure)), .. Enum.GetValues<SvdPart>().Select(part => new Svd(part)),
        new Cholesky(CholeskyFailure.Throw), new Determinant(), new LogDeterminant(), new Cofactors(), new Qr(false), new Qr(true), new Eigh(false), new Eigh(true), new Eig(false),
        new PseudoInverse(null, Math.Pow(2, -52)), new MatrixExp(), new Fourier(false), new Fourier(true), new Diagonal(0, 0, 1),
    ];

    public static TheoryData<string> Ops => [.. s_ops.Select(op => op.ToString())];

    [Theory, MemberData(nameof(Ops))]
    public void Backends_agree_and_derivatives_equal_differences(string name)
    {
        var samples = s_ops.Single(op => op.ToString() == name).Samples.ToArray();
        Assert.NotEmpty(samples);
        foreach (var sample in samples)
        {
            var inputs = Traversal.Leaves(sample).OfType<Variable>().Select((v, i) => (v, Numerically.Draw(21 + i, [.. v.Shape.Select(d => (int)d.Constant)]).To(v.DType))).ToArray();
            Numerically.Agreed(sample, inputs);
            Numerically.CheckGradient(Numerically.Weighted(sample), twice: sample.DType == DType.Float64, inputs);
        }
    }

    [Fact]
    public void Every_op_on_matrices_is_tried() => Assert.Empty(
        typeof(MatrixOp).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(MatrixOp))).Except(s_ops.Select(op => op.GetType())));
}
