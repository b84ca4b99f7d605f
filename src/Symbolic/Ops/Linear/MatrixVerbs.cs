namespace DeepSym;

/// <summary>Norms of matrices.</summary>
public enum MatrixNormKind
{
    /// <summary>The root of the sum of squares of all elements.</summary>
    Frobenius,

    /// <summary>The sum of the singular values.</summary>
    Nuclear,

    /// <summary>The largest singular value. (NumPy: 2.)</summary>
    Spectral,

    /// <summary>The smallest singular value. (NumPy: -2.)</summary>
    SmallestSingularValue,

    /// <summary>The largest sum of absolute values in a column. (NumPy: 1.)</summary>
    LargestColumnSum,

    /// <summary>The smallest sum of absolute values in a column. (NumPy: -1.)</summary>
    SmallestColumnSum,

    /// <summary>The largest sum of absolute values in a row. (NumPy: inf.)</summary>
    LargestRowSum,

    /// <summary>The smallest sum of absolute values in a row. (NumPy: -inf.)</summary>
    SmallestRowSum,
}

public static partial class T
{
    /// <summary>
    /// The norm of x as one vector over <paramref name="axes"/> (all when none are given), <c>(Σ|x|ᵖ)^(1/p)</c> with p the <paramref name="order"/>; 0 counts
    /// what is not 0, ±∞ is the largest or smallest absolute value. Default: the Euclidean norm. Its gradient at 0 is 0.
    /// </summary>
    public static Expr Norm(Expr x, double order = 2, int[]? axes = null, bool keepDims = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (double.IsNaN(order)) throw new ArgumentOutOfRangeException(nameof(order), "The order of a norm must be a number.");
        var real = Cast(x, Promotion.ToFloating(x.DType));
        var over = axes ?? [];
        switch (order)
        {
            case 0: return Sum(Cast(Neq(real, 0), real.DType), over, keepDims);
            case 1: return Sum(Abs(real), over, keepDims);
            case double.PositiveInfinity: return Max(Abs(real), over, keepDims);
            case double.NegativeInfinity: return Min(Abs(real), over, keepDims);
            case 2:
                var square = Sum(Sqr(real), over, keepDims);
                var isZero = Eq(square, 0);
                return Switch(isZero, 0, Sqrt(Switch(isZero, 1, square)));
            default: return PowerOrLimit(Sum(PowerOrLimit(Abs(real), order), over, keepDims), 1 / order);
        }
    }

    // A power of something that is not negative; at 0 it is 0, or ∞ for a negative exponent, and its derivative 0.
    static Expr PowerOrLimit(Expr x, double exponent)
    {
        var isZero = Eq(x, 0);
        return Switch(isZero, exponent > 0 ? 0.0 : double.PositiveInfinity, Pow(Switch(isZero, 1, x), exponent));
    }

    /// <summary>A norm of each matrix (the last two axes); the Frobenius norm by default.</summary>
    public static Expr MatrixNorm(Expr x, MatrixNormKind kind = MatrixNormKind.Frobenius)
    {
        var matrix = Matrices("matrix_norm", x);
        return kind switch
        {
            MatrixNormKind.Frobenius => Norm(matrix, 2, [-2, -1]),
            MatrixNormKind.Nuclear => Sum(SingularValues(matrix), -1),
            MatrixNormKind.Spectral => Max(SingularValues(matrix), -1),
            MatrixNormKind.SmallestSingularValue => Min(SingularValues(matrix), -1),
            MatrixNormKind.LargestColumnSum => Max(Sum(Abs(matrix), -2), -1),
            MatrixNormKind.SmallestColumnSum => Min(Sum(Abs(matrix), -2), -1),
            MatrixNormKind.LargestRowSum => Max(Sum(Abs(matrix), -1), -1),
            MatrixNormKind.SmallestRowSum => Min(Sum(Abs(matrix), -1), -1),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    /// <summary>The product of Kronecker: each element of x times the whole of y, axis by axis; the one of lower rank has axes of size 1 put before.</summary>
    public static Expr Kron(Expr x, Expr y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var rank = Math.Max(x.Rank, y.Rank);
        var (left, right) = (Padded(x), Padded(y));
        var product = Reshape(x, Shape.Of(left.SelectMany(d => new[] { d, Dim.One }))) * Reshape(y, Shape.Of(right.SelectMany(d => new[] { Dim.One, d })));
        return Reshape(product, Shape.Of(left.Zip(right, (a, b) => a * b)));

        Dim[] Padded(Expr e) => [.. Enumerable.Repeat(Dim.One, rank - e.Rank), .. e.Shape];
    }

    /// <summary>Each square matrix to an integer power, by repeated squaring; the identity for 0, powers of the inverse for negative ones.</summary>
    public static Expr MatrixPower(Expr x, int power)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 2) throw new ShapeException($"matrix_power({x.Describe()}): a matrix has two axes, and a stack of matrices more.");
        if (power < 0) return MatrixPower(MatrixInverse(x), checked(-power));
        Guards.None.Equal(x.Shape[x.Rank - 2], x.Shape[x.Rank - 1], () => $"matrix_power({x.Describe()}): the matrix must be square.");
        if (power == 0) return Broadcasting.To(Triangle.Identity(x), x.Shape);
        Expr? product = null;
        for (var square = x; ; square = MatMul(square, square), power >>= 1)
        {
            if ((power & 1) == 1) product = product is null ? square : MatMul(product, square);
            if (power == 1) return product!;
        }
    }

    /// <summary>The solution x of <c>tensordot(a, x, x.Rank) = b</c>, after <paramref name="axes"/> of a were moved to its end: a system in which b is one right side and x has the shape of a's last axes.</summary>
    /// <exception cref="ShapeException">a does not begin with the shape of b, or the sizes do not make a square.</exception>
    public static Expr TensorSolve(Expr a, Expr b, params ReadOnlySpan<int> axes)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (b.Rank == 0 || a.Rank < b.Rank) throw new ShapeException($"tensorsolve({a.Describe()}, {b.Describe()}): the left must begin with the axes of the right, of which there is at least one.");
        var moved = axes.ToArray().Select(axis => a.Axis(axis, "tensorsolve")).ToArray();
        var ordered = Transpose(a, [.. Enumerable.Range(0, a.Rank).Except(moved), .. moved]);
        var solved = Shape.Of(ordered.Shape.Skip(b.Rank));
        return Reshape(Solve(Reshape(ordered, b.Shape.Length, solved.Length), Flatten(b)), solved);
    }

    /// <summary>The tensor x for which <c>tensordot(x, b, count)</c> solves <c>tensordot(a, ·, count) = b</c>: the inverse of a as a matrix whose rows are its first <paramref name="count"/> axes.</summary>
    /// <exception cref="ShapeException">The sizes of the first axes and of the others have different products.</exception>
    public static Expr TensorInverse(Expr a, int count = 2)
    {
        ArgumentNullException.ThrowIfNull(a);
        if (count < 1 || count > a.Rank) throw new ShapeException($"tensorinv({a.Describe()}, {count}): the number of axes must be from 1 to {a.Rank}.");
        var (rows, columns) = (Shape.Of(a.Shape.Take(count)), Shape.Of(a.Shape.Skip(count)));
        return Reshape(MatrixInverse(Reshape(a, rows.Length, columns.Length)), Shape.Of([.. columns, .. rows]));
    }
}
