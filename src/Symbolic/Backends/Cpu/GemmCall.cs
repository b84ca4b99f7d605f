using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// One matrix product in Goto's structure: strips of B shared by all threads, blocks of A packed by the thread that multiplies them,
/// a micro kernel for each tile of C. Each sum of C runs through the depth in the same steps and the same order
/// however C is divided, so the bits do not depend on the number of threads.
/// </summary>
internal sealed unsafe class GemmCall<T> : KeptWork<GemmCall<T>> where T : unmanaged
{
    // Products of a strip of A and B that are summed in registers before C is touched again; a depth that is a little larger is not divided.
    private static readonly long DepthBlock = Lanes.Bytes == 64 ? 384 : 256;
    private static readonly long WholeDepth = Lanes.Bytes == 64 ? 512 : 320;

    // Where the rows or the columns fit a strip of this size, the depth is not divided either: rows of A are read from end to end.
    // The depth is divided in the same way whether C is transposed or not, so that the bits are the same.
    private const long WholeStripBytes = 40 << 10;

    // A's block stays in the second-level cache, packed B in the third.
    private static readonly long BlockBytesA = 240 * DepthBlock * 4;
    private const long PackedBytesB = 4 << 20;

    // A of this size is read where it lies, and so is a B that stays in the second-level cache or that few tiles of rows share: packing would cost more than it
    // saves, unless all rows of a strip of B fall into the same few lines of the first-level cache.
    private const long DirectBytesA = 512 << 10;
    private const long DirectBytesB = 256 << 10;
    private const long TilesWorthPackingB = 9;
    private const long TilesWorthPackingCollidingB = 3;
    private const long CollidingBytes = 4096;
    private const long StripsWorthPackingA = 4;
    private const long TilesWorthFetchingFar = 8;
    private const long LineBytes = 64;

    // Of all the products that share a B: from here on it is packed once for all of them.
    private const long RowsWorthPackingB = 128;

    // Trained weights of this size that are read in place are shared by their rows, so that each thread reads those that it has written. C of each depth step
    // is made apart and added in their order, as it is otherwise: the bits are the same.
    private const long BytesSharedByRows = 1 << 20;

    private const long EpilogueColumns = 256;
    // In multiply-adds: about 2 µs.
    private const long SmallestTask = 256 << 10;
    private const long LoadingAnElement = 8;
    private const int TasksPerThread = 4;

    private readonly PackingOfB _packing;
    private readonly SumOfParts _summing;

    private T* _a, _b, _c, _packedB;
    private long _m, _n, _k, _rowStrideA, _columnStrideA, _rowStrideB, _columnStrideB, _rowStrideC, _columnStrideC;
    private bool _accumulate, _packA, _packB, _packStrips, _packsWhileMultiplying, _isPacked, _transposed, _isTrainedB;
    private long _firstRow;
    private GemmEpilogue? _epilogue;

    private int _vectors, _threads;
    private LayoutOfA _layoutOfA;
    private long _stripWidth, _depthStep, _rowBlocks, _columnBlocks;

    // Where B is shared by its rows, C of each depth step, before they are added in their order.
    private bool _isSharedByDepth;
    private T* _parts;
    private long _partRow;

    // The part of B that is worked on: a group of strips, and a group of depth steps.
    private long _columnBegin, _columnEnd, _depthBegin, _depthEnd;

    public GemmCall() => (_packing, _summing) = (new PackingOfB(this), new SumOfParts(this));

    /// <inheritdoc/>
    protected override void Forget()
    {
        _epilogue = null;
        _parts = null;
    }

    /// <summary>
    /// Makes the call ready for products of one shape. Where B is <paramref name="isPacked"/>, they find it in a panel as <see cref="Pack"/> wrote it for
    /// this shape, and never read B itself.
    /// </summary>
    public void Prepare(in GemmShape shape, bool accumulate, GemmEpilogue? epilogue, int threads, bool isPacked)
    {
        (_accumulate, _epilogue, _threads, _isPacked) = (accumulate, epilogue, threads, isPacked);
        Take(shape);
        if (!isPacked && CostOfTransposed() < Cost(_m, _n, _columnStrideB))
            Transpose();
        Plan(threads);
    }

