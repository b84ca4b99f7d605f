using System.Buffers;
using System.Collections.Immutable;

namespace DeepSym;

/// <summary>The cofactors of square matrices, <c>det(A)·A⁻ᵀ</c>, also where A is singular: the gradient of the determinant.</summary>
public sealed record Cofactors : MatrixOp
{
    /// <inheritdoc/>
    public override string Name => "cofactors";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        Check(inputs[0], guards, isSquare: true);
        return inputs[0].Type;
    }

    // The product rule; for regular matrices only.
    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents[0] is not { } tangent) return null;
        var inverse = T.MatrixTranspose(T.MatrixInverse(inputs[0]));
        var trace = T.Sum(inverse * tangent, [-2, -1], keepDims: true);
        return output * trace - T.MatMul(output, T.MatMul(T.MatrixTranspose(tangent), inverse));
    }

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        var (n, size) = (a.Rows, a.Values.Length);
        var rented = ArrayPool<double>.Shared.Rent(3 * size + n);
        var memory = rented.AsSpan();
        var u = new Matrix(memory[..size], n, n);
        var v = new Matrix(memory.Slice(size, size), n, n);
        var factors = new Matrix(memory.Slice(2 * size, size), n, n);
        var cofactors = new Matrix(result, n, n);
        var isKnown = DeterminantOf(a, factors) is { } determinant
            && (determinant != 0 ? Regular(a, determinant, u, cofactors) : Singular(a, u, v, memory.Slice(3 * size, n), factors, cofactors));
        ArrayPool<double>.Shared.Return(rented);
        return isKnown ? null : Determinant.Problem;
    }

    static double? DeterminantOf(Matrix a, Matrix factors)
    {
        a.Values.CopyTo(factors.Values);
        return Determinant.Factor(factors) is { } sign ? Determinant.Product(factors, sign) : null;
    }

    static bool Regular(Matrix a, double determinant, Matrix inverse, Matrix cofactors)
    {
        inverse.SetIdentity();
        if (DeepSym.Solve.General(a, inverse) is not null) return false;
        for (var i = 0; i < a.Rows; i++)
            for (var j = 0; j < a.Rows; j++) cofactors[i, j] = determinant * inverse[j, i];
        return true;
    }

    // From A = U·diag(s)·V: det(U)·det(V)·U·diag(the product of the other s)·V.
    static bool Singular(Matrix a, Matrix u, Matrix v, Span<double> s, Matrix factors, Matrix cofactors)
    {
        if (!Svd.Decompose(a, u, s, v) || DeterminantOf(u, factors) is not { } left || DeterminantOf(v, factors) is not { } right) return false;
        cofactors.Values.Clear();
        for (var k = 0; k < a.Rows; k++)
        {
            double others = Math.Sign(left) * Math.Sign(right);
            for (var i = 0; i < a.Rows; i++)
                if (i != k) others *= s[i];
            for (var i = 0; i < a.Rows; i++)
                for (var j = 0; j < a.Rows; j++) cofactors[i, j] += others * u[i, k] * v[k, j];
        }
        return true;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 3]).Select(x => On(Triangle.Separated(x)));
}
