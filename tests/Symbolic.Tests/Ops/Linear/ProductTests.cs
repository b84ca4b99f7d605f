namespace DeepSym.Tests.Ops.Linear;

/// <summary>Products of vectors, matrices and stacks of them against loops.</summary>
public sealed class ProductTests
{
    [Theory]
    [InlineData(new[] { 3 }, new[] { 3 }), InlineData(new[] { 2, 3 }, new[] { 3 }), InlineData(new[] { 3 }, new[] { 3, 4 }), InlineData(new[] { 2, 3 }, new[] { 3, 4 })]
    [InlineData(new[] { 5, 2, 3 }, new[] { 5, 3, 4 }), InlineData(new[] { 5, 2, 3 }, new[] { 3, 4 }), InlineData(new[] { 2, 3 }, new[] { 5, 3, 4 }), InlineData(new[] { 5, 1, 2, 3 }, new[] { 6, 3, 4 })]
    [InlineData(new[] { 3 }, new[] { 5, 3, 4 }), InlineData(new[] { 5, 2, 3 }, new[] { 3 }), InlineData(new[] { 2, 0 }, new[] { 0, 4 }), InlineData(new[] { 0, 2, 3 }, new[] { 0, 3, 4 })]
    public void A_product_of_matrices_broadcasts_its_stacks(int[] left, int[] right)
    {
        var (x, y) = (Numerically.Draw(1, left), Numerically.Draw(2, right));
        var spec = (left.Length, right.Length) switch { (1, 1) => "i,i->", (1, _) => "j,...jk->...k", (_, 1) => "...ij,j->...i", _ => "...ij,...jk->...ik" };
        Matrices.Same(T.Einsum(spec, x, y), T.MatMul(x, y));
        Variable a = T.Variable("a", DType.Float64, [.. left.Select(n => (Dim?)n)]), b = T.Variable("b", DType.Float64, [.. right.Select(n => (Dim?)n)]);
        Numerically.CheckGradient(Numerically.Weighted(T.MatMul(a, b)), twice: false, (a, x), (b, y));
    }

    [Fact]
    public void A_dot_sums_over_the_last_axis_and_the_last_but_one()
    {
        var (x, y) = (Numerically.Draw(1, 2, 3, 4), Numerically.Draw(2, 5, 4, 3));
        Matrices.Same(T.Einsum("abi,cid->abcd", x, y), T.Dot(x, y));
        Matrices.Same(T.Einsum("abi,i->ab", x, y.Row(0).Reshape(3, 4).Row(0)), T.Dot(x, y.Row(0).Reshape(3, 4).Row(0)));
        Matrices.Same(T.Constant(x) * 2.0, T.Dot(2.0, x));
    }

    [Fact]
    public void Stacks_of_vectors_are_multiplied_one_by_one()
    {
        var (m, v) = (Numerically.Draw(1, 2, 3, 4), Numerically.Draw(2, 5, 1, 4));
        Matrices.Same(T.MatMul(m, T.ExpandDims(v, -1))[T.Ellipsis, 0], T.MatVec(m, v));
        Matrices.Same(T.MatVec(m, v), T.VecMat(v, T.MatrixTranspose(m)));
        var w = Numerically.Draw(3, 2, 1, 4);
        Matrices.Same(T.Sum(T.Constant(m) * w, -1), T.VecDot(m, w));
    }

    [Fact]
    public void Axes_that_do_not_fit_are_named()
    {
        var (x, y) = (T.Matrix("x", 2, 3), T.Matrix("y", 2, 3));
        Says("tensordot(x: float32[2,3], y: float32[2,3]) over 3 axes: both sides need as many.", () => T.TensorDot(x, y, 3));
        Says("batched_tensordot(x: float32[2,3], y: float32[2,3]) over 2 axes: both sides need as many beside that of the batch.", () => T.BatchedTensorDot(x, y));
        Says("tensordot(x: float32[2,3], y: float32[2,3]): an axis is named twice in 0·0, 0·0.", () => T.TensorDot(x, y, [0, 0], [0, 0]));
        static void Says(string message, Func<Expr> build) => Assert.Equal(message, Assert.Throws<ShapeException>(build).Message);
    }

    [Fact]
    public void Stacks_that_do_not_fit_are_named() => Assert.Equal(
        "matmul(x: float32[2,3,4], y: float32[3,4,5]): sizes along the axes before the last two must be equal, or 1 where the graph is built.",
        Assert.Throws<ShapeException>(() => T.MatMul(T.Tensor3("x", 2, 3, 4), T.Tensor3("y", 3, 4, 5))).Message);
}