    /// <summary>Multiplies one pair of matrices; the epilogue counts its rows from <paramref name="firstRow"/>.</summary>
    public void Multiply(T* a, T* b, T* c, long firstRow, T* panel)
    {
        _firstRow = firstRow;
        _a = _transposed ? b : a;
        _b = _transposed ? a : b;
        _c = c;
        _packedB = panel;
        for (_columnBegin = 0; _columnBegin < _n; _columnBegin = _columnEnd)
        {
            _columnEnd = Math.Min(_n, _columnBegin + ColumnGroup());
            for (_depthBegin = 0; _depthBegin < _k; _depthBegin = _depthEnd)
            {
                _depthEnd = Math.Min(_k, _depthBegin + DepthGroup());
                MultiplyGroup();
            }
        }
    }

    /// <summary>
    /// The bytes of a panel for all of B, for this many products of the shape with the same B; 0 where packing it once does not pay: for products
    /// that are better transposed, and where fewer rows share B than are worth packing it.
    /// </summary>
    public long PanelBytes(in GemmShape shape, long products)
    {
        Take(shape);
        if (products * _m <= RowsWorthPackingB || CostOfTransposed() < Cost(_m, _n, columnStrideB: 1))
            return 0;
        Plan(threads: 1);
        return (Blocks.Count(_n, _stripWidth) * _stripWidth * _k + _stripWidth) * sizeof(T);
    }

    /// <summary>Packs all of B for products of one shape.</summary>
    public void Pack(in GemmShape shape, T* b, T* panel, int threads)
    {
        Take(shape);
        Plan(threads);
        _threads = threads;
        _b = b;
        (_columnBegin, _columnEnd, _depthBegin, _depthEnd) = (0, _n, 0, _k);
        _packedB = panel;
        PackStrips(0);
    }

    private void Take(in GemmShape shape)
    {
        (_m, _n, _k, _transposed) = (shape.M, shape.N, shape.K, false);
        (_rowStrideA, _columnStrideA) = (shape.RowStrideA, shape.ColumnStrideA);
        (_rowStrideB, _columnStrideB) = (shape.RowStrideB, shape.ColumnStrideB);
        (_rowStrideC, _columnStrideC, _isTrainedB) = (shape.RowStrideC, 1, shape.IsTrainedB);
    }

    // Multiply-adds of the tiles, the idle lanes of the last strip among them, and what packing a B costs that is not contiguous along its columns.
    private double Cost(long m, long n, long columnStrideB)
    {
        const double PackingAnElement = 6;
        double lanes = Lanes.Count<T>(), width = Math.Ceiling(n / lanes) * lanes;
        return m * width * _k + (columnStrideB == 1 ? 0 : PackingAnElement * width * _k);
    }

    private double CostOfTransposed()
    {
        const double ScatteringAnElement = 32;
        return Cost(_n, _m, _rowStrideA) + ScatteringAnElement * _m * _n * Math.Ceiling(_k / (double)DepthBlock);
    }

    // Cᵀ = Bᵀ Aᵀ: where C has few columns, the vectors run along its rows.
    private void Transpose()
    {
        _transposed = true;
        (_m, _n) = (_n, _m);
        (_rowStrideA, _columnStrideA, _rowStrideB, _columnStrideB) = (_columnStrideB, _rowStrideB, _columnStrideA, _rowStrideA);
        (_rowStrideC, _columnStrideC) = (_columnStrideC, _rowStrideC);
    }

