using System.Numerics;
using DeepSym.Backends.Cpu;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// C = A B, for a batch of matrices with any strides. A group of side² threads computes a block of 4·side rows and columns, 4 by 4 numbers in each thread;
/// pieces of A and B go through shared memory. The order of additions is that of k, whatever the device.
/// </summary>
static class MatrixProduct
{
    /// <summary>Numbers along each side that one thread computes.</summary>
    public const int PerThread = 4;

    const int MaxSide = 16;

    public static void Run<T>(ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, GemmShape shape, int side) where T : unmanaged, INumber<T>
    {
        var left = SharedMemory.Allocate<T>(PerThread * MaxSide * MaxSide);
        var right = SharedMemory.Allocate<T>(PerThread * MaxSide * MaxSide);
        var (thread, block) = (Group.IdxX, PerThread * side);
        var (row, column) = (thread / side, thread % side);
        var (blockRows, blockColumns) = ((shape.M + block - 1) / block, (shape.N + block - 1) / block);
        var blocks = blockRows * blockColumns;
        for (long task = Grid.IdxX; task < blocks * shape.Batch; task += Grid.DimX)
        {
            var (batch, rest) = (task / blocks, task % blocks);
            var (firstRow, firstColumn) = (rest / blockColumns * block, rest % blockColumns * block);
            var (fromA, fromB) = (batch * shape.BatchStrideA, batch * shape.BatchStrideB);
            T c00 = T.Zero, c01 = T.Zero, c02 = T.Zero, c03 = T.Zero, c10 = T.Zero, c11 = T.Zero, c12 = T.Zero, c13 = T.Zero;
            T c20 = T.Zero, c21 = T.Zero, c22 = T.Zero, c23 = T.Zero, c30 = T.Zero, c31 = T.Zero, c32 = T.Zero, c33 = T.Zero;
            for (long k0 = 0; k0 < shape.K; k0 += side)
            {
                for (var i = 0; i < PerThread; i++)
                {
                    var element = thread + i * side * side;
                    // Neighbouring threads read neighbouring memory, whichever way a matrix lies.
                    var (r, ka) = shape.ColumnStrideA == 1 ? (element / side, element % side) : (element % block, element / block);
                    left[ka * block + r] = firstRow + r < shape.M && k0 + ka < shape.K ? a[fromA + (firstRow + r) * shape.RowStrideA + (k0 + ka) * shape.ColumnStrideA] : T.Zero;
                    var (q, kb) = shape.ColumnStrideB == 1 ? (element % block, element / block) : (element / side, element % side);
                    right[kb * block + q] = firstColumn + q < shape.N && k0 + kb < shape.K ? b[fromB + (k0 + kb) * shape.RowStrideB + (firstColumn + q) * shape.ColumnStrideB] : T.Zero;
                }
                Group.Barrier();
                for (var k = 0; k < side; k++)
                {
                    var (atA, atB) = (k * block + row, k * block + column);
                    T a0 = left[atA], a1 = left[atA + side], a2 = left[atA + 2 * side], a3 = left[atA + 3 * side];
                    T b0 = right[atB], b1 = right[atB + side], b2 = right[atB + 2 * side], b3 = right[atB + 3 * side];
                    c00 += a0 * b0; c01 += a0 * b1; c02 += a0 * b2; c03 += a0 * b3;
                    c10 += a1 * b0; c11 += a1 * b1; c12 += a1 * b2; c13 += a1 * b3;
                    c20 += a2 * b0; c21 += a2 * b1; c22 += a2 * b2; c23 += a2 * b3;
                    c30 += a3 * b0; c31 += a3 * b1; c32 += a3 * b2; c33 += a3 * b3;
                }
                Group.Barrier();
            }
            var to = batch * shape.BatchStrideC;
            StoreRow(c, shape, to, firstRow + row, firstColumn + column, side, c00, c01, c02, c03);
            StoreRow(c, shape, to, firstRow + row + side, firstColumn + column, side, c10, c11, c12, c13);
            StoreRow(c, shape, to, firstRow + row + 2 * side, firstColumn + column, side, c20, c21, c22, c23);
            StoreRow(c, shape, to, firstRow + row + 3 * side, firstColumn + column, side, c30, c31, c32, c33);
        }
    }

    static void StoreRow<T>(ArrayView<T> c, GemmShape shape, long to, long row, long column, int side, T c0, T c1, T c2, T c3) where T : unmanaged
    {
        if (row >= shape.M) return;
        to += row * shape.RowStrideC;
        if (column < shape.N) c[to + column] = c0;
        if (column + side < shape.N) c[to + column + side] = c1;
        if (column + 2 * side < shape.N) c[to + column + 2 * side] = c2;
        if (column + 3 * side < shape.N) c[to + column + 3 * side] = c3;
    }
}
