using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>
/// The eigenvalues of square matrices, which may be complex: pairs of real and imaginary part along a new last axis, rising in the real part. If asked, after
/// them (packed) the matrix V with the eigenvectors of length 1 in its columns, and its inverse, both of such pairs.
/// </summary>
public sealed record Eig(bool HasVectors) : MatrixOp
{
    /// <inheritdoc/>
    public override string Name => "eig";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var stack = Check(inputs[0], guards, isSquare: true);
        var n = inputs[0].Shape[inputs[0].Rank - 1];
        return inputs[0].Type with { Shape = HasVectors ? Shape.Of([.. stack, Packed.Length(Cores(n))]) : Shape.Of([.. stack, n, 2]) };
    }

    internal static Expr[] All(Expr x) => Packed.Parts(new Eig(HasVectors: true).On(x), Cores(x.Shape[x.Rank - 1]));

    static Shape[] Cores(Dim n) => [[n, 2], [n, n, 2], [n, n, 2]];

    // With M = V⁻¹·dA·V: dλ = diag(M), dV = V·(F∘M) and dV⁻¹ = -(F∘M)·V⁻¹, F[i,j] = 1/(λj - λi) and 0 on the diagonal: a vector does not move along itself.
    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        if (tangents[0] is not { } tangent) return null;
        var stack = tangent.Rank - 2;
        if (All(inputs[0]).Select(ComplexPair.Of).ToArray() is not [var values, var v, var inverse]) return null;
        var m = inverse.Times(new ComplexPair(T.MatMul(tangent, v.Real), T.MatMul(tangent, v.Imaginary)));
        var moved = m.Select(part => T.Diagonal(part, 0, -2, -1)).Joined;
        if (!HasVectors) return moved;
        var (real, imaginary) = (Differences(values.Real), Differences(values.Imaginary));
        var scale = Eigh.ReciprocalOrZero(T.Sqr(real) + T.Sqr(imaginary));
        var turn = new ComplexPair((m.Real * real + m.Imaginary * imaginary) * scale, (m.Imaginary * real - m.Real * imaginary) * scale);
        return Packed.Of(stack, moved, v.Times(turn).Joined, turn.Times(inverse).Select(part => -part).Joined);

        static Expr Differences(Expr x) => T.ExpandDims(x, -2) - T.ExpandDims(x, -1);
    }

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        var n = a.Rows;
        var rented = ArrayPool<double>.Shared.Rent(3 * n * n);
        var memory = rented.AsSpan();
        var rows = new Matrix(memory[..(n * n)], n, n);
        var columns = new Matrix(memory.Slice(n * n, n * n), n, n);
        var inverse = new Matrix(memory.Slice(2 * n * n, n * n), n, n);
        string? problem = null;
        if (!DeepSym.Spectral.Eig(a, result, rows)) problem = DeepSym.Spectral.Problem;
        else if (HasVectors && n > 0)
        {
            rows.CopyTransposedTo(columns);
            inverse.SetIdentity();
            if (DeepSym.Solve.General(columns, inverse) is not null || !Unfold(rows, inverse, result)) problem = "has no basis of eigenvectors, and so its eigenvalues have no derivative.";
        }
        ArrayPool<double>.Shared.Return(rented);
        return problem;
    }

    // From real matrices, in which two neighbours stand for the real and imaginary part of a conjugate pair, to complex ones with vectors of length 1.
    // False when the vectors are dependent to within rounding: a row of the inverse is as long as its eigenvalue is sensitive.
    static bool Unfold(Matrix rows, Matrix inverse, Span<double> result)
    {
        const double Longest = 1e14;
        var n = rows.Rows;
        var (values, vectors, inverses) = (0, 2 * n, 2 * n + 2 * n * n);
        for (var j = 0; j < n; j++)
        {
            var isPair = result[values + 2 * j + 1] != 0 && j + 1 < n;
            var square = 0.0;
            for (var i = 0; i < n; i++) square += rows[j, i] * rows[j, i] + (isPair ? rows[j + 1, i] * rows[j + 1, i] : 0);
            var length = Math.Sqrt(square);
            for (var i = 0; i < n; i++)
            {
                Put(result, vectors + 2 * (i * n + j), rows[j, i] / length, isPair ? rows[j + 1, i] / length : 0);
                Put(result, inverses + 2 * (j * n + i), inverse[j, i] * length * (isPair ? 0.5 : 1), isPair ? inverse[j + 1, i] * length * -0.5 : 0);
                if (!isPair) continue;
                Put(result, vectors + 2 * (i * n + j + 1), rows[j, i] / length, -rows[j + 1, i] / length);
                Put(result, inverses + 2 * ((j + 1) * n + i), inverse[j, i] * length * 0.5, inverse[j + 1, i] * length * 0.5);
            }
            if (isPair) j++;
        }
        return TensorPrimitives.MaxMagnitude<double>(result[inverses..]) < Longest;
    }

    static void Put(Span<double> result, int at, double real, double imaginary) => (result[at], result[at + 1]) = (real, imaginary);

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 3]).Select(x => HasVectors ? Squared(Triangle.Separated(x)) : On(Triangle.Separated(x)));

    // V·Λ²·V⁻¹, which does not depend on the lengths and phases of the vectors.
    static Expr Squared(Expr x)
    {
        if (All(x).Select(ComplexPair.Of).ToArray() is not [var values, var v, var inverse]) return x;
        var squares = new ComplexPair(T.Sqr(values.Real) - T.Sqr(values.Imaginary), 2 * values.Real * values.Imaginary).Select(part => T.ExpandDims(part, -2));
        return new ComplexPair(v.Real * squares.Real - v.Imaginary * squares.Imaginary, v.Real * squares.Imaginary + v.Imaginary * squares.Real).Times(inverse).Joined;
    }

    /// <inheritdoc/>
    protected override string Text => HasVectors ? "eig" : "eigvals";
}

/// <summary>A complex matrix as two real ones.</summary>
sealed record ComplexPair(Expr Real, Expr Imaginary)
{
    /// <summary>From pairs along the last axis.</summary>
    public static ComplexPair Of(Expr x) => new(x[T.Ellipsis, 0], x[T.Ellipsis, 1]);

    /// <summary>As pairs along a new last axis.</summary>
    public Expr Joined => T.Stack([Real, Imaginary], -1);

    public ComplexPair Select(Func<Expr, Expr> function) => new(function(Real), function(Imaginary));

    /// <summary>The product of matrices.</summary>
    public ComplexPair Times(ComplexPair other) => new(
        T.MatMul(Real, other.Real) - T.MatMul(Imaginary, other.Imaginary),
        T.MatMul(Real, other.Imaginary) + T.MatMul(Imaginary, other.Real));
}

public static partial class T
{
    /// <summary>
    /// The eigenvalues of each square matrix, rising in the real part, and eigenvectors of length 1 in columns; complex numbers are pairs along a last axis of
    /// size 2. The derivative of a vector leaves out its own direction: right for whatever does not depend on the vectors' lengths and phases.
    /// </summary>
    public static (Expr Values, Expr Vectors) Eig(Expr x)
    {
        var all = DeepSym.Eig.All(Matrices("eig", x));
        return (all[0], all[1]);
    }

    /// <summary>The eigenvalues of each square matrix, rising in the real part: pairs of real and imaginary part along a last axis. They have a derivative where the eigenvectors are a basis.</summary>
    public static Expr Eigvals(Expr x) => new Eig(HasVectors: false).On(Matrices("eigvals", x));
}