    private void Plan(int threads)
    {
        int tileRows = Lanes.TileRows, lanes = Lanes.Count<T>();
        _vectors = Math.Min(Lanes.VectorsOfTile(_m), Lanes.VectorsFor<T>(Math.Min(_n, 4 * lanes)));
        _stripWidth = _vectors * lanes;
        var strips = Blocks.Count(_n, _stripWidth);
        var isWhole = _k <= WholeDepth || (Math.Min(_m, _n) <= 2 * lanes && _k * 2 * lanes * sizeof(T) <= WholeStripBytes);
        _depthStep = isWhole ? _k : Blocks.EvenSize(_k, DepthBlock);
        _packA = (_rowStrideA != 1 && _columnStrideA != 1) || (strips >= StripsWorthPackingA && (_columnStrideA != 1 || _m * _k * sizeof(T) > DirectBytesA));
        _layoutOfA = _packA || _columnStrideA != 1 ? LayoutOfA.Columns : LayoutOfA.Rows;
        var tilesWorthPackingB = _rowStrideB * sizeof(T) % CollidingBytes == 0 ? TilesWorthPackingCollidingB : TilesWorthPackingB;
        var packsB = _columnStrideB != 1 || (_k * _n * sizeof(T) > DirectBytesB && Blocks.Count(_m, tileRows) >= tilesWorthPackingB);

        // One block of rows packs its strips of B itself, one at a time; several blocks share them.
        var wanted = threads == 1 ? 1 : Math.Clamp((_m * _n * _k + LoadingAnElement * (_m * _k + _k * _n)) / SmallestTask, 1, (long)threads * TasksPerThread);
        var rowBlocks = Blocks.Count(_m * _depthStep * sizeof(T), BlockBytesA);
        var most = Blocks.Count(_m, 2 * tileRows);
        if (rowBlocks > 1 || strips < wanted || (!packsB && most >= wanted))
            rowBlocks = Math.Max(rowBlocks, Math.Min(wanted, most));
        if (rowBlocks > 1)
            rowBlocks = Blocks.Count(rowBlocks, threads) * threads;   // so that no thread is left with one more than the others
        _rowBlocks = Math.Min(rowBlocks, Blocks.Count(_m, tileRows));
        (_packB, _packStrips) = _isPacked ? (true, false) : (packsB && _rowBlocks > 1, packsB && _rowBlocks == 1);
        _packsWhileMultiplying = _packStrips && _columnStrideB == 1;
        _columnBlocks = Math.Min(Blocks.Count(Math.Min(_n, ColumnGroup()), _stripWidth), Blocks.Count(wanted, _rowBlocks));
        var steps = Blocks.Count(_k, _depthStep);
        _isSharedByDepth = steps >= threads && threads > 1 && _rowBlocks == 1 && !packsB && !_transposed && _isTrainedB && _k * _n * sizeof(T) >= BytesSharedByRows;
        if (_isSharedByDepth)
            _columnBlocks = Math.Min(_columnBlocks, Blocks.Count(wanted, steps));
    }

    // Packed B is as deep as its budget allows; B that is read in place, or was packed before, has no budget.
    private long ColumnGroup() =>
        _packB && !_isPacked ? Math.Max(1, PackedBytesB / (_depthStep * sizeof(T)) / _stripWidth) * _stripWidth : _n;

    private long DepthGroup() =>
        _packB && !_isPacked ? Math.Max(1, PackedBytesB / ((_columnEnd - _columnBegin + _stripWidth) * sizeof(T)) / _depthStep) * _depthStep : _k;

    private void MultiplyGroup()
    {
        var depth = _depthEnd - _depthBegin;
        var columns = _columnEnd - _columnBegin;
        var firstPacked = _packB ? 0 : columns / _stripWidth;
        var packed = _packStrips || _isPacked ? 0 : Blocks.Count(columns, _stripWidth) - firstPacked;
        using var scratch = Scratch.Rent(packed == 0 ? 0 : (packed * _stripWidth * depth + _stripWidth) * sizeof(T));
        if (packed > 0)
        {
            _packedB = (T*)scratch.Pointer - firstPacked * _stripWidth * depth;
            PackStrips(firstPacked);
        }
        if (_isSharedByDepth)
        {
            MultiplyByDepth();
            return;
        }
        WorkerPool.Shared.For(this, _rowBlocks * Math.Min(_columnBlocks, Blocks.Count(columns, _stripWidth)), 1, _threads);
    }

