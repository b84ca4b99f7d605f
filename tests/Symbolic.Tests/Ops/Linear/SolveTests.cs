namespace DeepSym.Tests.Ops.Linear;

/// <summary>Linear systems, inverses, determinants and Cholesky's root: what they must satisfy, derivatives, stacks and errors.</summary>
public sealed class SolveTests
{
    private static readonly Variable s_a = T.DTensor3("a"), s_b = T.DTensor3("b");
    private static readonly Tensor s_regular = Matrices.Regular(1, 2, 3, 3), s_right = Numerically.Draw(2, 2, 3, 2);

    public static TheoryData<MatrixStructure, DType> Structures => new MatrixTheoryData<MatrixStructure, DType>(Enum.GetValues<MatrixStructure>(), [DType.Float64, DType.Float32]);

    [Theory, MemberData(nameof(Structures))]
    public void A_solution_times_the_matrix_is_the_right_side(MatrixStructure structure, DType dtype)
    {
        foreach (var (shape, right) in new (int[], int[])[] { ([5, 5], [5, 3]), ([1, 1], [1, 1]), ([2, 4, 4], [2, 4, 1]), ([2, 1, 3, 3], [4, 3, 2]), ([3, 3], [2, 2, 3, 4]), ([0, 0], [0, 2]), ([40, 40], [40, 7]) })
        {
            var a = Matrices.Constant(Matrices.Regular(3, shape), dtype);
            var read = structure switch
            {
                MatrixStructure.Lower => Numerically.Value(Triangle(a, (i, j) => i >= j)),
                MatrixStructure.Upper => Numerically.Value(Triangle(a, (i, j) => i <= j)),
                MatrixStructure.PositiveDefinite => Numerically.Value(T.MatMul(a, T.MatrixTranspose(a))),
                _ => Numerically.Value(a),
            };
            var b = Matrices.Constant(Numerically.Draw(4, right), dtype);
            var x = T.Solve(structure == MatrixStructure.PositiveDefinite ? T.Constant(read) : a, b, structure);
            Numerically.Close(Numerically.Value(T.BroadcastTo(b, x.Shape.Dims.AsSpan())), Numerically.Agreed(T.MatMul(T.Constant(read), x)), 10 * Tolerances.Matrices(dtype));
        }
    }

    private static Expr Triangle(Expr x, Func<Expr, Expr, Expr> isInside) =>
        T.Switch(isInside(T.ExpandDims(T.Arange(x.Size(-2)), 1), T.Arange(x.Size(-1))), x, 0);

    [Fact]
    public void A_vector_on_the_right_gives_a_vector_for_each_matrix()
    {
        var b = T.Constant(Numerically.Draw(7, 3));
        Matrices.Same(T.Solve(T.Constant(s_regular), T.ExpandDims(b, 1))[T.Ellipsis, 0], T.Solve(T.Constant(s_regular), b));
        Assert.Equal([3], Numerically.Value(T.Solve(T.Constant(s_regular.Row(0)), b)).Shape.ToArray());
    }

    [Theory, MemberData(nameof(Structures))]
    public void Derivatives_of_solutions_equal_differences(MatrixStructure structure, DType dtype)
    {
        if (dtype == DType.Float32) return;
        Numerically.CheckGradient(Numerically.Weighted(T.Solve(s_a, s_b, structure)), twice: true, (s_a, s_regular), (s_b, s_right));
    }

    [Fact]
    public void Inverse_times_matrix_is_the_identity()
    {
        var a = T.Constant(Matrices.Regular(5, 2, 6, 6));
        Matrices.Same(T.BroadcastTo(T.Eye(6, dtype: DType.Float64), 2, 6, 6), T.MatMul(T.MatrixInverse(a), a));
        Numerically.CheckGradient(Numerically.Weighted(T.MatrixInverse(s_a)), twice: true, (s_a, s_regular));
        Matrices.TreatsEachAlike(T.MatrixInverse, s_regular);
    }

    [Fact]
    public void Integers_are_solved_as_floats()
    {
        var a = T.Constant(Tensor.From<int>([4, 2, 2, 3], 2, 2));
        var x = T.Solve(a, T.Constant(Tensor.From<int>([2, 1], 2)));
        Assert.Equal(DType.Float32, x.DType);
        Assert.Equal([0.5f, 0], Numerically.Agreed(x).ToArray<float>());
    }

