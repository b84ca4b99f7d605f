using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Products of <c>theano.tensor</c>, and what is in its modules of linear algebra, by their names there.</summary>
internal static class LinearNames
{
    public static void AddTo(TheanoModules modules)
    {
        AddProducts(modules.Tensor);
        AddDiagonals(modules.Tensor, modules["nlinalg"]);
        AddInverses(modules["nlinalg"]);
        AddSystems(modules["slinalg"]);
        AddFactorizations(modules["nlinalg"], modules["slinalg"]);
        AddTransforms(modules["fft"]);
    }

    // Over all axes but the first.
    static void AddTransforms(Module fft)
    {
        fft.Add("rfft(x, norm=None)", a => T.Fft.Rfft(a.Expr("x"), a.Expr("x").Rank - 1, Norm(a)));
        fft.Add("irfft(x, norm=None, is_odd=False)", a => T.Fft.Irfft(a.Expr("x"), a.Expr("x").Rank - 2, Norm(a), a.Bool("is_odd")));

        static FftNorm Norm(BoundArguments a) => a.Text("norm") switch { "ortho" => FftNorm.Orthonormal, "no_norm" => FftNorm.None, _ => FftNorm.Backward };
    }

    static void AddDiagonals(Module tensor, Module nlinalg)
    {
        foreach (var module in new[] { tensor, nlinalg })
            module.Add("diag(x, k=0)", a => T.Diag(a.Expr("x"), (int)a.Whole("k")));
        tensor.Add("diagonal(x, offset=0, axis1=0, axis2=1)", a => T.Diagonal(a.Expr("x"), (int)a.Whole("offset"), (int)a.Whole("axis1"), (int)a.Whole("axis2")));
        nlinalg.Add("extract_diag(x)", a => T.Diagonal(a.Expr("x")));
        nlinalg.Add("alloc_diag(x)", a => T.AllocDiag(a.Expr("x")));
        nlinalg.Add("trace(x)", a => T.Trace(a.Expr("x")));
    }

    static void AddInverses(Module nlinalg)
    {
        nlinalg.Add("det(x)", a => T.Det(a.Expr("x")));
        nlinalg.Add("matrix_inverse(x)", a => T.MatrixInverse(a.Expr("x")));
        nlinalg.Add("pinv(x)", a => T.PseudoInverse(a.Expr("x")));
        nlinalg.Add("matrix_power(x, n)", a => T.MatrixPower(a.Expr("x"), (int)a.Whole("n")));
        nlinalg.Add("matrix_dot(*factors)", a => T.MatrixDot(a.Exprs("factors")));
        nlinalg.Add("tensorsolve(a, b, axes=None)", a => T.TensorSolve(a.Expr("a"), a.Expr("b"), a.Axes("axes")));
        nlinalg.Add("tensorinv(a, ind=2)", a => T.TensorInverse(a.Expr("a"), (int)a.Whole("ind")));
        nlinalg.Add("lstsq()", _ => new NativeFunction("lstsq(a, b, rcond)", a =>
        {
            var found = T.LeastSquares(a.Expr("a"), a.Expr("b"));
            return new object?[] { found.Solution, found.Residuals, found.Rank, found.SingularValues };
        }));
        nlinalg.Add("norm(x, ord=None)", a => Norm(a.Expr("x"), a["ord"]));
    }

    static void AddSystems(Module slinalg)
    {
        slinalg.Add("solve(a, b)", a => T.Solve(a.Expr("a"), a.Expr("b")));
        slinalg.Add("solve_lower_triangular(a, b)", a => T.SolveTriangular(a.Expr("a"), a.Expr("b")));
        slinalg.Add("solve_upper_triangular(a, b)", a => T.SolveTriangular(a.Expr("a"), a.Expr("b"), lower: false));
        slinalg.Add("cholesky(x)", a => T.Cholesky(a.Expr("x")));
        slinalg.Add("Cholesky(lower=True, on_error='raise')", options => new NativeFunction("cholesky(x)", a =>
            T.Cholesky(a.Expr("x"), options.Bool("lower"), options.Text("on_error") == "nan" ? CholeskyFailure.NaN : CholeskyFailure.Throw)));
    }