    private void MultiplyByDepth()
    {
        _partRow = Blocks.Count(_n * sizeof(T), LineBytes) * LineBytes / sizeof(T);
        var steps = Blocks.Count(_k, _depthStep);
        using var scratch = Scratch.Rent(steps * _m * _partRow * sizeof(T));
        _parts = (T*)scratch.Pointer;
        WorkerPool.Shared.For(this, steps * _columnBlocks, 1, _threads);
        WorkerPool.Shared.For(_summing, _n, EpilogueColumns, _threads);
    }

    // From the first to the last of the columns that are worked on.
    private void PackStrips(long first)
    {
        _packing.First = first;
        var stripsATask = Math.Max(1, SmallestTask / 8 / (_stripWidth * (_depthEnd - _depthBegin)));
        WorkerPool.Shared.For(_packing, Blocks.Count(_columnEnd - _columnBegin, _stripWidth) - first, stripsATask, _threads);
    }

    /// <inheritdoc/>
    protected internal override void Execute(long begin, long end)
    {
        var columns = _columnEnd - _columnBegin;
        var columnBlocks = Math.Min(_columnBlocks, Blocks.Count(columns, _stripWidth));
        for (var task = begin; task < end; task++)
        {
            var (row, column) = Math.DivRem(task, columnBlocks);
            var (first, last) = (_columnBegin + Blocks.Begin(columns, _stripWidth, columnBlocks, column), _columnBegin + Blocks.Begin(columns, _stripWidth, columnBlocks, column + 1));
            if (_parts != null)
                Block(0, _m, first, last, row * _depthStep, Math.Min(_k, (row + 1) * _depthStep), new Target(_parts + row * _m * _partRow, _partRow, 1, false));
            else
                Block(Blocks.Begin(_m, Lanes.TileRows, _rowBlocks, row), Blocks.Begin(_m, Lanes.TileRows, _rowBlocks, row + 1),
                    first, last, _depthBegin, _depthEnd, new Target(_c, _rowStrideC, _columnStrideC, _accumulate || _depthBegin > 0));
        }
    }

    // Where sums go, and whether they are added to what is there.
    private readonly struct Target(T* c, long rowStride, long columnStride, bool accumulates)
    {
        public readonly T* C = c;
        public readonly long RowStride = rowStride, ColumnStride = columnStride;
        public readonly bool Accumulates = accumulates;
    }

    private void Block(long rowBegin, long rowEnd, long columnBegin, long columnEnd, long depthBegin, long depthEnd, in Target target)
    {
        var group = _packsWhileMultiplying ? _stripWidth : Math.Min(EpilogueColumns, Blocks.Count(columnEnd - columnBegin, _stripWidth) * _stripWidth);
        var strips = _packStrips ? (_depthStep * group + Lanes.Count<T>()) * sizeof(T) : 0;
        var blockOfA = _packA ? ((rowEnd - rowBegin) * _depthStep + Lanes.Count<T>()) * sizeof(T) : 0;
        using var scratch = Scratch.Rent(strips + blockOfA);
        T* packedStrips = (T*)scratch.Pointer, packedA = (T*)(scratch.Pointer + strips);
        for (long depth = depthBegin, end; depth < depthEnd; depth = end)
        {
            end = Math.Min(depthEnd, depth + _depthStep);
            if (_packA)
                PackA(rowBegin, rowEnd, depth, end - depth, packedA);
            for (long column = columnBegin, groupEnd; column < columnEnd; column = groupEnd)
            {
                groupEnd = Math.Min(columnEnd, column + EpilogueColumns);
                if (_packStrips && !_packsWhileMultiplying)
                    PackB(column, groupEnd, depth, end - depth, packedStrips);
                for (var first = column; first < groupEnd; first += _stripWidth)
                {
                    var strip = _packsWhileMultiplying ? packedStrips : packedStrips + (first - column) * (end - depth);
                    Strip(rowBegin, rowEnd, first, depth, end - depth, packedA, strip, target, target.Accumulates || depth > depthBegin);
                }
                if (end == _k && _parts == null)
                    Finish(rowBegin, rowEnd, column, groupEnd);
            }
        }
    }

