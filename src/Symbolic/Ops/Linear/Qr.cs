using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>Q with orthonormal columns and an upper triangle R, its diagonal not negative, such that <c>A = Q·R</c>: packed. Full: Q is square.</summary>
public sealed record Qr(bool IsFull) : MatrixOp
{
    /// <inheritdoc/>
    public override string Name => "qr";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var stack = Check(inputs[0], guards, isSquare: false);
        var (q, r) = Cores(inputs[0].Shape);
        return inputs[0].Type with { Shape = Shape.Of([.. stack, Packed.Length(q, r)]) };
    }

    internal (Expr Q, Expr R) Parts(Expr packed, Shape shape)
    {
        var (q, r) = Cores(shape);
        var parts = Packed.Parts(packed, q, r);
        return (parts[0], parts[1]);
    }

    (Shape Q, Shape R) Cores(Shape shape)
    {
        var (rows, columns) = (shape[shape.Rank - 2], shape[shape.Rank - 1]);
        var inner = IsFull ? rows : Dim.Min(rows, columns);
        return ([rows, inner], [inner, columns]);
    }

    // With C = dX·R₁⁻¹ for the first columns X of A and the square R₁ of R, W = Qᵀ·C and S = tril(W, -1) - tril(W, -1)ᵀ: dQ = C + Q·(S - W), and dR = dQᵀ·A + Qᵀ·dA.
    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents[0] is not { } tangent) return null;
        var a = inputs[0];
        var (rows, columns) = (a.Shape[a.Rank - 2], a.Shape[a.Rank - 1]);
        var inner = Dim.Min(rows, columns);
        if (IsFull && inner != rows)
            throw new GradientException($"qr({a.Describe()}): the columns of a full Q beyond those of the matrix are not determined, and have no derivative. Use full: false.");
        var (q, r) = Parts(output, a.Shape);
        var first = columns == inner ? tangent : tangent[T.Ellipsis, T.Range(0, T.Size(inner))];
        var square = columns == inner ? r : r[T.Ellipsis, T.Range(0, T.Size(inner))];
        var c = T.MatrixTranspose(new Solve(MatrixStructure.Lower).On(T.MatrixTranspose(square), T.MatrixTranspose(first)));
        var w = T.MatMul(T.MatrixTranspose(q), c);
        var lower = Triangle.Lower(w, -1);
        var dq = c + T.MatMul(q, lower - T.MatrixTranspose(lower) - w);
        var dr = T.MatMul(T.MatrixTranspose(dq), a) + T.MatMul(T.MatrixTranspose(q), tangent);
        return Packed.Of(a.Rank - 2, dq, Triangle.Upper(dr));
    }

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        var inner = IsFull ? a.Rows : Math.Min(a.Rows, a.Columns);
        var q = new Matrix(result[..(a.Rows * inner)], a.Rows, inner);
        var scratch = ArrayPool<double>.Shared.Rent(a.Columns + Math.Max(a.Columns, inner));
        Householder.Qr(a, q, scratch);
        ArrayPool<double>.Shared.Return(scratch);
        a.Values[..(inner * a.Columns)].CopyTo(result[q.Values.Length..]);
        return double.IsFinite(TensorPrimitives.SumOfMagnitudes<double>(result)) ? null : "holds NaN or infinities.";
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of(IsFull ? [2, 3, 3] : [2, 4, 3]).Concat(Sample.Of([2, 4])).Select(x => On(Triangle.Separated(x)));

    /// <inheritdoc/>
    protected override string Text => IsFull ? "qr@full" : "qr";
}

public static partial class T
{
    /// <summary>
    /// For each matrix Q with orthonormal columns and an upper triangle R with <c>x = Q·R</c>; the diagonal of R is not negative, which makes both unique.
    /// By default Q has as many columns as the smaller side of x; with <paramref name="full"/> it is square. The derivative needs independent (first) columns.
    /// </summary>
    public static (Expr Q, Expr R) Qr(Expr x, bool full = false)
    {
        var (op, matrix) = (new Qr(full), Matrices("qr", x));
        return op.Parts(op.On(matrix), matrix.Shape);
    }
}
