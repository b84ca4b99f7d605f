using System.Numerics;
using System.Reflection.Emit;
using DeepSym.Kernels;
using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>
/// Emits the kernel in which a group computes blocks of a product. Pieces of the operands go through shared memory, the next ones being read while the present
/// ones are multiplied; sums are in registers, and are in the order of the summed index whatever the device. Finished rows go through shared memory too, so
/// that neighbouring threads have neighbouring columns of them.
/// </summary>
sealed class ProductBlocks
{
    readonly ThreadCode _code;
    readonly ProductKernel _kernel;
    readonly ProductNest _nest;
    readonly ProductTile _tile;
    readonly ProductStore _store;
    readonly int _left;
    readonly Type _type, _quad;
    readonly List<LocalBuilder[]> _sums = [];      // by row and column of the thread

    public ProductBlocks(ThreadCode code, ProductKernel kernel, int firstOperand, ProductStore store)
    {
        (_code, _kernel, _nest, _tile, _left, _store) = (code, kernel, kernel.Nest, kernel.Tile!, firstOperand, store);
        _type = ScalarCode.TypeOf(_nest.DType);
        _quad = typeof(Quad<>).MakeGenericType(_type);
        for (var i = 0; i < 4 * _tile.RowQuads; i++) _sums.Add([.. Enumerable.Range(0, 4 * _tile.ColumnQuads).Select(_ => code.Il.DeclareLocal(_type))]);
    }

    public void Emit()
    {
        var (leftPiece, rightPiece) = (_tile.Step * _tile.LeftPitch, _tile.Step * _tile.RightPitch);
        var (leftShared, rightShared) = (_code.Shared(_type, 2 * leftPiece), _code.Shared(_type, 2 * rightPiece));
        var row = _code.Shared(_type, _tile.ThreadRows * _tile.Columns);
        var thread = _code.Let(typeof(int), () => _code.Property(typeof(Group), nameof(Group.IdxX)));
        var (threadRow, threadColumn) = Places(thread);
        var left = new ProductOperand(_code, _kernel, isLeft: true, _left, leftShared, thread);
        var right = new ProductOperand(_code, _kernel, isLeft: false, _left + 1, rightShared, thread);
        var (blockRows, blockColumns) = (Blocks(_nest.Rows.Extent, _tile.Rows), Blocks(_nest.Columns.Extent, _tile.Columns));
        _code.For(typeof(long), () =>
        {
            _code.Property(typeof(Grid), nameof(Grid.IdxX));
            _code.Il.Emit(OpCodes.Conv_I8);
            _code.Il.Emit(OpCodes.Ldarg_1);
            _code.Il.Emit(OpCodes.Add);
        }, () => _code.Il.Emit(OpCodes.Ldarg_2), () =>
        {
            _code.Property(typeof(Grid), nameof(Grid.DimX));
            _code.Il.Emit(OpCodes.Conv_I8);
        }, task =>
        {
            // The columns of blocks come first, then their rows, parts of sums, and matrices.
            var (rest, firstColumn) = Split(task, () => _code.Push(blockColumns), _tile.Columns);
            (rest, var firstRow) = Split(rest, () => _code.Push(blockRows), _tile.Rows);
            (rest, var part) = Split(rest, () => _code.PushLong(_nest.Parts), 1);
            var batch = _code.Let(typeof(int), () =>
            {
                _code.Push(rest);
                _code.Il.Emit(OpCodes.Conv_I4);
            });
            var batches = AccessCode.Digits(_code, _nest.Batch, batch);
            left.Begin(firstRow, batches);
            right.Begin(firstColumn, batches);
            foreach (var sum in _sums.SelectMany(sums => sums)) _code.Set(sum, () => _code.Zero(_type));
            Multiply(left, right, leftShared, rightShared, leftPiece, rightPiece, threadRow, threadColumn, part);
            Store(row, thread, threadRow, threadColumn, batch, firstRow, firstColumn, _kernel.Pass == ProductPass.Parts ? part : null);
        });
    }

    // A warp has four rows and eight columns of threads, which reads least of shared memory.
    (LocalBuilder Row, LocalBuilder Column) Places(LocalBuilder thread)
    {
        var (rows, columns) = _tile.ThreadRows % 4 == 0 && _tile.ThreadColumns % 8 == 0 ? (4, 8) : (1, _tile.ThreadColumns);
        var (patch, across) = (BitOperations.Log2((uint)(rows * columns)), BitOperations.Log2((uint)(_tile.ThreadColumns / columns)));
        return (Int(() => _code.Binary(OpCodes.Add, () => Scaled(() => _code.Binary(OpCodes.Shr_Un, thread, patch + across), rows), () => Masked(() => _code.Binary(OpCodes.Shr_Un, thread, BitOperations.Log2((uint)columns)), rows))),
            Int(() => _code.Binary(OpCodes.Add, () => Scaled(() => Masked(() => _code.Binary(OpCodes.Shr_Un, thread, patch), _tile.ThreadColumns / columns), columns), () => _code.Binary(OpCodes.And, thread, columns - 1))));

        void Scaled(Action value, int by) => _code.Binary(OpCodes.Mul, value, () => _code.Push(by));
        void Masked(Action value, int count) => _code.Binary(OpCodes.And, value, () => _code.Push(count - 1));
    }

