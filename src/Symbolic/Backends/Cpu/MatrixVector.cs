using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// y[i] (+)= Σ A[i, k] x[k] for a matrix whose rows are contiguous: the vectors run along the rows, so that A is read once, in place.
/// Every sum has two accumulators of one vector each, the even and the odd steps, whatever rows it is computed beside.
/// </summary>
internal sealed unsafe class MatrixVector<T> : ParallelWork where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long SmallestTask = 64 << 10;

    [ThreadStatic]
    private static MatrixVector<T>? t_idle;

    private T* _a, _x, _y;
    private long _columns, _rowStrideA, _strideY;
    private bool _accumulate, _resultIsRow;
    private GemmEpilogue? _epilogue;
    private long _firstRow;

    /// <summary>Runs C = A B if C is one row or one column and the other operand's rows are contiguous; otherwise does nothing and says so.</summary>
    public static bool TryMultiply(in GemmShape s, T* a, T* b, T* c, bool accumulate, GemmEpilogue? epilogue, long firstRow, int threads)
    {
        if (s.N == 1 && s.ColumnStrideA == 1)
            Multiply(a, s.M, s.K, s.RowStrideA, b, s.RowStrideB, c, s.RowStrideC, false, accumulate, epilogue, firstRow, threads);
        else if (s.M == 1 && s.RowStrideB == 1 && s.ColumnStrideB != 1)
            Multiply(b, s.N, s.K, s.ColumnStrideB, a, s.ColumnStrideA, c, 1, true, accumulate, epilogue, firstRow, threads);
        else
            return false;
        return true;
    }

    private static void Multiply(
        T* a, long rows, long columns, long rowStrideA, T* x, long strideX, T* y, long strideY, bool resultIsRow,
        bool accumulate, GemmEpilogue? epilogue, long firstRow, int threads)
    {
        using var scratch = Scratch.Rent(strideX == 1 ? 0 : columns * sizeof(T));
        if (strideX != 1)
        {
            Panel<T>.Pack(x, 1, strideX, 1, columns, (T*)scratch.Pointer, 1);
            x = (T*)scratch.Pointer;
        }
        var call = t_idle ?? new MatrixVector<T>();
        t_idle = null;
        call._a = a;
        call._x = x;
        call._y = y;
        (call._columns, call._rowStrideA, call._strideY) = (columns, rowStrideA, strideY);
        (call._accumulate, call._resultIsRow, call._epilogue, call._firstRow) = (accumulate, resultIsRow, epilogue, firstRow);
        var grain = Math.Max(1, SmallestTask / columns / 4) * 4;
        try
        {
            WorkerPool.Shared.For(call, rows, grain, threads);
        }
        finally
        {
            call._epilogue = null;
            t_idle = call;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected internal override void Execute(long begin, long end)
    {
        var row = begin;
        for (; row + 4 <= end; row += 4)
            FourRows(row);
        for (; row < end; row++)
            Put(row, OneRow(_a + row * _rowStrideA));
        if (_resultIsRow)
            _epilogue?.Run(_firstRow, _firstRow + 1, begin, end);
        else
            _epilogue?.Run(_firstRow + begin, _firstRow + end, 0, 1);
    }

    private void Put(long row, T sum)
    {
        var y = _y + row * _strideY;
        *y = _accumulate ? *y + sum : sum;
    }

    // Bounds: vectors begin at k with k + w <= columns; the last columns, fewer than w, go one by one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T OneRow(T* a)
    {
        var w = Vector<T>.Count;
        Vector<T> even = default, odd = default;
        long k = 0;
        for (; k + 2 * w <= _columns; k += 2 * w)
        {
            even = MultiplyAdd(Vector.Load(a + k), Vector.Load(_x + k), even);
            odd = MultiplyAdd(Vector.Load(a + k + w), Vector.Load(_x + k + w), odd);
        }
        return Sum(a, k, even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FourRows(long row)
    {
        var w = Vector<T>.Count;
        T* a0 = _a + row * _rowStrideA, a1 = a0 + _rowStrideA, a2 = a1 + _rowStrideA, a3 = a2 + _rowStrideA;
        Vector<T> even0 = default, even1 = default, even2 = default, even3 = default;
        Vector<T> odd0 = default, odd1 = default, odd2 = default, odd3 = default;
        var x = _x;
        var columns = _columns;
        long k = 0;
        for (; k + 2 * w <= columns; k += 2 * w)
        {
            Vector<T> x0 = Vector.Load(x + k), x1 = Vector.Load(x + k + w);
            even0 = MultiplyAdd(Vector.Load(a0 + k), x0, even0);
            even1 = MultiplyAdd(Vector.Load(a1 + k), x0, even1);
            even2 = MultiplyAdd(Vector.Load(a2 + k), x0, even2);
            even3 = MultiplyAdd(Vector.Load(a3 + k), x0, even3);
            odd0 = MultiplyAdd(Vector.Load(a0 + k + w), x1, odd0);
            odd1 = MultiplyAdd(Vector.Load(a1 + k + w), x1, odd1);
            odd2 = MultiplyAdd(Vector.Load(a2 + k + w), x1, odd2);
            odd3 = MultiplyAdd(Vector.Load(a3 + k + w), x1, odd3);
        }
        Put(row, Sum(a0, k, even0, odd0));
        Put(row + 1, Sum(a1, k, even1, odd1));
        Put(row + 2, Sum(a2, k, even2, odd2));
        Put(row + 3, Sum(a3, k, even3, odd3));
    }

    private T Sum(T* a, long k, Vector<T> even, Vector<T> odd)
    {
        if (k + Vector<T>.Count <= _columns)
        {
            even = MultiplyAdd(Vector.Load(a + k), Vector.Load(_x + k), even);
            k += Vector<T>.Count;
        }
        var sum = Vector.Sum(even + odd);
        for (; k < _columns; k++)
            sum = T.MultiplyAddEstimate(a[k], _x[k], sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> MultiplyAdd(Vector<T> x, Vector<T> y, Vector<T> z) =>
        typeof(T) == typeof(float)
            ? Vector.MultiplyAddEstimate(x.As<T, float>(), y.As<T, float>(), z.As<T, float>()).As<float, T>()
            : Vector.MultiplyAddEstimate(x.As<T, double>(), y.As<T, double>(), z.As<T, double>()).As<double, T>();
}
