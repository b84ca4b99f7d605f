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

    static void AddProducts(Module tensor)
    {
        tensor.Add("dot(x, y)", a => T.Dot(a.Expr("x"), a.Expr("y")));
        tensor.Add("outer(x, y)", a => T.Outer(a.Expr("x"), a.Expr("y")));
        tensor.Add("batched_dot(x, y)", a => T.BatchedDot(a.Expr("x"), a.Expr("y")));
        tensor.Add("tensordot(x, y, axes=2)", a => Sequences.IsSequence(a["axes"]) && a.Items("axes") is [var left, var right]
            ? T.TensorDot(a.Expr("x"), a.Expr("y"), Symbolic.Integers(left), Symbolic.Integers(right))
            : T.TensorDot(a.Expr("x"), a.Expr("y"), (int)a.Whole("axes")));
    }
}