    LocalBuilder Blocks(Size extent, int block) => _code.Let(typeof(long), () => _code.Binary(OpCodes.Div,
        () => _code.Binary(OpCodes.Add, () => _code.PushLong(extent), () => _code.Il.Emit(OpCodes.Ldc_I8, block - 1L)), () => _code.Il.Emit(OpCodes.Ldc_I8, (long)block)));

    // A flat index as its last digit, scaled, and what is before it.
    (LocalBuilder Before, LocalBuilder First) Split(LocalBuilder flat, Action count, int scale)
    {
        var first = Int(() =>
        {
            _code.Binary(OpCodes.Rem, () => _code.Push(flat), count);
            _code.Il.Emit(OpCodes.Conv_I4);
            _code.Push(scale);
            _code.Il.Emit(OpCodes.Mul);
        });
        return (_code.Let(typeof(long), () => _code.Binary(OpCodes.Div, () => _code.Push(flat), count)), first);
    }

    void Multiply(ProductOperand left, ProductOperand right, LocalBuilder leftShared, LocalBuilder rightShared, int leftPiece, int rightPiece, LocalBuilder threadRow, LocalBuilder threadColumn, LocalBuilder part)
    {
        var begin = Int(() => _code.Binary(OpCodes.Mul, () => _code.Push(part), () => _code.PushInt(_nest.PartLength)));
        var end = Int(() => _code.Minimum(() => _code.PushInt(_nest.Sum.Extent), () => _code.Binary(OpCodes.Add, () => _code.Push(begin), () => _code.PushInt(_nest.PartLength))));
        var last = Int(() =>
        {
            _code.Binary(OpCodes.Sub, end, 1);
            _code.Push(0);
            _code.Il.Emit(OpCodes.Call, typeof(DeviceMath).GetMethod(nameof(DeviceMath.Maximum), [typeof(int), typeof(int)])!);
        });
        var (leftAt, rightAt) = (Int(() => _code.Push(0)), Int(() => _code.Push(0)));
        var done = _code.Il.DefineLabel();
        _code.Push(begin);
        _code.Push(end);
        _code.Il.Emit(OpCodes.Bge, done);   // sums of nothing: the operands are empty
        Read(begin);
        Write();
        _code.For(typeof(int), () => _code.Push(begin), () => _code.Push(end), () => _code.Push(_tile.Step), k0 =>
        {
            var next = Int(() => _code.Binary(OpCodes.Add, k0, _tile.Step));
            Read(next);
            MultiplyPieces(Quads(leftShared, leftAt, threadRow), Quads(rightShared, rightAt, threadColumn));
            _code.Set(leftAt, () => _code.Binary(OpCodes.Sub, () => _code.Push(leftPiece), () => _code.Push(leftAt)));
            _code.Set(rightAt, () => _code.Binary(OpCodes.Sub, () => _code.Push(rightPiece), () => _code.Push(rightAt)));
            Write();
        });
        _code.Il.MarkLabel(done);

        void Read(LocalBuilder k0)
        {
            left.Load(k0, end, last);
            right.Load(k0, end, last);
        }

        void Write()
        {
            left.Store(leftAt);
            right.Store(rightAt);
            _code.Barrier();
        }
    }

    // Shared memory from the first numbers of a thread on.
    LocalBuilder Quads(LocalBuilder shared, LocalBuilder piece, LocalBuilder place) => _code.Let(typeof(ArrayView<>).MakeGenericType(_quad), () =>
    {
        _code.Push(shared);
        _code.Binary(OpCodes.Add, () => _code.Push(piece), () => _code.Binary(OpCodes.Mul, place, 4));
        _code.Il.Emit(OpCodes.Call, typeof(DeviceTile).GetMethod(nameof(DeviceTile.Quads))!.MakeGenericMethod(_type));
    });

    void MultiplyPieces(LocalBuilder left, LocalBuilder right)
    {
        for (var k = 0; k < _tile.Step; k++)
        {
            var a = Numbers(left, k * _tile.LeftPitch / 4, _tile.RowQuads, _tile.ThreadRows);
            var b = Numbers(right, k * _tile.RightPitch / 4, _tile.ColumnQuads, _tile.ThreadColumns);
            for (var i = 0; i < a.Length; i++)
                for (var j = 0; j < b.Length; j++)
                {
                    var (sum, x, y) = (_sums[i][j], a[i], b[j]);
                    _code.Set(sum, () => _code.Binary(OpCodes.Add, () => _code.Push(sum), () => _code.Binary(OpCodes.Mul, () => _code.Push(x), () => _code.Push(y))));
                }
        }
    }

