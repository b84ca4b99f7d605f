using CsCheck;

namespace DeepSym.Tests.Ops.Linear;

/// <summary>QR, singular values and eigenvalues of symmetric matrices: the products give the matrix back, derivatives equal differences, stacks are taken one by one.</summary>
public sealed class FactorizationTests
{
    private static readonly Variable s_x = T.DTensor3("x");
    private static readonly int[][] s_shapes = [[4, 4], [5, 3], [3, 5], [2, 6, 2], [2, 1, 2, 6], [1, 1], [7, 1], [1, 7], [0, 0], [3, 0], [0, 3], [40, 30], [2, 30, 40]];

    public static TheoryData<DType, bool> Variants => new MatrixTheoryData<DType, bool>([DType.Float64, DType.Float32], [false, true]);

    [Theory, MemberData(nameof(Variants))]
    public void Q_is_orthonormal_and_Q_times_R_is_the_matrix(DType dtype, bool full)
    {
        foreach (var shape in s_shapes)
        {
            var x = Matrices.Constant(Numerically.Draw(1, shape), dtype);
            var (q, r) = T.Qr(x, full);
            Close(x, T.MatMul(q, r), dtype);
            IsOrthonormal(q, dtype);
            Close(T.ZerosLike(r), T.Switch(T.Lt(T.Arange(r.Size(-1)), T.ExpandDims(T.Arange(r.Size(-2)), 1)), r, 0), dtype);
            Assert.True(Numerically.Agreed(T.All(T.Ge(T.Diagonal(r, 0, -2, -1), 0))).ToScalar<bool>());
        }
    }

    [Fact]
    public void Q_of_a_matrix_without_full_rank_is_orthonormal_too()
    {
        var x = T.Constant(Tensor.From<double>([1, 2, 0, 2, 4, 0, 3, 6, 0, 0, 0, 0], 4, 3));
        var (q, r) = T.Qr(x);
        IsOrthonormal(q, DType.Float64);
        Close(x, T.MatMul(q, r), DType.Float64);
    }

    [Fact]
    public void Derivatives_of_Q_and_R_equal_differences()
    {
        foreach (var shape in new[] { new[] { 2, 3, 3 }, [2, 4, 3], [2, 2, 4] })
        {
            var (q, r) = T.Qr(s_x);
            var value = Numerically.Draw(3, shape);
            Numerically.CheckGradient(Numerically.Weighted(q) + Numerically.Weighted(r, 3), twice: true, (s_x, value));
        }
        var (square, _) = T.Qr(T.DMatrix("m", 3, 3), full: true);
        Assert.Equal(DType.Float64, T.Grad(T.Sum(square), Traversal.Leaves(square).First(leaf => leaf.Name == "m")).DType);
    }

    [Theory, MemberData(nameof(Variants))]
    public void Singular_vectors_are_orthonormal_and_give_the_matrix_back(DType dtype, bool full)
    {
        foreach (var shape in s_shapes)
        {
            var x = Matrices.Constant(Numerically.Draw(2, shape), dtype);
            var (u, s, v) = T.Svd(x, full);
            var k = s.Shape[s.Rank - 1];
            Close(x, T.MatMul(u[T.Ellipsis, T.Range(0, T.Constant(Tensor.Scalar(k.Constant)))] * T.ExpandDims(s, -2), v[T.Ellipsis, T.Range(0, T.Constant(Tensor.Scalar(k.Constant))), T.Range(null, null)]), dtype);
            IsOrthonormal(u, dtype);
            IsOrthonormal(T.MatrixTranspose(v), dtype);
            Assert.True(Numerically.Agreed(T.All(s >= 0)).ToScalar<bool>());
            Assert.True(Numerically.Agreed(T.All(T.Ge(s[T.Ellipsis, ..^1], s[T.Ellipsis, 1..]))).ToScalar<bool>() || k.Constant < 2);
            Close(s, T.SingularValues(x), dtype);
        }
    }

    public static TheoryData<string> Difficult => ["zero", "rank one", "identity", "Hilbert", "huge", "tiny", "graded", "one row of zeros", "equal columns"];

