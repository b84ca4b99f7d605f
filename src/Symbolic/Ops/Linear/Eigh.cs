using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>
/// The eigenvalues of symmetric matrices, rising, and if asked the orthonormal eigenvectors in the columns of a matrix after them (packed); the largest
/// element of each vector is positive.
/// </summary>
public sealed record Eigh(bool HasVectors) : MatrixOp
{
    /// <inheritdoc/>
    public override string Name => "eigh";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var stack = Check(inputs[0], guards, isSquare: true);
        var n = inputs[0].Shape[inputs[0].Rank - 1];
        return inputs[0].Type with { Shape = Shape.Of([.. stack, HasVectors ? n + n * n : n]) };
    }

    internal static (Expr Values, Expr Vectors) Of(Expr symmetric)
    {
        var n = symmetric.Shape[symmetric.Rank - 1];
        var parts = Packed.Parts(new Eigh(HasVectors: true).On(symmetric), [n], [n, n]);
        return (parts[0], parts[1]);
    }

    // With M = Vᵀ·dA·V: dλ = diag(M), and dV = V·(F∘M) with F[i,j] = 1/(λj - λi), 0 where the eigenvalues are equal and the vectors have no derivative.
    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents[0] is not { } tangent) return null;
        var (values, v) = Of(inputs[0]);
        var m = T.MatMul(T.MatrixTranspose(v), T.MatMul(tangent, v));
        var moved = T.Diagonal(m, 0, -2, -1);
        if (!HasVectors) return moved;
        return Packed.Of(tangent.Rank - 2, moved, T.MatMul(v, m * ReciprocalOrZero(T.ExpandDims(values, -2) - T.ExpandDims(values, -1))));
    }

    /// <summary><c>1/x</c>, and 0 where x is 0: for what divides by distances of eigenvalues.</summary>
    internal static Expr ReciprocalOrZero(Expr x) => T.Switch(T.Eq(x, 0), 0, 1 / T.Switch(T.Eq(x, 0), 1, x));

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        var n = a.Rows;
        var rented = ArrayPool<double>.Shared.Rent(n * n);
        var rows = new Matrix(rented.AsSpan(0, n * n), n, n);
        var succeeds = DeepSym.Spectral.Eigh(a, result[..n], rows);
        if (succeeds && HasVectors)
        {
            for (var i = 0; i < n; i++) PointUp(rows.Row(i));
            rows.CopyTransposedTo(new Matrix(result[n..], n, n));
        }
        ArrayPool<double>.Shared.Return(rented);
        return succeeds ? null : DeepSym.Spectral.Problem;
    }

    /// <summary>Makes the largest element positive; says whether it was not.</summary>
    internal static bool PointUp(Span<double> vector)
    {
        var largest = 0.0;
        foreach (var x in vector)
            if (Math.Abs(x) > Math.Abs(largest)) largest = x;
        if (largest >= 0) return false;
        TensorPrimitives.Negate(vector, vector);
        return true;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 3]).Select(x => On(Triangle.Symmetric(Triangle.Separated(x))));

    /// <inheritdoc/>
    protected override string Text => HasVectors ? "eigh" : "eigvalsh";
}

public static partial class T
{
    /// <summary>
    /// The eigenvalues of each symmetric matrix, rising, and orthonormal eigenvectors in columns (the largest element of each positive). Only one triangle is
    /// read, the lower by default. Where eigenvalues are equal the vectors have no derivative, and the terms that would divide by zero count as 0.
    /// </summary>
    public static (Expr Values, Expr Vectors) Eigh(Expr x, bool lower = true) => DeepSym.Eigh.Of(OneTriangle("eigh", x, lower));

    /// <summary>The eigenvalues of each symmetric matrix, rising; those of <c>x·v = λ·b·v</c> when a positive definite <paramref name="b"/> is given. One triangle is read, the lower by default.</summary>
    public static Expr Eigvalsh(Expr x, Expr? b = null, bool lower = true)
    {
        var symmetric = OneTriangle("eigvalsh", x, lower);
        if (b is null) return new Eigh(HasVectors: false).On(symmetric);
        var root = Cholesky(OneTriangle("eigvalsh", b, lower));
        var whitened = SolveTriangular(root, MatrixTranspose(SolveTriangular(root, symmetric)));
        return new Eigh(HasVectors: false).On(Triangle.Symmetric(whitened));
    }

    static Expr OneTriangle(string what, Expr x, bool lower)
    {
        var matrix = Matrices(what, x);
        return Triangle.Symmetric(lower ? matrix : MatrixTranspose(matrix));
    }
}
