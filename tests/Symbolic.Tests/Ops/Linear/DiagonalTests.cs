namespace DeepSym.Tests.Ops.Linear;

/// <summary>Diagonals taken out of matrices and put into them.</summary>
public sealed class DiagonalTests
{
    private static readonly Variable s_x = T.DTensor3("x");

    [Theory]
    [InlineData(0, 0, 1), InlineData(1, 0, 1), InlineData(-2, 1, 2), InlineData(2, 2, 0), InlineData(-1, 0, 2), InlineData(9, 0, 1), InlineData(-9, 2, 1)]
    public void A_diagonal_holds_the_elements_whose_indices_differ_by_the_offset(int offset, int first, int second)
    {
        var x = Numerically.Draw(1, 3, 4, 5);
        var kept = 3 - first - second;
        var expected = new List<double>();
        for (var k = 0; k < x.Shape[kept]; k++)
            for (var i = 0; i < x.Shape[first]; i++)
                if (i + offset is >= 0 and var j && j < x.Shape[second])
                {
                    var index = new int[3];
                    (index[kept], index[first], index[second]) = (k, i, j);
                    expected.Add(x.Get<double>(index));
                }
        Assert.Equal(expected, Numerically.Agreed(T.Diagonal(s_x, offset, first, second), (s_x, x)).ToArray<double>());
        Numerically.CheckGradient(Numerically.Weighted(T.Diagonal(s_x, offset, first, second)), twice: false, (s_x, x));
    }

    [Theory]
    [InlineData(0), InlineData(2), InlineData(-1)]
    public void What_is_put_on_a_diagonal_is_found_there_and_zeros_elsewhere(int offset)
    {
        var x = T.Constant(Numerically.Draw(2, 2, 3, 4));
        Matrices.Same(x, T.Diagonal(T.AllocDiag(x, offset), offset, -2, -1));
        Matrices.Same(T.Sum(x), T.Sum(T.AllocDiag(x, offset)));
        Numerically.CheckGradient(Numerically.Weighted(T.AllocDiag(s_x, offset)), twice: false, (s_x, Numerically.Draw(3, 2, 2, 3)));
    }

    [Fact]
    public void Diag_goes_both_ways()
    {
        Assert.Equal([1, 0, 0, 2], Numerically.Agreed(T.Diag(T.Constant(Tensor.From([1L, 2])))).ToArray<long>());
        Assert.Equal([2, 6], Numerically.Agreed(T.Diag(T.Constant(Tensor.From<long>([1, 2, 3, 4, 5, 6], 2, 3)), 1)).ToArray<long>());
        Assert.Equal(6L, Numerically.Agreed(T.Trace(T.Constant(Tensor.From<int>([1, 2, 3, 4, 5, 6], 2, 3)))).ToScalar<long>());
        Assert.Equal("diag(x: float32[1,2,3]): a vector or a matrix is needed; use T.Diagonal or T.AllocDiag for stacks.", Assert.Throws<ShapeException>(() => T.Diag(T.Tensor3("x", 1, 2, 3))).Message);
    }
}