    [Theory, MemberData(nameof(Difficult))]
    public void Difficult_matrices_are_factorised_too(string kind)
    {
        const int N = 12;
        var (i, j) = (T.ExpandDims(T.Cast(T.Arange(N), DType.Float64), 1), T.Cast(T.Arange(N), DType.Float64));
        var noise = T.Constant(Numerically.Draw(5, N, N));
        var x = T.Constant(Numerically.Value(kind switch
        {
            "zero" => noise * 0,
            "rank one" => (i + 1) * (j + 1),
            "identity" => T.Eye(N, dtype: DType.Float64),
            "Hilbert" => 1 / (i + j + 1),
            "huge" => noise * 1e200,
            "tiny" => noise * 1e-200,
            "graded" => noise * T.Exp(-3.0 * i),
            "one row of zeros" => T.Switch(T.Eq(i, 3), 0, noise),
            _ => noise + j * 0 + T.Switch(T.Lt(j, 2), 1 - noise, 0),
        }));
        var size = T.Max(T.Abs(x)) + (kind == "zero" ? 1 : 0);
        var (u, s, v) = T.Svd(x);
        IsOrthonormal(u, DType.Float64);
        IsOrthonormal(v, DType.Float64);
        Close(x / size, T.MatMul(u * (s / size), v), DType.Float64);
        var (q, r) = T.Qr(x);
        IsOrthonormal(q, DType.Float64);
        Close(x / size, T.MatMul(q, r / size), DType.Float64);
        var symmetric = x + T.Transpose(x);
        var (w, vectors) = T.Eigh(symmetric / size);
        IsOrthonormal(vectors, DType.Float64);
        Close(symmetric / size, T.MatMul(vectors * w, T.Transpose(vectors)), DType.Float64);
    }