    static void AddFactorizations(Module nlinalg, Module slinalg)
    {
        nlinalg.Add("svd(x, full_matrices=1, compute_uv=1)", a => a.Bool("compute_uv") ? Sequence(T.Svd(a.Expr("x"), a.Bool("full_matrices"))) : T.SingularValues(a.Expr("x")));
        nlinalg.Add("qr(x, mode='reduced')", a => a.Text("mode") == "r" ? T.Qr(a.Expr("x")).R : Sequence(T.Qr(a.Expr("x"), a.Text("mode") == "complete")));
        nlinalg.Add("eig(x)", a => Sequence(T.Eig(a.Expr("x"))));
        nlinalg.Add("eigh(x, UPLO='L')", a => Sequence(T.Eigh(a.Expr("x"), a.Text("UPLO") == "L")));
        slinalg.Add("eigvalsh(a, b=None, lower=True)", a => T.Eigvalsh(a.Expr("a"), a.Has("b") ? a.Expr("b") : null, a.Bool("lower")));
        slinalg.Add("expm(x)", a => T.MatrixExp(a.Expr("x")));
        slinalg.Add("kron(x, y)", a => T.Kron(a.Expr("x"), a.Expr("y")));
    }

    static object?[] Sequence(System.Runtime.CompilerServices.ITuple tuple) => [.. Enumerable.Range(0, tuple.Length).Select(i => tuple[i])];

    // The order may be a number or a name; that of a matrix is one of operators.
    static Expr Norm(Expr x, object? order) => (x.Rank, order) switch
    {
        (_, null or "fro") => T.Norm(x),
        (1, "inf") => T.Norm(x, double.PositiveInfinity),
        (1, "-inf") => T.Norm(x, double.NegativeInfinity),
        (1, var p) => T.Norm(x, Numbers.Real(p)),
        (_, "inf") => T.MatrixNorm(x, MatrixNormKind.LargestRowSum),
        (_, "-inf") => T.MatrixNorm(x, MatrixNormKind.SmallestRowSum),
        (_, 1L) => T.MatrixNorm(x, MatrixNormKind.LargestColumnSum),
        (_, -1L) => T.MatrixNorm(x, MatrixNormKind.SmallestColumnSum),
        _ => throw new PythonException($"{order} is not an order of a norm"),
    };

    static void AddProducts(Module tensor)
    {
        tensor.Add("dot(x, y)", a => T.Dot(a.Expr("x"), a.Expr("y")));
        tensor.Add("norm(x, L, axis=None, keepdims=False)", a => T.Norm(a.Expr("x"), Numbers.Real(a["L"]), a.Axes(), a.Bool("keepdims")));
        tensor.Add("outer(x, y)", a => T.Outer(a.Expr("x"), a.Expr("y")));
        tensor.Add("batched_dot(x, y)", a => T.BatchedDot(a.Expr("x"), a.Expr("y")));
        tensor.Add("batched_tensordot(x, y, axes=2)", a => Sequences.IsSequence(a["axes"]) && a.Items("axes") is [var left, var right]
            ? T.BatchedTensorDot(a.Expr("x"), a.Expr("y"), Symbolic.Integers(left), Symbolic.Integers(right))
            : T.BatchedTensorDot(a.Expr("x"), a.Expr("y"), (int)a.Whole("axes")));
        tensor.Add("tensordot(x, y, axes=2)", a => Sequences.IsSequence(a["axes"]) && a.Items("axes") is [var left, var right]
            ? T.TensorDot(a.Expr("x"), a.Expr("y"), Symbolic.Integers(left), Symbolic.Integers(right))
            : T.TensorDot(a.Expr("x"), a.Expr("y"), (int)a.Whole("axes")));
    }
}
