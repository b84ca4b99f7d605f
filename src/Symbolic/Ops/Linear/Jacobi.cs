using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace DeepSym;

/// <summary>
/// Singular values of square matrices by rotations that make the rows orthogonal (one-sided Jacobi, with the pivots of de Rijk 1989): short, without garbage,
/// and accurate also for the small ones.
/// </summary>
static class Jacobi
{
    const int MaxSweeps = 60;            // about eight do
    const double Vanishing = 1e-280;     // the square of the length of a row, where the largest element was 1: what is below has no digits left to turn

    /// <summary>
    /// <c>A = U·diag(values)·V</c>, V having its vectors in rows, and the values falling; false when A is not finite. Without vectors u and v are not touched.
    /// Overwrites a.
    /// </summary>
    public static bool Svd(Matrix a, Span<double> values, Matrix u, Matrix v, bool hasVectors)
    {
        var n = a.Rows;
        if (n == 0) return true;
        var scale = Math.Abs(TensorPrimitives.MaxMagnitude<double>(a.Values));
        if (!double.IsFinite(scale)) return false;
        if (scale > 0) TensorPrimitives.Divide(a.Values, scale, a.Values);   // squares neither overflow nor vanish
        var rented = ArrayPool<double>.Shared.Rent(n + n * n);
        var squares = rented.AsSpan(0, n);
        var turns = hasVectors ? new Matrix(rented.AsSpan(n, n * n), n, n) : default;   // turns·A has the orthogonal rows
        if (hasVectors) turns.SetIdentity();
        var converges = false;
        for (var sweep = 0; sweep < MaxSweeps && !converges; sweep++) converges = !Sweep(a, turns, squares, hasVectors);
        for (var i = 0; i < n; i++) values[i] = TensorPrimitives.Norm<double>(a.Row(i)) * scale;
        if (hasVectors)
        {
            turns.CopyTransposedTo(u);
            Normalize(a, v);
        }
        ArrayPool<double>.Shared.Return(rented);
        return converges;
    }

    // Turns every pair of rows, the longer to the front; says whether any pair was not yet orthogonal.
    static bool Sweep(Matrix a, Matrix turns, Span<double> squares, bool hasVectors)
    {
        var n = a.Rows;
        var tolerance = Math.Sqrt(n) * Math.Pow(2, -52);
        var hasTurned = false;
        for (var i = 0; i < n; i++)
        {
            squares[i] = TensorPrimitives.SumOfSquares<double>(a.Row(i));
            if (squares[i] < Vanishing) a.Row(i).Clear();
        }
        for (var i = 0; i < n; i++)
        {
            var longest = i + TensorPrimitives.IndexOfMax<double>(squares[i..]);
            if (longest != i)
            {
                a.SwapRows(i, longest);
                if (hasVectors) turns.SwapRows(i, longest);
                (squares[i], squares[longest]) = (squares[longest], squares[i]);
            }
            for (var j = i + 1; j < n; j++)
            {
                var product = TensorPrimitives.Dot<double>(a.Row(i), a.Row(j));
                if (!(Math.Abs(product) > tolerance * Math.Sqrt(squares[i]) * Math.Sqrt(squares[j]))) continue;
                hasTurned = true;
                var zeta = (squares[j] - squares[i]) / (2 * product);
                var tangent = Math.CopySign(1, zeta) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
                var cosine = 1 / Math.Sqrt(1 + tangent * tangent);
                Turn(a.Row(i), a.Row(j), cosine, cosine * tangent);
                if (hasVectors) Turn(turns.Row(i), turns.Row(j), cosine, cosine * tangent);
                squares[i] -= tangent * product;
                squares[j] += tangent * product;
                if (squares[i] < Math.Abs(product)) squares[i] = TensorPrimitives.SumOfSquares<double>(a.Row(i));   // digits were lost
                if (squares[j] < Math.Abs(product)) squares[j] = TensorPrimitives.SumOfSquares<double>(a.Row(j));
            }
        }
        return hasTurned;
    }

    // (x, y) becomes (c·x - s·y, s·x + c·y), a vector of neighbours at a time and the rest one by one.
    static void Turn(Span<double> x, Span<double> y, double cosine, double sine)
    {
        var lanesX = MemoryMarshal.Cast<double, Vector<double>>(x);
        var lanesY = MemoryMarshal.Cast<double, Vector<double>>(y);
        for (var k = 0; k < lanesX.Length; k++)
            (lanesX[k], lanesY[k]) = (lanesX[k] * cosine - lanesY[k] * sine, lanesX[k] * sine + lanesY[k] * cosine);
        for (var k = lanesX.Length * Vector<double>.Count; k < x.Length; k++)
            (x[k], y[k]) = (x[k] * cosine - y[k] * sine, x[k] * sine + y[k] * cosine);
    }

    // The directions of orthogonal rows, falling in length; where rows are zero, others that complete the basis.
    static void Normalize(Matrix a, Matrix v)
    {
        var n = a.Rows;
        var rank = 0;
        for (; rank < n && TensorPrimitives.Norm<double>(a.Row(rank)) is > 0 and var length; rank++) TensorPrimitives.Divide(a.Row(rank), length, v.Row(rank));
        if (rank == n) return;
        var rented = ArrayPool<double>.Shared.Rent(n * rank + n * n + rank + n);
        var known = new Matrix(rented.AsSpan(0, n * rank), n, rank);
        var all = new Matrix(rented.AsSpan(n * rank, n * n), n, n);
        new Matrix(v.Values[..(rank * n)], rank, n).CopyTransposedTo(known);
        Householder.Qr(known, all, rented.AsSpan(n * rank + n * n));
        for (var i = rank; i < n; i++)
            for (var k = 0; k < n; k++) v[i, k] = all[k, i];
        ArrayPool<double>.Shared.Return(rented);
    }
}
