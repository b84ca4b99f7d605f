using System.Collections.Immutable;

namespace DeepSym;

/// <summary>What <see cref="T.Cholesky"/> does with a matrix that is not positive definite.</summary>
public enum CholeskyFailure
{
    /// <summary>An <see cref="ArithmeticException"/> that names the matrix.</summary>
    Throw,

    /// <summary>A factor of NaN.</summary>
    NaN,
}

/// <summary>The lower triangle L with a positive diagonal such that <c>A = L·Lᵀ</c>, for symmetric positive definite A.</summary>
public sealed record Cholesky(CholeskyFailure Failure) : MatrixOp
{
    internal const string Problem = "is not positive definite, or holds NaN. Add a small multiple of the identity, or use T.Eigh.";

    /// <inheritdoc/>
    public override string Name => "cholesky";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        Check(inputs[0], guards, isSquare: true);
        return inputs[0].Type;
    }

    // dL = L·Φ(L⁻¹·dA·L⁻ᵀ) with Φ the lower triangle with half of the diagonal (Murray 2016).
    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents[0] is not { } tangent) return null;
        var solve = new Solve(MatrixStructure.Lower);
        var inner = solve.On(output, T.MatrixTranspose(solve.On(output, tangent)));
        return T.MatMul(output, Triangle.HalfLower(inner));
    }

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        if (!Elimination.Cholesky(a))
        {
            if (Failure == CholeskyFailure.Throw) return Problem;
            result.Fill(double.NaN);
            return null;
        }
        for (var i = 0; i < a.Rows; i++) a.Row(i, i + 1).Clear();
        a.Values.CopyTo(result);
        return null;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 3]).Select(x => On(Triangle.Symmetric(x + 4 * Triangle.Identity(x))));
}

public static partial class T
{
    /// <summary>
    /// The triangular root of each symmetric positive definite matrix: L with <c>x = L·Lᵀ</c>, or with <paramref name="lower"/> false U with <c>x = Uᵀ·U</c>.
    /// Only that triangle of x is read, and the gradient has only that triangle.
    /// </summary>
    public static Expr Cholesky(Expr x, bool lower = true, CholeskyFailure failure = CholeskyFailure.Throw)
    {
        var matrix = Matrices("cholesky", x);
        var factor = new Cholesky(failure).On(Triangle.Symmetric(lower ? matrix : MatrixTranspose(matrix)));
        return lower ? factor : MatrixTranspose(factor);
    }
}
