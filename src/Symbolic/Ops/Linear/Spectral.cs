using System.Numerics;
using System.Numerics.Tensors;
using MathNet.Numerics;
using MathNet.Numerics.Providers.LinearAlgebra;

namespace DeepSym;

/// <summary>
/// Eigenvalues of square matrices, by Math.NET's managed code. It wants arrays of exact lengths, column by column: each thread keeps
/// those of the last size, so that a stack of matrices, or call after call, allocates only what Math.NET itself does.
/// </summary>
sealed class Spectral
{
    /// <summary>What is wrong with a matrix on which no iteration ends.</summary>
    public const string Problem = "holds NaN or infinities, or the iteration for it does not converge.";

    [ThreadStatic]
    static Spectral? t_last;

    readonly double[] _matrix, _vectors, _blocks;
    readonly Complex[] _eigenvalues;
    readonly int[] _order;

    Spectral(int order)
    {
        (_matrix, _vectors, _blocks) = (new double[order * order], new double[order * order], new double[order * order]);
        (_eigenvalues, _order) = (new Complex[order], new int[order]);
    }

    static Spectral Of(int order) => t_last is { } last && last._eigenvalues.Length == order ? last : t_last = new Spectral(order);

    /// <summary>The eigenvalues of a symmetric matrix, rising, and its orthonormal eigenvectors in the rows of v; false when that fails.</summary>
    public static bool Eigh(Matrix a, Span<double> values, Matrix v)
    {
        if (a.Rows == 0) return true;
        var own = Of(a.Rows);
        a.Values.CopyTo(own._matrix);
        if (!own.Run(provider => provider.EigenDecomp(true, own._eigenvalues.Length, own._matrix, own._vectors, own._eigenvalues, own._blocks))) return false;
        for (var i = 0; i < values.Length; i++) values[i] = own._eigenvalues[i].Real;
        own._vectors.CopyTo(v.Values);
        return true;
    }

    /// <summary>
    /// The eigenvalues of any matrix (pairs of real and imaginary part), rising in the real part, and its eigenvectors in the rows of v: of a conjugate pair the first row is the real
    /// part, the second the imaginary part of the vector of the first; false when that fails.
    /// </summary>
    public static bool Eig(Matrix a, Span<double> values, Matrix v)
    {
        if (a.Rows == 0) return true;
        var own = Of(a.Rows);
        a.CopyTransposedTo(new Matrix(own._matrix, a.Rows, a.Rows));
        if (!own.Run(provider => provider.EigenDecomp(false, own._eigenvalues.Length, own._matrix, own._vectors, own._eigenvalues, own._blocks))) return false;
        own.SortByRealPart();
        for (var i = 0; i < a.Rows; i++)
        {
            var eigenvalue = own._eigenvalues[own._order[i]];
            (values[2 * i], values[2 * i + 1]) = (eigenvalue.Real, eigenvalue.Imaginary);
            own._vectors.AsSpan(own._order[i] * a.Rows, a.Rows).CopyTo(v.Row(i));
        }
        return true;
    }

    // By insertion, which leaves conjugate pairs together.
    void SortByRealPart()
    {
        for (var i = 0; i < _order.Length; i++)
        {
            var at = i;
            for (; at > 0 && _eigenvalues[_order[at - 1]].Real > _eigenvalues[i].Real; at--) _order[at] = _order[at - 1];
            _order[at] = i;
        }
    }

    bool Run(Action<ManagedLinearAlgebraProvider> decomposition)
    {
        if (!TensorPrimitives.IsFiniteAll<double>(_matrix)) return false;
        try
        {
            decomposition(ManagedLinearAlgebraProvider.Instance);
            return true;
        }
        catch (NonConvergenceException)
        {
            return false;
        }
    }
}
