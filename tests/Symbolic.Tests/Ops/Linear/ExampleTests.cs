namespace DeepSym.Tests.Ops.Linear;

/// <summary>Small examples with published results.</summary>
public sealed class ExampleTests
{
    private static readonly Constant s_a = Matrix(2, 4, 2, 2, 3);

    private static Constant Matrix(int rows, params double[] values) => T.Constant(Tensor.From<double>(values, rows, values.Length / rows));

    private static void Is(Expr actual, params double[] expected) => Numerically.Close(Tensor.From<double>(expected, expected.Length), Numerically.Agreed(T.Cast(T.Flatten(actual), DType.Float64)), 1e-7);

    [Fact]
    public void Products()
    {
        Is(T.TensorDot(T.Reshape(T.Arange(6), 2, 3), T.Reshape(T.Arange(12), 3, 4), 1), 20, 23, 26, 29, 56, 68, 80, 92);
        var cube = T.Reshape(T.Arange(8), 2, 2, 2);
        Is(T.BatchedDot(cube, cube), 2, 3, 6, 11, 46, 55, 66, 79);
        Is(T.Kron(Matrix(2, 1, 2, 3, 4), Matrix(1, 1, 2)), 1, 2, 2, 4, 3, 6, 4, 8);
    }

    [Fact]
    public void Systems()
    {
        Is(T.Det(s_a), 8);
        Is(T.MatrixInverse(s_a), .375, -.25, -.25, .5);
        Is(T.Cholesky(s_a), 2, 0, 1, 1.4142135623730951);
        Is(T.Solve(s_a, T.Constant(Tensor.From([2.0, 1]))), .5, 0);
        Is(T.PseudoInverse(Matrix(3, 1, 2, 3, 4, 5, 6)), -1.3333333333, -.3333333333, .6666666667, 1.0833333333, .3333333333, -.4166666667);
    }

    [Fact]
    public void Spectra()
    {
        Is(T.Eigh(Matrix(2, 2, 1, 1, 2)).Values, 1, 3);
        Is(T.SingularValues(Matrix(2, 3, 0, 0, 4)), 4, 3);
        Is(T.MatrixExp(Matrix(2, 0, 1, 0, 0)), 1, 1, 0, 1);
        Is(T.Fft.Rfft(Matrix(1, 1, 2, 3, 4)), 10, 0, -2, 2, -2, 0);
    }

    [Fact]
    public void Norms()
    {
        Is(T.Norm(Matrix(2, 1, -5, 4, 2), 1), 12);
        Is(T.Norm(Matrix(2, 1, -5, 4, 2)), 6.782329983125268);
    }
}
