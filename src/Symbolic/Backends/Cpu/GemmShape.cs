namespace DeepSym.Backends.Cpu;

/// <summary>
/// What a matrix product multiplies: C[M, N] = A[M, K] B[K, N], <see cref="Batch"/> times. Strides are in elements and default to
/// contiguous row-major matrices; a transposed operand has its two strides exchanged. The columns of C are contiguous.
/// </summary>
internal readonly record struct GemmShape(long M, long N, long K)
{
    public long RowStrideA { get; init; } = K;
    public long ColumnStrideA { get; init; } = 1;
    public long RowStrideB { get; init; } = N;
    public long ColumnStrideB { get; init; } = 1;
    public long RowStrideC { get; init; } = N;

    public long Batch { get; init; } = 1;
    public long BatchStrideA { get; init; } = M * K;
    public long BatchStrideB { get; init; } = K * N;
    public long BatchStrideC { get; init; } = M * N;

    /// <summary>Whether B is written between two calls, by rows: weights that are trained.</summary>
    public bool IsTrainedB { get; init; }
}