    LocalBuilder[] Numbers(LocalBuilder quads, int first, int count, int stride) => [.. Enumerable.Range(0, count).SelectMany(q =>
    {
        var quad = _code.Let(_quad, () =>
        {
            _code.Address(quads, () => _code.Push(first + q * stride));
            _code.Il.Emit(OpCodes.Ldobj, _quad);
        });
        return Fields().Select(field => _code.Let(_type, () =>
        {
            _code.Push(quad);
            _code.Il.Emit(OpCodes.Ldfld, field);
        }));
    })];

    IEnumerable<System.Reflection.FieldInfo> Fields() => [_quad.GetField("First")!, _quad.GetField("Second")!, _quad.GetField("Third")!, _quad.GetField("Fourth")!];

    // Every thread's first row, then every thread's second row, and so on.
    void Store(LocalBuilder shared, LocalBuilder thread, LocalBuilder threadRow, LocalBuilder threadColumn, LocalBuilder batch, LocalBuilder firstRow, LocalBuilder firstColumn, LocalBuilder? part)
    {
        var columnBits = BitOperations.Log2((uint)_tile.Columns);
        var own = Int(() => _code.Binary(OpCodes.And, thread, _tile.Columns - 1));
        var column = Int(() => _code.Binary(OpCodes.Add, () => _code.Push(firstColumn), () => _code.Push(own)));
        var to = Int(() => _code.Binary(OpCodes.Add, () => _code.Binary(OpCodes.Mul, threadRow, _tile.Columns), () => _code.Binary(OpCodes.Mul, threadColumn, 4)));
        _code.For(typeof(int), () => _code.Push(0), () => _code.Push(_sums.Count), () => _code.Push(1), i =>
        {
            Case(i, sums =>
            {
                for (var j = 0; j < sums.Length; j++)
                {
                    _code.Address(shared, () => _code.Binary(OpCodes.Add, to, j / 4 * 4 * _tile.ThreadColumns + j % 4));
                    _code.Push(sums[j]);
                    _code.Il.Emit(OpCodes.Stobj, _type);
                }
            });
            _code.Barrier();
            var begin = Int(() => _code.Binary(OpCodes.Shr_Un, thread, columnBits));
            _code.For(typeof(int), () => _code.Push(begin), () => _code.Push(_tile.ThreadRows), () => _code.Push(_tile.Threads >> columnBits), r =>
            {
                // Row i of thread row r: rows come in fours of each thread.
                var row = Int(() =>
                {
                    _code.Push(firstRow);
                    _code.Binary(OpCodes.Mul, () => _code.Binary(OpCodes.Shr, i, 2), () => _code.Push(4 * _tile.ThreadRows));
                    _code.Il.Emit(OpCodes.Add);
                    _code.Binary(OpCodes.Mul, r, 4);
                    _code.Il.Emit(OpCodes.Add);
                    _code.Binary(OpCodes.And, i, 3);
                    _code.Il.Emit(OpCodes.Add);
                });
                var outside = _code.Il.DefineLabel();
                SkipPast(row, _nest.Rows.Extent, outside);
                SkipPast(column, _nest.Columns.Extent, outside);
                var value = _code.Let(_type, () =>
                {
                    _code.Address(shared, () => _code.Binary(OpCodes.Add, () => _code.Binary(OpCodes.Mul, r, _tile.Columns), () => _code.Push(own)));
                    _code.Il.Emit(OpCodes.Ldobj, _type);
                });
                _store.Emit(batch, row, column, part, value);
                _code.Il.MarkLabel(outside);
            });
            _code.Barrier();
        });
    }

    // One of the rows of sums, by its number.
    void Case(LocalBuilder number, Action<LocalBuilder[]> body)
    {
        Label[] cases = [.. _sums.Select(_ => _code.Il.DefineLabel())];
        var end = _code.Il.DefineLabel();
        _code.Push(number);
        _code.Il.Emit(OpCodes.Switch, cases);
        _code.Il.Emit(OpCodes.Br, end);
        for (var i = 0; i < cases.Length; i++)
        {
            _code.Il.MarkLabel(cases[i]);
            body(_sums[i]);
            _code.Il.Emit(OpCodes.Br, end);
        }
        _code.Il.MarkLabel(end);
    }

    void SkipPast(LocalBuilder index, Size extent, Label outside)
    {
        _code.Push(index);
        _code.PushInt(extent);
        _code.Il.Emit(OpCodes.Bge, outside);
    }

    LocalBuilder Int(Action push) => _code.Let(typeof(int), push);
}
