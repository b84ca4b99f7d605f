using System.Buffers;
using System.Collections.Immutable;

namespace DeepSym;

/// <summary>What is known of the matrix of a linear system.</summary>
public enum MatrixStructure
{
    /// <summary>Nothing: LU with partial pivoting.</summary>
    General,

    /// <summary>Zero above the diagonal.</summary>
    Lower,

    /// <summary>Zero below the diagonal.</summary>
    Upper,

    /// <summary>Symmetric with positive eigenvalues: Cholesky, half the work of LU.</summary>
    PositiveDefinite,
}

/// <summary>The solution x of <c>A·x = b</c> for each matrix A (first input) and the columns of each matrix b (second). A has the structure that is said.</summary>
public sealed record Solve(MatrixStructure Structure) : MatrixOp
{
    /// <inheritdoc/>
    public override string Name => "solve";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var (a, b) = (inputs[0], inputs[1]);
        Check(a, guards, isSquare: true);
        Check(b, guards, isSquare: false);
        if (a.DType != b.DType) throw new DTypeException($"solve({a.Describe()}, {b.Describe()}): the dtypes must agree.");
        if (a.Rank != b.Rank) throw new ShapeException($"solve({a.Describe()}, {b.Describe()}): the ranks must agree.");
        for (var axis = 0; axis < a.Rank - 1; axis++)
            guards.Equal(a.Shape[axis], b.Shape[axis], () => $"solve({a.Describe()}, {b.Describe()}): axis {axis} must agree: there are as many right sides as matrices, with as many rows.");
        return b.Type;
    }

    /// <inheritdoc/>
    public override Expr? Jvp(Expr output, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents)
    {
        var moved = tangents[0] is { } da ? -T.MatMul(da, output) : null;
        var right = (tangents[1], moved) switch { ({ } db, { } m) => db + m, var (db, m) => db ?? m };
        return right is null ? null : On(inputs[0], right);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Expr?> Vjp(Expr output, ImmutableArray<Expr> inputs, Expr cotangent, ImmutableArray<bool> wanted)
    {
        var back = new Solve(Transposed(Structure)).On(T.MatrixTranspose(inputs[0]), cotangent);
        return [wanted[0] ? -T.MatMul(back, T.MatrixTranspose(output)) : null, back];
    }

    static MatrixStructure Transposed(MatrixStructure structure) => structure switch
    {
        MatrixStructure.Lower => MatrixStructure.Upper,
        MatrixStructure.Upper => MatrixStructure.Lower,
        _ => structure,
    };

    private protected override string? Compute(Matrix a, Matrix b, Span<double> result)
    {
        var x = new Matrix(result, b.Rows, b.Columns);
        b.Values.CopyTo(result);
        switch (Structure)
        {
            case MatrixStructure.General: return General(a, x);
            case MatrixStructure.PositiveDefinite:
                if (!Elimination.Cholesky(a)) return Cholesky.Problem;
                Elimination.SolveLower(a, x);
                Elimination.SolveLowerTransposed(a, x);
                return null;
            default:
                if (!Elimination.IsRegular(a)) return Problem;
                if (Structure == MatrixStructure.Lower) Elimination.SolveLower(a, x);
                else Elimination.SolveUpper(a, x);
                return null;
        }
    }

    const string Problem = "is singular, or holds NaN. Add a small multiple of the identity, or use T.PseudoInverse or T.LeastSquares.";

    /// <summary>Overwrites x, the right sides, with the solution, and a with its factors; says what is wrong with a.</summary>
    internal static string? General(Matrix a, Matrix x)
    {
        var rented = ArrayPool<int>.Shared.Rent(a.Rows);
        try
        {
            if (Elimination.Lu(a, rented) == 0) return Problem;
            for (var k = 0; k < a.Rows; k++)
                if (rented[k] != k) x.SwapRows(k, rented[k]);
        }
        finally { ArrayPool<int>.Shared.Return(rented); }
        Elimination.SolveLower(a, x, hasUnitDiagonal: true);
        Elimination.SolveUpper(a, x);
        return null;
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => Sample.Of([2, 3, 3]).Zip(Sample.Of([2, 3, 2])).Select(p => On(Regular(p.First), p.Second));

    Expr Regular(Expr x)
    {
        var regular = x + 4 * Triangle.Identity(x);
        return Structure switch
        {
            MatrixStructure.Lower => Triangle.Lower(regular),
            MatrixStructure.Upper => Triangle.Upper(regular),
            MatrixStructure.PositiveDefinite => Triangle.Symmetric(regular),
            _ => regular,
        };
    }

    /// <inheritdoc/>
    protected override string Text => $"solve@{Structure}";
}

public static partial class T
{
    /// <summary>
    /// The solution x of <c>a·x = b</c>. A b of rank 1 is one right side, otherwise its last axis counts right sides; leading axes are stacks and broadcast.
    /// Of a triangular a only that triangle is read, of a positive definite one the lower triangle. Default: nothing is known of a.
    /// A singular a is an <see cref="ArithmeticException"/> when the function is called.
    /// </summary>
    /// <exception cref="ShapeException">a is not square, or b does not have as many rows.</exception>
    public static Expr Solve(Expr a, Expr b, MatrixStructure structure = MatrixStructure.General)
    {
        var (matrix, right) = Floating(Matrices("solve", a), b);
        if (right.Rank == 0) throw new ShapeException($"solve({a.Describe()}, {b.Describe()}): the right side needs an axis.");
        matrix = structure switch
        {
            MatrixStructure.Lower => Triangle.Lower(matrix),
            MatrixStructure.Upper => Triangle.Upper(matrix),
            MatrixStructure.PositiveDefinite => Triangle.Symmetric(matrix),
            _ => matrix,
        };
        var op = new Solve(structure);
        if (right.Rank == 1)
        {
            var solution = op.On(matrix, Stacked(ExpandDims(right, 1), Shape.Of(matrix.Shape.SkipLast(2))));
            return Reshape(solution, Shape.Of(solution.Shape.SkipLast(1)));
        }
        if (matrix.Rank == 2 && right.Rank > 2)   // one matrix: the stack of right sides becomes more columns
        {
            var rowsFirst = new Transpose([right.Rank - 2, .. Enumerable.Range(0, right.Rank - 2), right.Rank - 1]);
            var moved = rowsFirst.On(right);
            var solution = op.On(matrix, Reshape(moved, moved.Shape[0], Shape.Of(moved.Shape.Skip(1)).Length));
            return Transpose(Reshape(solution, moved.Shape), rowsFirst.Inverse.AsSpan());
        }
        var stack = StackOf("solve", matrix, right);
        return op.On(Stacked(matrix, stack), Stacked(right, stack));
    }

    /// <summary><see cref="Solve"/> with a triangular a, of which only that triangle is read; the lower one by default.</summary>
    public static Expr SolveTriangular(Expr a, Expr b, bool lower = true) => Solve(a, b, lower ? MatrixStructure.Lower : MatrixStructure.Upper);

    /// <summary>The inverse of each square matrix; <c>T.Solve(a, b)</c> is faster and more accurate than <c>T.MatMul(T.MatrixInverse(a), b)</c>.</summary>
    public static Expr MatrixInverse(Expr x)
    {
        var matrix = Matrices("inverse", x);
        if ((x.Shape[x.Rank - 2] - x.Shape[x.Rank - 1]) is { IsStatic: true, Constant: not 0 }) throw new ShapeException($"inverse({x.Describe()}): the matrix must be square. T.PseudoInverse takes any.");
        return new Solve(MatrixStructure.General).On(matrix, Broadcasting.To(Triangle.Identity(matrix), matrix.Shape));
    }

    /// <summary>Rows and columns exchanged: the last two axes.</summary>
    public static Expr MatrixTranspose(Expr x) => SwapAxes(x, -2, -1);

    // A floating stack of matrices.
    internal static Expr Matrices(string what, Expr x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 2) throw new ShapeException($"{what}({x.Describe()}): a matrix has two axes, and a stack of matrices more.");
        return Cast(x, Promotion.ToFloating(x.DType));
    }

    internal static (Expr, Expr) Floating(Expr x, Expr y)
    {
        ArgumentNullException.ThrowIfNull(y);
        var dtype = Promotion.ToFloating(Promotion.Common(x, y));
        return (Cast(x, dtype), Cast(y, dtype));
    }
}
