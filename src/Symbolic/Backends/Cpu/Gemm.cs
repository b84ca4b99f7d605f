using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>Matrix products C (+)= A B of any strides, in batches, on several threads, with the same bits for any number of threads.</summary>
internal static unsafe class Gemm
{
    /// <summary>
    /// The product for float32 and float64. Rows and columns of zero length do nothing, a depth of zero gives zeros.
    /// The <paramref name="epilogue"/> then sees every block of C once. Up to <paramref name="threads"/> threads share the work.
    /// Where there is a <paramref name="panel"/>, it has B as <see cref="Pack"/> wrote it, and the bits are the same.
    /// </summary>
    public static void Run<T>(in GemmShape shape, T* a, T* b, T* c, bool accumulate, GemmEpilogue? epilogue, int threads, T* panel = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var s = Normalised(shape);
        if (s.M == 0 || s.N == 0)
            return;
        if (s.Batch > 1)
            GemmBatch<T>.Run(s, a, b, c, accumulate, epilogue, threads);
        else if (s.Batch == 1)
            RunOne(s, a, b, c, accumulate, epilogue, 0, threads, panel);
    }

    /// <summary>The bytes of a panel for B that this many products of the shape share; 0 where each of them had better read B where it is.</summary>
    public static long PanelBytes<T>(in GemmShape shape, long products) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var s = Normalised(shape);
        if (s.Batch != 1 || s.M < 2 || s.N < 2 || s.K == 0 || RowDots<T>.Suits(s))
            return 0;
        using var call = GemmCall<T>.Rent();
        return call.PanelBytes(s, products);
    }

    /// <summary>Packs B for products of the shape.</summary>
    public static void Pack<T>(in GemmShape shape, T* b, T* panel, int threads) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var call = GemmCall<T>.Rent();
        call.Pack(Normalised(shape), b, panel, threads);
    }

    /// <summary>One matrix of a batch; the epilogue counts its rows from <paramref name="firstRow"/>.</summary>
    public static void RunOne<T>(in GemmShape shape, T* a, T* b, T* c, bool accumulate, GemmEpilogue? epilogue, long firstRow, int threads, T* panel = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (shape.K == 0)
        {
            if (!accumulate)
                Clear(shape, c);
            epilogue?.Run(firstRow, firstRow + shape.M, 0, shape.N);
            return;
        }
        if (RowDots<T>.TryMultiply(shape, a, b, c, accumulate, epilogue, firstRow, threads))
            return;
        using var call = GemmCall<T>.Rent();
        call.Prepare(shape, accumulate, epilogue, threads, panel != null);
        call.Multiply(a, b, c, firstRow, panel);
    }

    /// <summary>The product for the other number types, by plain loops on the caller's thread; integers wrap.</summary>
    public static void RunPlain<T>(in GemmShape shape, T* a, T* b, T* c, bool accumulate, GemmEpilogue? epilogue)
        where T : unmanaged, INumber<T>
    {
        for (long i = 0; i < shape.Batch * shape.M; i++)
        {
            var (matrix, row) = (i / shape.M, i % shape.M);
            var target = c + matrix * shape.BatchStrideC + row * shape.RowStrideC;
            if (!accumulate)
                Unsafe.InitBlockUnaligned(target, 0, checked((uint)(shape.N * sizeof(T))));
            for (long k = 0; k < shape.K; k++)
            {
                var x = a[matrix * shape.BatchStrideA + row * shape.RowStrideA + k * shape.ColumnStrideA];
                var source = b + matrix * shape.BatchStrideB + k * shape.RowStrideB;
                for (long j = 0; j < shape.N; j++)
                    target[j] += x * source[j * shape.ColumnStrideB];
            }
            epilogue?.Run(i, i + 1, 0, shape.N);
        }
    }

    /// <summary>The product of truth values: C[i, j] = some k has A[i, k] and B[k, j].</summary>
    public static void RunLogical(in GemmShape shape, bool* a, bool* b, bool* c, bool accumulate, GemmEpilogue? epilogue)
    {
        for (long i = 0; i < shape.Batch * shape.M; i++)
        {
            var (matrix, row) = (i / shape.M, i % shape.M);
            var target = c + matrix * shape.BatchStrideC + row * shape.RowStrideC;
            if (!accumulate)
                new Span<bool>(target, checked((int)shape.N)).Clear();
            for (long k = 0; k < shape.K; k++)
            {
                if (!a[matrix * shape.BatchStrideA + row * shape.RowStrideA + k * shape.ColumnStrideA])
                    continue;
                var source = b + matrix * shape.BatchStrideB + k * shape.RowStrideB;
                for (long j = 0; j < shape.N; j++)
                    target[j] |= source[j * shape.ColumnStrideB];
            }
            epilogue?.Run(i, i + 1, 0, shape.N);
        }
    }

    // The stride of an axis of length one means nothing; a batch that shares B and lies evenly in A and C is one tall matrix.
    private static GemmShape Normalised(GemmShape s)
    {
        if (s.M == 1)
            s = s with { RowStrideA = s.BatchStrideA, RowStrideC = s.BatchStrideC };
        if (s.N == 1)
            s = s with { ColumnStrideB = 1 };
        if (s.Batch > 1 && s.BatchStrideB == 0 && s.BatchStrideA == s.M * s.RowStrideA && s.BatchStrideC == s.M * s.RowStrideC)
            s = s with { M = s.Batch * s.M, Batch = 1 };
        return s;
    }

    private static void Clear<T>(in GemmShape shape, T* c) where T : unmanaged
    {
        for (long i = 0; i < shape.M; i++)
            for (long j = 0; j < shape.N; j++)
                c[i * shape.RowStrideC + j] = default;
    }
}