    [Fact]
    public void The_determinant_is_the_product_of_eigenvalues_with_their_sign()
    {
        var a = T.Constant(Tensor.From<double>([4, 2, 2, 3, 0, 1, 1, 0, 1, 2, 2, 4], 3, 2, 2));
        Numerically.Close(Tensor.From<double>([8, -1, 0], 3), Numerically.Agreed(T.Det(a)));
        var (sign, log) = T.SLogDet(a);
        Numerically.Close(Tensor.From<double>([1, -1, 0], 3), Numerically.Agreed(sign));
        Numerically.Close(Tensor.From([Math.Log(8), 0, double.NegativeInfinity]), Numerically.Agreed(log));
        Assert.Equal(1.0, Numerically.Value(T.Det(T.Zeros([0, 0], DType.Float64))).ToScalar<double>());
    }

    [Fact]
    public void The_determinant_of_a_singular_matrix_has_a_gradient()
    {
        var x = T.DTensor3("x");
        var singular = Tensor.From<double>([1, 2, 3, 2, 4, 6, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2, 0, 0, 0, 3], 3, 3, 3);   // of rank 2, 1 and 2
        Numerically.CheckGradient(Numerically.Weighted(T.Det(x)), twice: false, (x, singular));
        Assert.Equal([6, 0, 0, 0, 0, 0, 0, 0, 0], Numerically.Agreed(T.Grad(T.Sum(T.Det(x)), x), (x, singular)).Row(2).ToArray<double>());
        var empty = T.DMatrix("e", 0, 0);
        Assert.Equal(0, Numerically.Agreed(T.Grad(T.Det(empty), empty), (empty, Tensor.Zeros<double>(0, 0))).Length);
    }

    [Fact]
    public void The_log_of_a_determinant_does_not_overflow() =>
        Numerically.Close(Tensor.Scalar(400 * Math.Log(1e3)), Numerically.Agreed(T.SLogDet(T.Eye(400, dtype: DType.Float64) * -1e3).LogAbsDet));

    [Fact]
    public void Derivatives_of_determinants_equal_differences()
    {
        Numerically.CheckGradient(Numerically.Weighted(T.Det(s_a)), twice: true, (s_a, s_regular));
        Numerically.CheckGradient(Numerically.Weighted(T.SLogDet(s_a).LogAbsDet), twice: true, (s_a, s_regular));
        Numerically.CheckGradient(T.Sum(T.SLogDet(s_a).Sign), twice: false, (s_a, s_regular));
    }

    [Theory]
    [InlineData(DType.Float64), InlineData(DType.Float32)]
    public void The_root_of_Cholesky_times_its_transpose_is_the_matrix(DType dtype)
    {
        foreach (var n in new[] { 0, 1, 2, 5, 33 })
        {
            var x = Matrices.Constant(Matrices.Regular(6, 2, n, n), dtype);
            var positive = T.Constant(Numerically.Value(T.MatMul(x, T.MatrixTranspose(x))));
            var (l, u) = (T.Cholesky(positive), T.Cholesky(positive, lower: false));
            Numerically.Close(Numerically.Value(positive), Numerically.Agreed(T.MatMul(l, T.MatrixTranspose(l))), 20 * Tolerances.Matrices(dtype));
            Numerically.Close(Numerically.Value(T.MatrixTranspose(l)), Numerically.Agreed(u), 20 * Tolerances.Matrices(dtype));
            Assert.Equal(0.0, Numerically.Value(T.Sum(T.Abs(T.Switch(T.Lt(T.ExpandDims(T.Arange(n), 1), T.Arange(n)), l, 0)))).ToScalar<double>());
        }
    }

    [Fact]
    public void Only_the_named_triangle_is_read_and_receives_gradient()
    {
        var x = T.DMatrix("x");
        var value = Tensor.From<double>([4, 99, 2, 3], 2, 2);
        Assert.Equal([2, 0, 1, Math.Sqrt(2)], Numerically.Agreed(T.Cholesky(x), (x, value)).ToArray<double>());
        Assert.Equal(0.0, Numerically.Agreed(T.Grad(T.Sum(T.Cholesky(x)), x), (x, value)).Get<double>(0, 1));
        Assert.Equal(0.0, Numerically.Agreed(T.Grad(T.Sum(T.Solve(x, T.Constant(Tensor.From([1.0, 2])), MatrixStructure.PositiveDefinite)), x), (x, value)).Get<double>(0, 1));
    }

