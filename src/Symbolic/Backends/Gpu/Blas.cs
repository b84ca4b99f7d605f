using DeepSym.Backends.Cpu;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>A library of matrix products for a device.</summary>
abstract class Blas
{
    /// <summary>Starts a product of float32 or float64.</summary>
    /// <param name="call">What to multiply.</param>
    /// <param name="dtype">Of all three.</param>
    /// <param name="first">The first operand of the call: the right one of our product.</param>
    /// <param name="second">The second operand of the call.</param>
    /// <param name="result">Where the product goes.</param>
    public abstract void Multiply(in BlasCall call, DType dtype, ArrayView<byte> first, ArrayView<byte> second, ArrayView<byte> result);
}

/// <summary>
/// The arguments of a call <c>C = op(A) op(B)</c> of BLAS, whose matrices lie by columns: C is M by N with <see cref="LeadingC"/> elements from one column to the
/// next, op(A) is M by K and op(B) K by N; what is transposed lies by rows. The same for each of a batch, the strides apart.
/// </summary>
readonly record struct BlasCall(int M, int N, int K)
{
    const long Smallest = 1 << 24;   // multiplications from which a call of its own pays

    public bool IsATransposed { get; init; }
    public bool IsBTransposed { get; init; }
    public int LeadingA { get; init; }
    public int LeadingB { get; init; }
    public int LeadingC { get; init; }
    public int Batch { get; init; }
    public long StrideA { get; init; }
    public long StrideB { get; init; }
    public long StrideC { get; init; }

    /// <summary>Whether the product is large enough for a library.</summary>
    public bool IsLarge => (double)M * N * K * Batch >= Smallest;

    /// <summary>
    /// The call for our product, whose matrices lie by rows: read by columns they are transposed, and C = A B is Cᵀ = Bᵀ Aᵀ. Null when an operand lies neither
    /// by rows nor by columns, or is too long for the library.
    /// </summary>
    public static BlasCall? Of(GemmShape shape)
    {
        if (Lie(shape.ColumnStrideB, shape.N, shape.RowStrideB, shape.K) is not var (isATransposed, leadingA) || Lie(shape.ColumnStrideA, shape.K, shape.RowStrideA, shape.M) is not var (isBTransposed, leadingB)) return null;
        if (new[] { shape.M, shape.N, shape.K, shape.Batch, leadingA, leadingB, shape.RowStrideC }.Any(n => n is < 1 or > int.MaxValue)) return null;
        return new BlasCall((int)shape.N, (int)shape.M, (int)shape.K)
        {
            IsATransposed = isATransposed, IsBTransposed = isBTransposed, LeadingA = (int)leadingA, LeadingB = (int)leadingB, LeadingC = (int)shape.RowStrideC,
            Batch = (int)shape.Batch, StrideA = shape.BatchStrideB, StrideB = shape.BatchStrideA, StrideC = shape.BatchStrideC,
        };
    }

    // A matrix of so many rows and columns by its strides: whether it is transposed when columns are to be contiguous, and from one line to the next.
    static (bool IsTransposed, long Leading)? Lie(long rowStride, long rows, long columnStride, long columns)
    {
        if ((rowStride == 1 || rows == 1) && (columnStride >= rows || columns == 1)) return (false, columns == 1 ? rows : columnStride);
        if ((columnStride == 1 || columns == 1) && (rowStride >= columns || rows == 1)) return (true, rows == 1 ? columns : rowStride);
        return null;
    }
}