    private void Finish(long rowBegin, long rowEnd, long columnBegin, long columnEnd)
    {
        if (_transposed)
            _epilogue?.Run(_firstRow + columnBegin, _firstRow + columnEnd, rowBegin, rowEnd);
        else
            _epilogue?.Run(_firstRow + rowBegin, _firstRow + rowEnd, columnBegin, columnEnd);
    }

    private void PackA(long rowBegin, long rowEnd, long depthBegin, long depth, T* target)
    {
        var tiles = new Tiles(rowEnd - rowBegin);
        for (long i = 0; i < tiles.Count; i++)
            Panel<T>.Pack(
                _a + (rowBegin + tiles.Row(i)) * _rowStrideA + depthBegin * _columnStrideA, _rowStrideA, _columnStrideA,
                tiles.Height(i), depth, target + tiles.Row(i) * depth, tiles.Height(i));
    }

    private void PackB(long columnBegin, long columnEnd, long depthBegin, long depth, T* target)
    {
        var source = _b + depthBegin * _rowStrideB + columnBegin * _columnStrideB;
        var (whole, rest) = Math.DivRem(columnEnd - columnBegin, _stripWidth);
        Panel<T>.PackStrips(source, _columnStrideB, _rowStrideB, whole, depth, target, _stripWidth);
        if (rest > 0)
            Panel<T>.Pack(
                source + whole * _stripWidth * _columnStrideB, _columnStrideB, _rowStrideB, rest, depth, target + whole * _stripWidth * depth,
                Lanes.VectorsFor<T>(rest) * Lanes.Count<T>());
    }

    private void Strip(long rowBegin, long rowEnd, long column, long depthBegin, long depth, T* packedA, T* packedStrip, in Target target, bool accumulate)
    {
        var tiles = new Tiles(rowEnd - rowBegin);
        var columns = Math.Min(_stripWidth, _n - column);
        var vectors = Lanes.VectorsFor<T>(columns);
        var packed = _packB || _packStrips || columns < _stripWidth;
        var depthStrideB = packed ? vectors * Lanes.Count<T>() : _rowStrideB;
        var source = _b + depthBegin * _rowStrideB + column;
        var b = _packStrips ? packedStrip
            : packed ? _packedB + (column - _columnBegin) * (_depthEnd - _depthBegin) + (depthBegin - _depthBegin) * depthStrideB
            : source;
        // The next strip is fetched: to the first-level cache while the last tile is multiplied, and before, where it lies far away, part by part to the second.
        var isInPlace = !packed || _packsWhileMultiplying;
        var next = isInPlace ? source + _stripWidth : b + _stripWidth * (_packStrips ? depth : _depthEnd - _depthBegin);
        var nextStride = (isInPlace ? _rowStrideB : depthStrideB) * sizeof(T);
        var isFar = Sse.IsSupported && isInPlace && _k * _n * sizeof(T) > DirectBytesB && tiles.Count >= TilesWorthFetchingFar;
        var whole = target.ColumnStride == 1 && columns == vectors * Lanes.Count<T>();
        var packs = _packsWhileMultiplying && columns == _stripWidth;
        if (_packsWhileMultiplying && !packs)
            PackB(column, column + columns, depthBegin, depth, packedStrip);

        var rowOfA = _packA ? depth : _rowStrideA;
        var a = _packA ? packedA : _a + rowBegin * rowOfA + depthBegin * _columnStrideA;
        var c = target.C + rowBegin * target.RowStride + column * target.ColumnStride;
        MicroKernel? kernel = null;
        for (long i = 0, height = 0; i < tiles.Count; i++, a += height * rowOfA, c += height * target.RowStride)
        {
            var use = packs && i == 0 ? UseOfB.Pack : i == tiles.Count - 1 ? UseOfB.Fetch : UseOfB.Read;
            if (isFar)
                FetchRows(next, depth * i / tiles.Count, depth * (i + 1) / tiles.Count);
            if (kernel is null || i == 1 || use != UseOfB.Read || height != tiles.Height(i))
            {
                height = tiles.Height(i);
                kernel = MicroKernels<T>.Get((int)height, vectors, _layoutOfA, use);
            }
            var strideA = (_packA ? height : _layoutOfA == LayoutOfA.Rows ? _rowStrideA : _columnStrideA) * sizeof(T);
            T* rowsOfB = use == UseOfB.Pack ? source : b, beside = use == UseOfB.Pack ? b : next;
            var strideB = use == UseOfB.Pack ? _rowStrideB : depthStrideB;
            if (whole)
                kernel(
                    (nint)depth, (byte*)a, (nint)strideA, (byte*)rowsOfB, (nint)(strideB * sizeof(T)), (byte*)c, (nint)(target.RowStride * sizeof(T)),
                    accumulate, (byte*)beside, (nint)nextStride);
            else
                PartialTile(kernel, depth, a, strideA, rowsOfB, strideB, c, target, (int)height, columns, vectors, accumulate, beside, nextStride);
        }
    }

