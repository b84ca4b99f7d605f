using System.Buffers;
using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// The inverse of Moore and Penrose, <c>A⁺ = V·diag(1/s)·Uᵀ</c>; singular values up to <paramref name="RelativeTolerance"/> times the largest count as 0
/// (null: <paramref name="Rounding"/>, that of the dtype, times the larger side of A).
/// </summary>
public sealed record PseudoInverse(double? RelativeTolerance, double Rounding) : MatrixOp
{
    /// <inheritdoc/>
    public override string Name => "pseudo_inverse";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var stack = Check(inputs[0], guards, isSquare: false);
        return inputs[0].Type with { Shape = Shape.Of([.. stack, .. inputs[0].Shape.TakeLast(2).Reverse()]) };
    }

    // With X = A⁺ and constant rank: dX = -X·dA·X + X·Xᵀ·dAᵀ·(1 - A·X) + (1 - X·A)·dAᵀ·Xᵀ·X (Golub & Pereyra 1973).
    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents[0] is not { } tangent) return null;
        var (a, x, xt, dt) = (inputs[0], output, T.MatrixTranspose(output), T.MatrixTranspose(tangent));
        var ofRows = T.MatMul(x, T.MatMul(xt, dt));
        var ofColumns = T.MatMul(T.MatMul(dt, xt), x);
        return ofRows - T.MatMul(T.MatMul(ofRows, a), x) + ofColumns - T.MatMul(x, T.MatMul(a, ofColumns)) - T.MatMul(T.MatMul(x, tangent), x);
    }

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        var (m, n, k) = (a.Rows, a.Columns, Math.Min(a.Rows, a.Columns));
        var tolerance = RelativeTolerance ?? Math.Max(m, n) * Rounding;
        var rented = ArrayPool<double>.Shared.Rent(m * k + k + k * n);
        var memory = rented.AsSpan();
        var u = new Matrix(memory[..(m * k)], m, k);
        var s = memory.Slice(m * k, k);
        var v = new Matrix(memory.Slice(m * k + k, k * n), k, n);
        var succeeds = Svd.Decompose(a, u, s, v);
        if (succeeds)
        {
            var x = new Matrix(result, n, m);
            result.Clear();
            for (var r = 0; r < k && s[r] > tolerance * s[0]; r++)
                for (var i = 0; i < n; i++)
                    for (var j = 0; j < m; j++) x[i, j] += v[r, i] / s[r] * u[j, r];
        }
        ArrayPool<double>.Shared.Return(rented);
        return succeeds ? null : DeepSym.Spectral.Problem;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 4, 3]).Concat(Sample.Of([2, 3])).Select(x => On(Triangle.Separated(x)));

    /// <inheritdoc/>
    protected override string Text => RelativeTolerance is { } tolerance ? $"pseudo_inverse@{tolerance}" : "pseudo_inverse";
}

public static partial class T
{
    /// <summary>
    /// The inverse of Moore and Penrose of each matrix. Singular values up to <paramref name="relativeTolerance"/> times the largest count as 0; by default
    /// the larger side of x times the rounding of its dtype. The derivative is that for matrices of the same rank.
    /// </summary>
    public static Expr PseudoInverse(Expr x, double? relativeTolerance = null)
    {
        var matrix = Matrices("pseudo_inverse", x);
        return new PseudoInverse(relativeTolerance, RoundingOf(matrix.DType)).On(matrix);
    }

    /// <summary>
    /// The x of least norm among those that make <c>|a·x - b|</c> least, for the vector b or each column of it; the sums of the squares of what is left; the
    /// rank of a; and its singular values. The tolerance is that of <see cref="PseudoInverse"/>.
    /// </summary>
    public static (Expr Solution, Expr Residuals, Expr Rank, Expr SingularValues) LeastSquares(Expr a, Expr b, double? relativeTolerance = null)
    {
        var (matrix, right) = Floating(Matrices("lstsq", a), b);
        var isVector = right.Rank == 1;
        if (isVector) right = ExpandDims(right, -1);
        var solution = MatMul(PseudoInverse(matrix, relativeTolerance), right);
        var residuals = Sum(Sqr(MatMul(matrix, solution) - right), -2);
        var values = SingularValues(matrix);
        return (isVector ? Squeeze(solution, -1) : solution, isVector ? Squeeze(residuals, -1) : residuals, RankOf(matrix, values, relativeTolerance), values);
    }

    /// <summary>The rank of each matrix as int64: how many singular values are larger than the tolerance of <see cref="PseudoInverse"/>.</summary>
    public static Expr MatrixRank(Expr x, double? relativeTolerance = null)
    {
        var matrix = Matrices("matrix_rank", x);
        return RankOf(matrix, SingularValues(matrix), relativeTolerance);
    }

    static Expr RankOf(Expr matrix, Expr values, double? relativeTolerance)
    {
        var tolerance = relativeTolerance is { } given ? given : Cast(Maximum(matrix.Size(-2), matrix.Size(-1)), matrix.DType) * RoundingOf(matrix.DType);
        return Sum(Gt(values, Max(values, [-1], keepDims: true) * tolerance), -1);
    }

    static double RoundingOf(DType dtype) => dtype == DType.Float32 ? Math.Pow(2, -23) : Math.Pow(2, -52);
}
