using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>How much of a singular value decomposition is computed.</summary>
public enum SvdPart
{
    /// <summary>The singular values.</summary>
    Values,

    /// <summary>As many singular vectors on each side as there are values.</summary>
    Thin,

    /// <summary>A complete basis on each side.</summary>
    Full,
}

/// <summary><c>A = U·diag(s)·V</c> with orthonormal columns of U and rows of V, and falling s ≥ 0: packed; the largest element of each column of U is positive.</summary>
public sealed record Svd(SvdPart Part) : MatrixOp
{
    /// <inheritdoc/>
    public override string Name => "svd";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var stack = Check(inputs[0], guards, isSquare: false);
        return inputs[0].Type with { Shape = Shape.Of([.. stack, Packed.Length(Cores(inputs[0].Shape))]) };
    }

    internal Expr[] Of(Expr x) => Packed.Parts(On(x), Cores(x.Shape));

    Shape[] Cores(Shape shape)
    {
        var (m, n) = (shape[shape.Rank - 2], shape[shape.Rank - 1]);
        var k = Dim.Min(m, n);
        return Part switch { SvdPart.Values => [[k]], SvdPart.Thin => [[m, k], [k], [k, n]], _ => [[m, m], [k], [n, n]] };
    }

    // With P = Uᵀ·dA·V, D[i,j] = 1/(sj - si) and E[i,j] = 1/(sj + si): ds = diag(P), dU = U·(D∘(P + Pᵀ) + E∘(P - Pᵀ))/2 + (1 - U·Uᵀ)·dA·V·S⁻¹, and
    // dV = V·(D∘(P + Pᵀ) - E∘(P - Pᵀ))/2 + (1 - V·Vᵀ)·dAᵀ·U·S⁻¹ (Townsend 2016, with 1/(sj² - si²) taken apart).
    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents[0] is not { } tangent) return null;
        var a = inputs[0];
        var (rows, columns) = (a.Shape[a.Rank - 2], a.Shape[a.Rank - 1]);
        if (Part == SvdPart.Full && rows != columns)
            throw new GradientException($"svd({a.Describe()}): the singular vectors beyond the thin ones are not determined, and have no derivative. Use full: false.");
        if ((Part == SvdPart.Values ? new Svd(SvdPart.Thin) : this).Of(a) is not [var u, var s, var vt]) return null;
        var (ut, v) = (T.MatrixTranspose(u), T.MatrixTranspose(vt));
        var (right, left) = (T.MatMul(tangent, v), T.MatMul(T.MatrixTranspose(tangent), u));   // dA·V and dAᵀ·U
        var p = T.MatMul(ut, right);
        var ds = T.Diagonal(p, 0, -2, -1);
        if (Part == SvdPart.Values) return ds;
        var (row, column) = (T.ExpandDims(s, -2), T.ExpandDims(s, -1));
        var pt = T.MatrixTranspose(p);
        var even = Eigh.ReciprocalOrZero(row - column) * (p + pt) * 0.5;
        var odd = Eigh.ReciprocalOrZero(row + column) * (p - pt) * 0.5;
        var du = Turned(u, even + odd, right, rows);
        var dv = Turned(v, even - odd, left, columns);
        return Packed.Of(a.Rank - 2, du, ds, T.MatrixTranspose(dv));

        // The vectors turned among themselves, and out of the space they span where that is not everything.
        Expr Turned(Expr vectors, Expr turn, Expr moved, Dim size)
        {
            var inside = T.MatMul(vectors, turn);
            if (size == Dim.Min(rows, columns)) return inside;
            var outside = moved - T.MatMul(vectors, T.MatMul(T.MatrixTranspose(vectors), moved));
            return inside + outside * Eigh.ReciprocalOrZero(row);
        }
    }

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        var (m, n, k) = (a.Rows, a.Columns, Math.Min(a.Rows, a.Columns));
        if (Part == SvdPart.Values) return Decompose(a, default, result, default) ? null : DeepSym.Spectral.Problem;
        var (left, right) = Part == SvdPart.Thin ? (k, k) : (m, n);
        var u = new Matrix(result[..(m * left)], m, left);
        var v = new Matrix(result[(m * left + k)..], right, n);
        return Decompose(a, u, result.Slice(m * left, k), v) ? null : DeepSym.Spectral.Problem;
    }

    /// <summary>Fills u, s and v, which say by their sizes whether they are thin or full; empty ones are not computed. Overwrites a.</summary>
    internal static bool Decompose(Matrix a, Matrix u, Span<double> s, Matrix v)
    {
        if (a.Rows >= a.Columns) return DecomposeTall(a, u, s, v);
        var (m, n, hasVectors) = (a.Rows, a.Columns, v.Columns > 0);
        var rented = ArrayPool<double>.Shared.Rent(m * n + v.Rows * n + u.Columns * m);
        var memory = rented.AsSpan();
        var transposed = new Matrix(memory[..(m * n)], n, m);
        var left = hasVectors ? new Matrix(memory.Slice(m * n, v.Rows * n), n, v.Rows) : default;
        var right = hasVectors ? new Matrix(memory.Slice(m * n + v.Rows * n, u.Columns * m), u.Columns, m) : default;
        a.CopyTransposedTo(transposed);
        var succeeds = DecomposeTall(transposed, left, s, right);
        if (succeeds && hasVectors)
        {
            left.CopyTransposedTo(v);
            right.CopyTransposedTo(u);
            PointUp(u, v);
        }
        ArrayPool<double>.Shared.Return(rented);
        return succeeds;
    }

    // A = Q·R with square R = W·S·V, so U = Q·W: the iteration works on the small matrix only.
    static bool DecomposeTall(Matrix a, Matrix u, Span<double> s, Matrix v)
    {
        var (m, n) = (a.Rows, a.Columns);
        var hasVectors = u.Rows > 0;
        var inner = Math.Max(n, u.Columns);   // columns of Q
        var rented = ArrayPool<double>.Shared.Rent(m * inner + n + inner + n * n);
        var memory = rented.AsSpan();
        var q = new Matrix(memory[..(m * inner)], m, inner);
        var w = new Matrix(memory.Slice(m * inner + n + inner, n * n), n, n);
        Householder.Qr(a, q, memory.Slice(m * inner, n + inner));
        var square = new Matrix(a.Values[..(n * n)], n, n);
        var succeeds = Jacobi.Svd(square, s, w, v, hasVectors);
        if (succeeds && hasVectors)
        {
            u.Values.Clear();
            for (var i = 0; i < m; i++)
            {
                for (var k = 0; k < n; k++) TensorPrimitives.MultiplyAdd(w.Row(k), q[i, k], u.Row(i)[..n], u.Row(i)[..n]);
                q.Row(i, n)[..(u.Columns - n)].CopyTo(u.Row(i, n));
            }
            PointUp(u, v);
        }
        ArrayPool<double>.Shared.Return(rented);
        return succeeds;
    }

    static void PointUp(Matrix u, Matrix v)
    {
        for (var j = 0; j < u.Columns; j++)
        {
            var largest = 0.0;
            for (var i = 0; i < u.Rows; i++)
                if (Math.Abs(u[i, j]) > Math.Abs(largest)) largest = u[i, j];
            if (largest >= 0) continue;
            for (var i = 0; i < u.Rows; i++) u[i, j] = -u[i, j];
            if (j < Math.Min(u.Rows, v.Columns)) TensorPrimitives.Negate(v.Row(j), v.Row(j));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => (Part == SvdPart.Full ? Sample.Of([2, 3, 3]) : Sample.Of([2, 4, 3]).Concat(Sample.Of([2, 3]))).Select(x => On(Triangle.Separated(x)));

    /// <inheritdoc/>
    protected override string Text => $"svd@{Part}";
}

public static partial class T
{
    /// <summary>
    /// For each matrix <c>x = U·diag(S)·V</c> with orthonormal columns of U and rows of V and falling S ≥ 0. By default U and V have as many vectors as S has
    /// values; with <paramref name="full"/> they are square. The largest element of each column of U is positive. Where singular values are equal or 0 the
    /// vectors have no derivative, and the terms that would divide by zero count as 0.
    /// </summary>
    public static (Expr U, Expr S, Expr V) Svd(Expr x, bool full = false)
    {
        var parts = new Svd(full ? SvdPart.Full : SvdPart.Thin).Of(Matrices("svd", x));
        return (parts[0], parts[1], parts[2]);
    }

    /// <summary>The singular values of each matrix, falling.</summary>
    public static Expr SingularValues(Expr x) => new Svd(SvdPart.Values).On(Matrices("singular values", x));
}