    // Some rows of a strip of B, to the second-level cache.
    private void FetchRows(T* strip, long begin, long end)
    {
        for (var row = begin; row < end; row++)
            for (long line = 0; line < _stripWidth * sizeof(T); line += LineBytes)
                Sse.Prefetch1((byte*)(strip + row * _rowStrideB) + line);
    }

    // A tile that is not whole, or whose columns are not contiguous, is made on the stack and copied element by element.
    [SkipLocalsInit]
    private void PartialTile(
        MicroKernel kernel, long depth, T* a, long strideA, T* b, long depthStrideB, T* c, in Target target, int rows, long columns, int vectors, bool accumulate, T* next, long nextStride)
    {
        var width = vectors * Lanes.Count<T>();
        var tile = stackalloc byte[rows * vectors * Lanes.Bytes];
        kernel((nint)depth, (byte*)a, (nint)strideA, (byte*)b, (nint)(depthStrideB * sizeof(T)), tile, vectors * Lanes.Bytes, false, (byte*)next, (nint)nextStride);
        Tile<T>.CopyTo(c, target.RowStride, target.ColumnStride, (T*)tile, width, rows, columns, accumulate);
    }

    private sealed class PackingOfB(GemmCall<T> call) : ParallelWork
    {
        /// <summary>The first strip that is packed.</summary>
        public long First { get; set; }

        protected internal override void Execute(long begin, long end)
        {
            var first = call._columnBegin + (First + begin) * call._stripWidth;
            var last = Math.Min(call._columnEnd, call._columnBegin + (First + end) * call._stripWidth);
            var depth = call._depthEnd - call._depthBegin;
            call.PackB(first, last, call._depthBegin, depth, call._packedB + (first - call._columnBegin) * depth);
        }
    }

    // Columns begin to end of C: the depth steps in their order.
    private sealed class SumOfParts(GemmCall<T> call) : ParallelWork
    {
        protected internal override void Execute(long begin, long end)
        {
            var (steps, lanes) = (Blocks.Count(call._k, call._depthStep), Vector<T>.Count);
            for (long row = 0; row < call._m; row++)
            {
                T* parts = call._parts + row * call._partRow, c = call._c + row * call._rowStrideC;
                var column = begin;
                for (; column + lanes <= end; column += lanes)
                {
                    var sum = call._accumulate ? Vector.Load(c + column) + Vector.Load(parts + column) : Vector.Load(parts + column);
                    for (long step = 1; step < steps; step++)
                        sum += Vector.Load(parts + step * call._m * call._partRow + column);
                    Vector.Store(sum, c + column);
                }
                for (long step = 0; step < steps; step++)
                    Tile<T>.CopyTo(c + column, 0, 1, parts + step * call._m * call._partRow + column, 0, 1, end - column, call._accumulate || step > 0);
            }
            call.Finish(0, call._m, begin, end);
        }
    }
}
