using System.Numerics;
using System.Numerics.Tensors;
using MathNet.Numerics;
using MathNet.Numerics.Providers.LinearAlgebra;

namespace DeepSym;

/// <summary>
/// Eigenvalues and singular values of square matrices, by Math.NET's managed code. It wants arrays of exact lengths, column by column: each thread keeps
/// those of the last size, so that a stack of matrices, or call after call, allocates only what Math.NET itself does.
/// </summary>
sealed class Spectral
{
    /// <summary>What is wrong with a matrix on which no iteration ends.</summary>
    public const string Problem = "holds NaN or infinities, or the iteration for it does not converge.";

    [ThreadStatic]
    static Spectral? t_last;

    readonly double[] _matrix, _left, _right, _values;
    readonly Complex[] _eigenvalues;

    Spectral(int order)
    {
        (_matrix, _left, _right, _values) = (new double[order * order], new double[order * order], new double[order * order], new double[order]);
        _eigenvalues = new Complex[order];
    }

    static Spectral Of(int order) => t_last is { } last && last._values.Length == order ? last : t_last = new Spectral(order);

    /// <summary><c>A = U·diag(values)·V</c>, V having its vectors in rows, and the values falling; false when that fails. Without vectors u and v are not touched.</summary>
    public static bool Svd(Matrix a, Span<double> values, Matrix u, Matrix v, bool hasVectors)
    {
        if (a.Rows == 0) return true;
        var own = Of(a.Rows);
        // Read column by column, a row-major A is Aᵀ = V'·S·U': its left vectors are the rows of V, its right ones the columns of U.
        a.Values.CopyTo(own._matrix);
        if (!own.Run(provider => provider.SingularValueDecomposition(hasVectors, own._matrix, own._values.Length, own._values.Length, own._values, own._left, own._right))) return false;
        own._values.CopyTo(values);
        if (!hasVectors) return true;
        own._right.CopyTo(u.Values);
        own._left.CopyTo(v.Values);
        return true;
    }

    /// <summary>The eigenvalues of a symmetric matrix, rising, and its orthonormal eigenvectors in the rows of v; false when that fails.</summary>
    public static bool Eigh(Matrix a, Span<double> values, Matrix v)
    {
        if (a.Rows == 0) return true;
        var own = Of(a.Rows);
        a.Values.CopyTo(own._matrix);
        if (!own.Run(provider => provider.EigenDecomp(true, own._values.Length, own._matrix, own._left, own._eigenvalues, own._right))) return false;
        for (var i = 0; i < values.Length; i++) values[i] = own._eigenvalues[i].Real;
        own._left.CopyTo(v.Values);
        return true;
    }

    /// <summary>
    /// The eigenvalues of any matrix (pairs of real and imaginary part) and its eigenvectors in the rows of v: of a conjugate pair the first row is the real
    /// part, the second the imaginary part of the vector of the first; false when that fails.
    /// </summary>
    public static bool Eig(Matrix a, Span<double> values, Matrix v)
    {
        if (a.Rows == 0) return true;
        var own = Of(a.Rows);
        a.CopyTransposedTo(new Matrix(own._matrix, a.Rows, a.Rows));
        if (!own.Run(provider => provider.EigenDecomp(false, own._values.Length, own._matrix, own._left, own._eigenvalues, own._right))) return false;
        for (var i = 0; i < own._eigenvalues.Length; i++) (values[2 * i], values[2 * i + 1]) = (own._eigenvalues[i].Real, own._eigenvalues[i].Imaginary);
        own._left.CopyTo(v.Values);
        return true;
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
