using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Products of <c>theano.tensor</c> by their names there.</summary>
internal static class LinearNames
{
    public static void AddTo(Module tensor)
    {
        tensor.Add("dot(x, y)", a => T.Dot(a.Expr("x"), a.Expr("y")));
        tensor.Add("outer(x, y)", a => T.Outer(a.Expr("x"), a.Expr("y")));
        tensor.Add("batched_dot(x, y)", a => T.BatchedDot(a.Expr("x"), a.Expr("y")));
        tensor.Add("tensordot(x, y, axes=2)", a => Sequences.IsSequence(a["axes"]) && a.Items("axes") is [var left, var right]
            ? T.TensorDot(a.Expr("x"), a.Expr("y"), Symbolic.Integers(left), Symbolic.Integers(right))
            : T.TensorDot(a.Expr("x"), a.Expr("y"), (int)a.Whole("axes")));
    }
}
