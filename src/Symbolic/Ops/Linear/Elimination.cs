using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>Gaussian elimination and its kin, in place: LU with partial pivoting, Cholesky, and solving with triangles.</summary>
static class Elimination
{
    /// <summary>
    /// Overwrites a with L below the diagonal (ones on it) and U above, such that <c>P·A = L·U</c>; <paramref name="pivots"/>[k] is the row that step k
    /// exchanged with row k. Returns the sign of P, or 0 when the matrix is singular (and the factors are of no use).
    /// </summary>
    public static int Lu(Matrix a, Span<int> pivots)
    {
        var sign = 1;
        for (var k = 0; k < a.Rows; k++)
        {
            var pivot = k;
            for (var i = k + 1; i < a.Rows; i++)
                if (Math.Abs(a[i, k]) > Math.Abs(a[pivot, k])) pivot = i;
            pivots[k] = pivot;
            if (!(Math.Abs(a[pivot, k]) > 0)) return 0;
            if (pivot != k)
            {
                a.SwapRows(k, pivot);
                sign = -sign;
            }
            for (var i = k + 1; i < a.Rows; i++)
            {
                var factor = a[i, k] /= a[k, k];
                if (factor != 0) a.AddRow(k, -factor, i, k + 1);
            }
        }
        return sign;
    }

    /// <summary>Overwrites the lower triangle of a symmetric matrix with L such that <c>A = L·Lᵀ</c>; false when A is not positive definite.</summary>
    public static bool Cholesky(Matrix a)
    {
        for (var i = 0; i < a.Rows; i++)
        {
            for (var j = 0; j < i; j++) a[i, j] = (a[i, j] - TensorPrimitives.Dot<double>(a.Row(i)[..j], a.Row(j)[..j])) / a[j, j];
            var square = a[i, i] - TensorPrimitives.SumOfSquares<double>(a.Row(i)[..i]);
            if (!(square > 0 && double.IsFinite(square))) return false;
            a[i, i] = Math.Sqrt(square);
        }
        return true;
    }

    /// <summary>Whether no element of the diagonal is 0 or NaN.</summary>
    public static bool IsRegular(Matrix triangle)
    {
        for (var i = 0; i < triangle.Rows; i++)
            if (!(Math.Abs(triangle[i, i]) > 0)) return false;
        return true;
    }

    /// <summary>Overwrites b with the solution of <c>L·x = b</c>; <paramref name="hasUnitDiagonal"/>: the diagonal counts as ones.</summary>
    public static void SolveLower(Matrix l, Matrix b, bool hasUnitDiagonal = false)
    {
        for (var i = 0; i < l.Rows; i++)
        {
            if (b.Columns == 1) b.Values[i] -= TensorPrimitives.Dot<double>(l.Row(i)[..i], b.Values[..i]);
            else
                for (var k = 0; k < i; k++) b.AddRow(k, -l[i, k], i);
            if (!hasUnitDiagonal) TensorPrimitives.Divide(b.Row(i), l[i, i], b.Row(i));
        }
    }

    /// <summary>Overwrites b with the solution of <c>U·x = b</c>.</summary>
    public static void SolveUpper(Matrix u, Matrix b)
    {
        for (var i = u.Rows - 1; i >= 0; i--)
        {
            if (b.Columns == 1) b.Values[i] -= TensorPrimitives.Dot<double>(u.Row(i, i + 1), b.Values[(i + 1)..]);
            else
                for (var k = i + 1; k < u.Rows; k++) b.AddRow(k, -u[i, k], i);
            TensorPrimitives.Divide(b.Row(i), u[i, i], b.Row(i));
        }
    }

    /// <summary>Overwrites b with the solution of <c>Lᵀ·x = b</c>.</summary>
    public static void SolveLowerTransposed(Matrix l, Matrix b)
    {
        for (var i = l.Rows - 1; i >= 0; i--)
        {
            TensorPrimitives.Divide(b.Row(i), l[i, i], b.Row(i));
            if (b.Columns == 1) TensorPrimitives.MultiplyAdd(l.Row(i)[..i], -b.Values[i], b.Values[..i], b.Values[..i]);
            else
                for (var k = 0; k < i; k++) b.AddRow(i, -l[i, k], k);
        }
    }
}
