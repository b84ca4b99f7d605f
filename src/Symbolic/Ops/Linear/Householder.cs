using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>Orthogonal triangles by reflections (Golub &amp; Van Loan, 5.2), in place.</summary>
static class Householder
{
    /// <summary>
    /// Overwrites a (m×n) with R, zeros below its diagonal and none of it negative, and q (m×k, k from min(m, n) to m) with orthonormal columns such that
    /// <c>A = Q·R</c> with the first k rows of R. <paramref name="scratch"/> has room for n + max(n, k) numbers.
    /// </summary>
    public static void Qr(Matrix a, Matrix q, Span<double> scratch)
    {
        var steps = Math.Min(a.Rows, a.Columns);
        var scales = scratch[..steps];
        scratch = scratch[a.Columns..];
        for (var k = 0; k < steps; k++)
        {
            scales[k] = Reflector(a, k);
            Reflect(a, k, scales[k], a, k + 1, scratch);
        }
        q.SetIdentity();
        for (var k = steps - 1; k >= 0; k--) Reflect(a, k, scales[k], q, k, scratch);
        for (var i = 0; i < a.Rows; i++) a.Row(i)[..Math.Min(i, a.Columns)].Clear();
        for (var i = 0; i < steps; i++)
            if (a[i, i] < 0)
            {
                TensorPrimitives.Negate(a.Row(i, i), a.Row(i, i));
                for (var row = 0; row < q.Rows; row++) q[row, i] = -q[row, i];
            }
    }

    // Makes column k, from row k on, a multiple of the first unit vector; below the diagonal it then holds v (whose first element is 1) of the
    // reflection 1 - scale·v·vᵀ.
    static double Reflector(Matrix a, int k)
    {
        var largest = 0.0;
        for (var i = k + 1; i < a.Rows; i++) largest = Math.Max(largest, Math.Abs(a[i, k]));
        if (largest == 0) return 0;
        largest = Math.Max(largest, Math.Abs(a[k, k]));
        var sum = 0.0;
        for (var i = k; i < a.Rows; i++) sum += a[i, k] / largest * (a[i, k] / largest);
        var norm = largest * Math.Sqrt(sum);
        var diagonal = a[k, k] > 0 ? -norm : norm;
        var first = a[k, k] - diagonal;
        for (var i = k + 1; i < a.Rows; i++) a[i, k] /= first;
        a[k, k] = diagonal;
        return -first / diagonal;
    }

    // target -= scale·v·(vᵀ·target), from column start on.
    static void Reflect(Matrix a, int k, double scale, Matrix target, int start, Span<double> scratch)
    {
        if (scale == 0 || start >= target.Columns) return;
        var sum = scratch[..(target.Columns - start)];
        target.Row(k, start).CopyTo(sum);
        for (var i = k + 1; i < a.Rows; i++) TensorPrimitives.MultiplyAdd(target.Row(i, start), a[i, k], sum, sum);
        TensorPrimitives.MultiplyAdd(sum, -scale, target.Row(k, start), target.Row(k, start));
        for (var i = k + 1; i < a.Rows; i++) TensorPrimitives.MultiplyAdd(sum, -scale * a[i, k], target.Row(i, start), target.Row(i, start));
    }
}