    [Fact]
    public void Derivatives_of_the_root_of_Cholesky_equal_differences()
    {
        var positive = Numerically.Value(T.MatMul(s_regular, T.MatrixTranspose(s_regular)));
        Numerically.CheckGradient(Numerically.Weighted(T.Cholesky(s_a)), twice: true, (s_a, positive));
        Numerically.CheckGradient(Numerically.Weighted(T.Cholesky(s_a, lower: false)), twice: false, (s_a, positive));
    }

    [Fact]
    public void A_matrix_without_a_result_is_named()
    {
        var singular = T.Constant(Tensor.From<double>([1, 0, 0, 1, 1, 2, 2, 4, 1, 0, 0, 1], 1, 3, 2, 2));
        var b = T.Constant(Numerically.Draw(1, 2));
        const string Advice = "is singular, or holds NaN. Add a small multiple of the identity, or use T.PseudoInverse or T.LeastSquares.";
        Matrices.Says($"solve: matrix [0,1] of float64[1,3,2,2] {Advice}", T.Solve(singular, b));
        Matrices.Says($"solve: matrix [0,1] of float64[1,3,2,2] {Advice}", T.MatrixInverse(singular));
        Matrices.Says($"solve: the matrix (float64[2,2]) {Advice}", T.SolveTriangular(T.Constant(Tensor.From<double>([1, 0, 5, 0], 2, 2)), b));
        Matrices.Says($"solve: the matrix (float64[2,2]) {Advice}", T.Solve(T.Constant(Tensor.From([double.NaN, 0, 0, 1], 2, 2)), b));
        const string NotPositive = "is not positive definite, or holds NaN. Add a small multiple of the identity, or use T.Eigh.";
        Matrices.Says($"cholesky: matrix [0,1] of float64[1,3,2,2] {NotPositive}", T.Cholesky(singular));
        Matrices.Says($"solve: matrix [0,1] of float64[1,3,2,2] {NotPositive}", T.Solve(singular, b, MatrixStructure.PositiveDefinite));
        Matrices.Says("determinant: the matrix (float64[2,2]) holds NaN or infinities.", T.Det(T.Constant(Tensor.From([double.NaN, 0, 0, 1], 2, 2))));
        Assert.True(double.IsNaN(Numerically.Agreed(T.Cholesky(singular, failure: CholeskyFailure.NaN)).Get<double>(0, 1, 0, 0)));
    }

    [Fact]
    public void A_call_that_fails_updates_nothing()
    {
        var (x, steps) = (T.DMatrix("x"), T.Shared(Tensor.Scalar(0.0), "steps"));
        var f = Function.Compile([x], [T.MatrixInverse(x)], [(steps, steps + 1)]);
        Assert.Throws<ArithmeticException>(() => f.Invoke(Tensor.Zeros<double>(2, 2)));
        Assert.Equal(0.0, steps.GetValue().ToScalar<double>());
        f.Invoke(Tensor.From<double>([1, 0, 0, 1], 2, 2));
        Assert.Equal(1.0, steps.GetValue().ToScalar<double>());
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        var x = T.DTensor3("x");
        var value = Matrices.Regular(3, 4, 6, 6);
        foreach (var result in new[] { T.MatrixInverse(x), T.Det(x), T.Cholesky(T.MatMul(x, T.MatrixTranspose(x))), T.Qr(x).Q, T.Svd(x).U, T.MatrixExp(x), T.PseudoInverse(x) })
        {
            var f = Function.Compile([x], result, options: new() { Threads = 1 });
            Tensor[] arguments = [value], outputs = [f.Invoke(value)[0]];
            var least = Enumerable.Range(0, 10).Min(_ =>   // a collection may empty the pool that scratch memory comes from
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                f.Invoke(arguments, outputs);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            });
            Assert.Equal(0, least);
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        Says("solve(a: float32[3,4]): the matrix must be square.", () => T.Solve(T.Matrix("a", 3, 4), T.Vector("b", 3)));
        Says("cholesky(x: float32[3]): a matrix has two axes, and a stack of matrices more.", () => T.Cholesky(T.Vector("x", 3)));
        Says("determinant(x: float32[3,4]): the matrix must be square.", () => T.Det(T.Matrix("x", 3, 4)));
        static void Says(string message, Func<Expr> build) => Assert.Equal(message, Assert.Throws<ShapeException>(build).Message);
    }
}