    [Fact]
    public void Any_matrix_of_small_integers_is_factorised() =>   // many are singular, or have equal singular values
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[0, 2]).SelectMany((m, n, size) => Gen.Int[-size, size].Select(k => (double)k).Array[m * n].Select(a => Tensor.From<double>(a, m, n))).Sample(tensor =>
        {
            var x = T.Constant(tensor);
            var (u, s, v) = T.Svd(x, full: true);
            var k = (int)s.Shape[0].Constant;
            var all = Function.Compile([], [u, v, T.MatMul(u[0.., 0..k] * s, v[0..k])], options: new() { Backend = Backend.Interpreter }).Invoke();
            Numerically.Close(tensor, all[2], 1e-12);
            foreach (var basis in all[..2]) Numerically.Close(Numerically.Value(T.Eye(basis.Shape[0], dtype: DType.Float64)), Numerically.Value(T.Dot(basis, T.Transpose(T.Constant(basis)))), 1e-12);
        }, iter: 500, threads: 1);

    [Fact]
    public void Small_singular_values_are_accurate_relative_to_themselves()
    {
        var graded = T.Constant(Tensor.From<double>([1, 1, 0, 1e-20], 2, 2));   // the product of the values is 1e-20
        var s = Numerically.Agreed(T.SingularValues(graded));
        Numerically.Close(Tensor.Scalar(1.0), Tensor.Scalar(s.Get<double>(0) * s.Get<double>(1) / 1e-20));
    }

    [Fact]
    public void Derivatives_of_singular_values_and_vectors_equal_differences()
    {
        foreach (var shape in new[] { new[] { 2, 3, 3 }, [2, 4, 3], [2, 2, 4] })
        {
            var value = Numerically.Draw(6, shape);
            var (u, s, v) = T.Svd(s_x);
            Numerically.CheckGradient(Numerically.Weighted(u) + Numerically.Weighted(s, 2) + Numerically.Weighted(v, 3), twice: true, (s_x, value));
            Numerically.CheckGradient(Numerically.Weighted(T.SingularValues(s_x)), twice: true, (s_x, value));
        }
    }

    [Fact]
    public void Singular_values_have_a_gradient_where_they_are_equal_or_zero()
    {
        var x = T.DMatrix("x", 3, 2);
        var value = Tensor.From<double>([1, 0, 0, 1, 0, 0], 3, 2);
        Assert.Equal([1, 0, 0, 1, 0, 0], Numerically.Agreed(T.Grad(T.Sum(T.Svd(x).S), x), (x, value)).ToArray<double>());
        Assert.All(Numerically.Agreed(T.Grad(T.Sum(T.Svd(x).S), x), (x, Tensor.Zeros<double>(3, 2))).ToArray<double>(), g => Assert.True(double.IsFinite(g)));
    }

    [Theory]
    [InlineData(DType.Float64), InlineData(DType.Float32)]
    public void Eigenvectors_are_orthonormal_and_the_matrix_stretches_them_by_the_eigenvalues(DType dtype)
    {
        foreach (var shape in new[] { new[] { 4, 4 }, [2, 3, 3], [2, 2, 5, 5], [1, 1], [0, 0], [40, 40] })
        {
            var x = Matrices.Constant(Numerically.Draw(7, shape), dtype);
            var symmetric = x + T.MatrixTranspose(x);
            var (w, v) = T.Eigh(symmetric);
            IsOrthonormal(v, dtype);
            Close(v * T.ExpandDims(w, -2), T.MatMul(symmetric, v), dtype);
            Close(w, T.Eigvalsh(symmetric), dtype);
            Close(w, T.Eigh(symmetric, lower: false).Values, dtype);
            Assert.True(Numerically.Agreed(T.All(T.Le(w[T.Ellipsis, ..^1], w[T.Ellipsis, 1..]))).ToScalar<bool>() || shape[^1] < 2);
        }
    }

    [Fact]
    public void Derivatives_of_eigenvalues_and_vectors_equal_differences()
    {
        var value = Numerically.Draw(8, 2, 4, 4);
        var (w, v) = T.Eigh(s_x);
        Numerically.CheckGradient(Numerically.Weighted(w) + Numerically.Weighted(v, 3), twice: true, (s_x, value));
        Numerically.CheckGradient(Numerically.Weighted(T.Eigh(s_x, lower: false).Vectors), twice: false, (s_x, value));
        Numerically.CheckGradient(Numerically.Weighted(T.Eigvalsh(s_x)), twice: true, (s_x, value));
    }

    [Fact]
    public void Eigenvalues_have_a_gradient_where_they_are_equal()
    {
        var x = T.DMatrix("x");
        Assert.Equal([1, 0, 0, 1], Numerically.Agreed(T.Grad(T.Sum(T.Eigh(x).Values), x), (x, Tensor.From<double>([2, 0, 0, 2], 2, 2))).ToArray<double>());
    }

    [Fact]
    public void Generalised_eigenvalues_make_the_pencil_singular()
    {
        var (a, b) = (Numerically.Draw(9, 3, 3), Matrices.Regular(10, 3, 3));
        var positive = Numerically.Value(T.MatMul(b, T.MatrixTranspose(b)));
        var symmetric = Numerically.Value(a + T.MatrixTranspose(a));
        var w = T.Eigvalsh(symmetric, positive);
        Numerically.Close(Tensor.Zeros<double>(3), Numerically.Agreed(T.Det(symmetric - T.Reshape(w, 3, 1, 1) * positive)), 1e-9);
    }

    [Theory]
    [InlineData(DType.Float64), InlineData(DType.Float32)]
    public void A_matrix_stretches_its_complex_eigenvectors_by_its_eigenvalues(DType dtype)
    {
        foreach (var shape in new[] { new[] { 4, 4 }, [2, 3, 3], [2, 2, 5, 5], [1, 1], [0, 0], [20, 20] })
        {
            var x = Matrices.Constant(Numerically.Draw(13, shape), dtype);
            var (w, v) = T.Eig(x);
            var (wr, wi, vr, vi) = (w[T.Ellipsis, 0], w[T.Ellipsis, 1], v[T.Ellipsis, 0], v[T.Ellipsis, 1]);
            Close(vr * T.ExpandDims(wr, -2) - vi * T.ExpandDims(wi, -2), T.MatMul(x, vr), dtype);
            Close(vr * T.ExpandDims(wi, -2) + vi * T.ExpandDims(wr, -2), T.MatMul(x, vi), dtype);
            Close(T.OnesLike(wr), T.Sum(T.Sqr(vr) + T.Sqr(vi), -2), dtype);
            Close(w, T.Eigvals(x), dtype);
            Close(T.Trace(x), T.Sum(wr, -1), dtype);
        }
    }

    [Fact]
    public void Derivatives_of_complex_eigenvalues_equal_differences()
    {
        var value = Numerically.Draw(14, 2, 4, 4);
        Assert.Contains(Numerically.Value(T.Eigvals(value)[T.Ellipsis, 1]).ToArray<double>(), imaginary => imaginary != 0);
        Numerically.CheckGradient(Numerically.Weighted(T.Eigvals(s_x)), twice: true, (s_x, value));
    }

    [Fact]
    public void A_matrix_without_a_basis_of_eigenvectors_has_eigenvalues_but_no_derivative()
    {
        var x = T.DMatrix("x");
        var shear = Tensor.From<double>([1, 1, 0, 1], 2, 2);
        Assert.Equal([1.0, 0, 1, 0], Numerically.Agreed(T.Eigvals(x), (x, shear)).ToArray<double>());
        var error = Assert.Throws<ArithmeticException>(() => Numerically.Value(T.Grad(T.Sum(T.Eigvals(x)), x), (x, shear)));
        Assert.StartsWith("eig: the matrix (float64[2,2]) has no basis of eigenvectors, and so its eigenvalues have no derivative.\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Factorisations_treat_each_matrix_of_a_stack_alike()
    {
        var x = Numerically.Draw(11, 3, 4, 3);
        Matrices.TreatsEachAlike(e => T.Qr(e).Q, x);
        Matrices.TreatsEachAlike(e => T.Qr(e).R, x);
        Matrices.TreatsEachAlike(e => T.Svd(e).U, x);
        Matrices.TreatsEachAlike(T.SingularValues, x);
        Matrices.TreatsEachAlike(e => T.PseudoInverse(e), x);
        Matrices.TreatsEachAlike(e => T.Eigh(e).Vectors, Numerically.Draw(12, 3, 4, 4));
        Matrices.TreatsEachAlike(T.MatrixExp, Numerically.Draw(12, 3, 4, 4));
    }

    [Fact]
    public void What_is_not_finite_or_not_determined_is_named()
    {
        var nan = T.Constant(Tensor.From([double.NaN, 0, 0, 1], 2, 2));
        const string Problem = "the matrix (float64[2,2]) holds NaN or infinities, or the iteration for it does not converge.";
        Matrices.Says("svd: " + Problem, T.SingularValues(nan));
        Matrices.Says("eigh: " + Problem, T.Eigh(nan).Values);
        Matrices.Says("pseudo_inverse: " + Problem, T.PseudoInverse(nan));
        Matrices.Says("expm: the matrix (float64[2,2]) holds NaN or infinities.", T.MatrixExp(nan));
        var x = T.DMatrix("x", 4, 2);
        Assert.Equal("svd(x: float64[4,2]): the singular vectors beyond the thin ones are not determined, and have no derivative. Use full: false.",
            Assert.Throws<GradientException>(() => T.Grad(T.Sum(T.Svd(x, full: true).U), x)).Message);
        Assert.Equal("qr(x: float64[4,2]): the columns of a full Q beyond those of the matrix are not determined, and have no derivative. Use full: false.",
            Assert.Throws<GradientException>(() => T.Grad(T.Sum(T.Qr(x, full: true).Q), x)).Message);
    }

    private static void IsOrthonormal(Expr columns, DType dtype) =>
        Close(T.BroadcastTo(T.Eye(columns.Shape[columns.Rank - 1], dtype: dtype), T.MatMul(T.MatrixTranspose(columns), columns).Shape.Dims.AsSpan()), T.MatMul(T.MatrixTranspose(columns), columns), dtype);

    private static void Close(Expr expected, Expr actual, DType dtype) =>
        Numerically.Close(Numerically.Value(expected), Numerically.Agreed(actual), 5 * Tolerances.Matrices(dtype));
}
