using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// Products with few columns, C[i, j] (+)= Σ A[i, k] X[j, k], whose rows of A are contiguous: the vectors run along the depth, so that A is read once, in place
/// and from end to end, and no lanes are idle. Every sum is taken in the same steps, whatever rows it is computed beside.
/// </summary>
internal sealed unsafe class RowDots<T> : KeptWork<RowDots<T>> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // More columns fill the vectors of a product that has them side by side. Several columns need so many vectors of depth, because the lanes of each sum are
    // added at the end, and so many rows, because X is packed; and X stays in the second-level cache.
    private const int MostColumns = 12;
    private const int ShortestDepth = 16;
    private const int FewestRows = 32;
    private const long MostBytesOfX = 128 << 10;

    // Rows of A that pass by all the columns, a group of them at a time, which stays in the first-level cache meanwhile; the next block's arrive in the second.
    private const long BlockBytes = 48 << 10;

    // In elements of A times the columns and what it costs to read an element.
    private const long SmallestTask = 256 << 10;
    private const long Reading = 3;
    private const int TasksPerThread = 4;

    private T* _a, _x, _c;
    private long _depth, _rowStrideA, _rowStrideC, _columnStrideC;
    private int _columns, _groupColumns;
    private bool _accumulate, _isTransposed;
    private GemmEpilogue? _epilogue;
    private long _firstRow;

    /// <summary>Whether C, or its transpose, is such a product and better made here.</summary>
    public static bool Suits(in GemmShape s) => SuitsAsItIs(s) || SuitsTransposed(s);

    /// <summary>Runs C = A B if it <see cref="Suits"/>; otherwise does nothing and says so.</summary>
    public static bool TryMultiply(in GemmShape s, T* a, T* b, T* c, bool accumulate, GemmEpilogue? epilogue, long firstRow, int threads)
    {
        var isTransposed = !SuitsAsItIs(s);
        if (isTransposed && !SuitsTransposed(s))
            return false;
        using var call = Rent();
        (call._depth, call._accumulate, call._epilogue, call._firstRow, call._isTransposed) = (s.K, accumulate, epilogue, firstRow, isTransposed);
        call._c = c;
        if (isTransposed)
        {
            (call._rowStrideA, call._rowStrideC, call._columnStrideC, call._columns) = (s.ColumnStrideB, 1, s.RowStrideC, (int)s.M);
            call.Multiply(b, s.N, a, s.RowStrideA, s.ColumnStrideA, threads);
        }
        else
        {
            (call._rowStrideA, call._rowStrideC, call._columnStrideC, call._columns) = (s.RowStrideA, s.RowStrideC, 1, (int)s.N);
            call.Multiply(a, s.M, b, s.ColumnStrideB, s.RowStrideB, threads);
        }
        return true;
    }

    /// <inheritdoc/>
    protected override void Forget() => _epilogue = null;

    private static bool SuitsAsItIs(in GemmShape s) => s.ColumnStrideA == 1 && Suit(s.M, s.N, s.K);

    private static bool SuitsTransposed(in GemmShape s) => s.RowStrideB == 1 && (s.ColumnStrideB != 1 || s.N == 1) && Suit(s.N, s.M, s.K);

    private static bool Suit(long rows, long columns, long depth)
    {
        var lanes = Lanes.Count<T>();
        return columns == 1
            || (columns <= MostColumns && columns % lanes != 0 && rows >= FewestRows && depth >= ShortestDepth * lanes && columns * depth * sizeof(T) <= MostBytesOfX);
    }

    private void Multiply(T* a, long rows, T* x, long columnStrideX, long depthStrideX, int threads)
    {
        _a = a;
        _groupColumns = (int)Blocks.EvenSize(_columns, DotKernels<T>.MaximumColumns);
        var isInPlace = _columns == 1 && depthStrideX == 1;
        using var scratch = Scratch.Rent(isInPlace ? 0 : _columns * _depth * sizeof(T));
        _x = isInPlace ? x : (T*)scratch.Pointer;
        if (!isInPlace)
            for (var first = 0; first < _columns; first += _groupColumns)
                PackX(x + first * columnStrideX, columnStrideX, depthStrideX, Math.Min(_groupColumns, _columns - first), _x + first * _depth);
        var height = DotKernels<T>.Rows(_groupColumns);
        var tasks = Math.Clamp(rows * _depth * (_columns + Reading) / SmallestTask, 1, (long)threads * TasksPerThread);
        if (tasks > 1)
            tasks = Blocks.Count(tasks, threads) * threads;   // so that no thread is left with one more than the others
        WorkerPool.Shared.For(this, rows, Blocks.Count(Blocks.Count(rows, tasks), height) * height, threads);
    }

    // A vector of each column in turn; behind the whole vectors, the rest of each column in turn.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackX(T* x, long columnStride, long depthStride, long columns, T* target)
    {
        long lanes = Lanes.Count<T>();
        for (long begin = 0; begin < _depth; begin += lanes)
        {
            var length = Math.Min(lanes, _depth - begin);
            for (long k = 0; k < length; k++, x += depthStride)
            {
                T* source = x, place = target + k;
                for (var j = columns; j > 0; j--, source += columnStride, place += length)
                    *place = *source;
            }
            target += columns * length;
        }
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        var height = DotKernels<T>.Rows(_groupColumns);
        var block = Math.Max(1, BlockBytes / (_depth * sizeof(T)) / height) * height;
        for (var row = begin; row < end; row += block)
            for (var first = 0; first < _columns; first += _groupColumns)
                Group(row, Math.Min(end, row + block), row + block, first, Math.Min(_groupColumns, _columns - first));
        if (_isTransposed)
            _epilogue?.Run(_firstRow, _firstRow + _columns, begin, end);
        else
            _epilogue?.Run(_firstRow + begin, _firstRow + end, 0, _columns);
    }

    // Each group of columns has its share of the next block's rows fetched.
    [SkipLocalsInit]
    private void Group(long begin, long end, long next, int first, int columns)
    {
        var lanes = Lanes.Count<T>();
        var (steps, left) = Math.DivRem(_depth, lanes);
        T* x = _x + first * _depth, mask = stackalloc T[lanes], restOfX = stackalloc T[columns * lanes], sums = stackalloc T[2 * Lanes.TileRows];
        if (steps > 0 && left > 0)
            Rest(x + steps * lanes * columns, columns, (int)left, mask, restOfX);
        var rest = left > 0 ? (_depth - lanes) * sizeof(T) : 0;
        var height = DotKernels<T>.Rows(columns);
        var fetched = Math.Max(1, height * _groupColumns / _columns);
        next += first / _groupColumns * fetched - begin;
        for (long row = begin, count; row < end; row += count)
        {
            count = Math.Min(height, end - row);
            var a = _a + row * _rowStrideA;
            if (steps > 0)
                DotKernels<T>.Get((int)count, columns, fetched)(
                    (nint)steps, (byte*)a, (nint)(_rowStrideA * sizeof(T)), (byte*)x, (nint)rest, (byte*)restOfX, (byte*)mask,
                    (byte*)(a + next * _rowStrideA), (byte*)sums);
            else
                ShortSums(a, count, x, columns, sums);
            Put(row, count, first, columns, sums);
        }
    }

    // What is left of the columns, at the end of a vector of theirs.
    private static void Rest(T* source, int columns, int left, T* mask, T* restOfX)
    {
        var lanes = Lanes.Count<T>();
        new Span<byte>(mask, Lanes.Bytes).Clear();
        new Span<byte>(mask + lanes - left, left * sizeof(T)).Fill(0xFF);
        for (var j = 0; j < columns; j++)
            for (var lane = 0; lane < lanes; lane++)
                restOfX[j * lanes + lane] = lane < lanes - left ? T.Zero : source[j * left + lane - (lanes - left)];
    }

    // A depth of less than a vector; X has the columns one after the other.
    private void ShortSums(T* a, long count, T* x, int columns, T* sums)
    {
        for (long i = 0; i < count; i++)
            for (long j = 0; j < columns; j++)
            {
                var sum = T.Zero;
                for (long k = 0; k < _depth; k++)
                    sum = T.MultiplyAddEstimate(a[i * _rowStrideA + k], x[j * _depth + k], sum);
                sums[i * columns + j] = sum;
            }
    }

    private void Put(long row, long count, int first, int columns, T* sums)
    {
        for (long i = 0; i < count; i++)
        {
            var target = _c + (row + i) * _rowStrideC + first * _columnStrideC;
            for (var j = 0; j < columns; j++, target += _columnStrideC, sums++)
                *target = _accumulate ? *target + *sums : *sums;
        }
    }
}
