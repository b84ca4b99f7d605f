namespace DeepSym.Tests.Ops.Linear;

/// <summary>Pseudo-inverses, least squares, exponentials, powers, norms, products of Kronecker, and systems of tensors.</summary>
public sealed class MatrixVerbTests
{
    private static readonly Variable s_x = T.DTensor3("x");

    [Theory]
    [InlineData(4, 4, 4), InlineData(5, 3, 3), InlineData(3, 5, 3), InlineData(5, 4, 2), InlineData(4, 5, 1), InlineData(3, 3, 0)]
    public void The_conditions_of_Penrose_hold(int rows, int columns, int rank)
    {
        var a = T.Constant(Numerically.Value(T.MatMul(Numerically.Draw(1, 2, rows, rank), Numerically.Draw(2, 2, rank, columns))));
        var x = T.PseudoInverse(a);
        var (ax, xa) = (T.MatMul(a, x), T.MatMul(x, a));
        Matrices.Same(a, T.MatMul(ax, a));
        Matrices.Same(x, T.MatMul(xa, x));
        Matrices.Same(T.MatrixTranspose(ax), ax);
        Matrices.Same(T.MatrixTranspose(xa), xa);
        Assert.Equal([rank, rank], Numerically.Agreed(T.MatrixRank(a)).ToArray<long>());
    }

    [Fact]
    public void Derivatives_of_pseudo_inverses_equal_differences()
    {
        foreach (var shape in new[] { new[] { 2, 3, 3 }, [2, 4, 2], [2, 2, 3] })
            Numerically.CheckGradient(Numerically.Weighted(T.PseudoInverse(s_x)), twice: true, (s_x, Numerically.Draw(4, shape)));
    }

    [Fact]
    public void Least_squares_leave_what_is_orthogonal_to_the_columns()
    {
        var (a, b) = (T.Constant(Numerically.Draw(5, 2, 6, 3)), T.Constant(Numerically.Draw(6, 2, 6, 2)));
        var (x, residuals, rank, values) = T.LeastSquares(a, b);
        var left = b - T.MatMul(a, x);
        Matrices.Same(T.Zeros([2, 3, 2], DType.Float64), T.MatMul(T.MatrixTranspose(a), left));
        Matrices.Same(T.Sum(T.Sqr(left), -2), residuals);
        Assert.Equal([3, 3], Numerically.Agreed(rank).ToArray<long>());
        Matrices.Same(T.SingularValues(a), values);
        var (one, rest, _, _) = T.LeastSquares(a[0], b[0, T.Range(null, null), 0]);
        Matrices.Same(x[0, T.Range(null, null), 0], one);
        Matrices.Same(residuals[0, 0], rest);
    }

    [Fact]
    public void A_vector_on_the_right_belongs_to_every_matrix()
    {
        var (a, b) = (T.Constant(Numerically.Draw(5, 2, 6, 3)), T.Constant(Numerically.Draw(6, 6)));
        var (x, residuals, _, _) = T.LeastSquares(a, b);
        Matrices.Same(T.LeastSquares(a, T.ExpandDims(b, 1)).Solution[T.Ellipsis, 0], x);
        Assert.Equal([2], Numerically.Value(residuals).Shape.ToArray());
    }

    [Fact]
    public void A_system_with_too_few_equations_gets_the_shortest_solution()
    {
        var x = T.LeastSquares(T.Constant(Tensor.From<double>([1, 1], 1, 2)), T.Constant(Tensor.From([2.0]))).Solution;
        Numerically.Close(Tensor.From<double>([1, 1]), Numerically.Agreed(x));
    }

    [Theory]
    [InlineData(DType.Float64), InlineData(DType.Float32)]
    public void The_exponential_of_a_sum_of_commuting_matrices_is_a_product(DType dtype)
    {
        foreach (var size in new[] { 0.01, 1, 10 })
        {
            var x = Matrices.Constant(Numerically.Draw(7, 2, 5, 5), dtype) * size;
            var (once, twice) = (T.MatrixExp(x), T.MatrixExp(-x));
            var error = Numerically.Agreed(T.Max(T.Abs(T.MatMul(once, twice) - T.Eye(5, dtype: dtype))) / T.Max(T.Abs(once)) / T.Max(T.Abs(twice))).To(DType.Float64).ToScalar<double>();
            Assert.InRange(error, 0, Tolerances.Matrices(dtype));
        }
        var diagonal = Matrices.Constant(Tensor.From<double>([-3, 0, 0.5, 6]), dtype);
        Numerically.Close(Numerically.Value(T.AllocDiag(T.Exp(diagonal))), Numerically.Agreed(T.MatrixExp(T.AllocDiag(diagonal))), Tolerances.Matrices(dtype));
        Numerically.Close(Tensor.From<double>([1, 1, 0, 1], 2, 2), Numerically.Agreed(T.MatrixExp(T.Constant(Tensor.From<double>([0, 1, 0, 0], 2, 2)))));
    }

    [Fact]
    public void Derivatives_of_exponentials_equal_differences() =>
        Numerically.CheckGradient(Numerically.Weighted(T.MatrixExp(s_x)), twice: true, (s_x, Numerically.Draw(8, 2, 3, 3)));

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(5), InlineData(12), InlineData(-1), InlineData(-3)]
    public void A_power_is_a_repeated_product(int power)
    {
        var a = T.Constant(Matrices.Regular(9, 2, 3, 3));
        var expected = Enumerable.Range(0, Math.Abs(power)).Aggregate(T.BroadcastTo(T.Eye(3, dtype: DType.Float64), 2, 3, 3), (p, _) => T.MatMul(p, power < 0 ? T.MatrixInverse(a) : a));
        Numerically.Close(Numerically.Value(expected), Numerically.Agreed(T.MatrixPower(a, power)), 1e-10);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3), InlineData(0.5), InlineData(-2), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity)]
    public void A_norm_is_what_its_definition_says(double order)
    {
        var x = Numerically.Draw(10, 3, 4);
        double Of(IEnumerable<double> v) => order switch
        {
            0 => v.Count(e => e != 0),
            double.PositiveInfinity => v.Max(Math.Abs),
            double.NegativeInfinity => v.Min(Math.Abs),
            _ => Math.Pow(v.Sum(e => Math.Pow(Math.Abs(e), order)), 1 / order),
        };
        Numerically.Close(Tensor.Scalar(Of(x.ToArray<double>())), Numerically.Agreed(T.Norm(x, order)));
        Numerically.Close(Tensor.From([.. Enumerable.Range(0, 3).Select(i => Of(x.Row(i).ToArray<double>()))], 3, 1), Numerically.Agreed(T.Norm(x, order, [1], keepDims: true)));
        if (order != 0) Numerically.CheckGradient(Numerically.Weighted(T.Norm(s_x, order, [0, 2])), twice: !double.IsInfinity(order), (s_x, Numerically.Draw(11, 2, 3, 2)));
    }

    [Fact]
    public void A_norm_has_the_gradient_zero_at_zero()
    {
        foreach (var order in new[] { 2, 3.0 })
        {
            var x = T.DVector("x");
            Assert.Equal([0.0, 0], Numerically.Agreed(T.Grad(T.Norm(x, order), x), (x, Tensor.Zeros<double>(2))).ToArray<double>());
            Assert.Equal(0.0, Numerically.Agreed(T.Norm(x, order), (x, Tensor.Zeros<double>(2))).ToScalar<double>());
        }
    }

    [Theory]
    [InlineData(MatrixNormKind.Frobenius, 8.831760866327848), InlineData(MatrixNormKind.Nuclear, 10.295630140987), InlineData(MatrixNormKind.Spectral, 8.683348976426238)]
    [InlineData(MatrixNormKind.SmallestSingularValue, 1.6122811645607622), InlineData(MatrixNormKind.LargestColumnSum, 11), InlineData(MatrixNormKind.SmallestColumnSum, 3)]
    [InlineData(MatrixNormKind.LargestRowSum, 10), InlineData(MatrixNormKind.SmallestRowSum, 4)]
    public void Norms_of_matrices(MatrixNormKind kind, double expected) =>
        Numerically.Close(Tensor.From([expected, 2 * expected]), Numerically.Agreed(T.MatrixNorm(T.Constant(Tensor.From<double>([1, -3, 2, 8, 2, -6, 4, 16], 2, 2, 2)), kind)), 1e-12);

    [Fact]
    public void A_product_of_Kronecker_has_a_block_for_each_element()
    {
        var (x, y) = (Numerically.Draw(12, 2, 3), Numerically.Draw(13, 4, 2));
        var expected = Tensor.Zeros<double>(8, 6);
        for (var i = 0; i < 8; i++)
            for (var j = 0; j < 6; j++) expected.Set(x.Get<double>(i / 4, j / 2) * y.Get<double>(i % 4, j % 2), i, j);
        Numerically.Close(expected, Numerically.Agreed(T.Kron(x, y)));
        Assert.Equal([1, 2, 2, 4], Numerically.Agreed(T.Kron(T.Constant(Tensor.From<long>([1, 2])), T.Constant(Tensor.From<long>([1, 2])))).ToArray<long>());
    }

    [Fact]
    public void A_system_of_tensors_is_solved()
    {
        var (a, b) = (T.Constant(Matrices.Regular(14, 6, 6).Reshape(2, 3, 3, 2)), T.Constant(Numerically.Draw(15, 2, 3)));
        var x = T.TensorSolve(a, b);
        Matrices.Same(b, T.TensorDot(a, x, 2));
        Matrices.Same(x, T.TensorDot(T.TensorInverse(a), b, 2));
        var moved = T.Transpose(a, 2, 0, 1, 3);
        Matrices.Same(x, T.TensorSolve(moved, b, 0, 3));
    }
}
