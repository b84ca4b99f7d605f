using System.Reflection.Emit;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>
/// Reductions over rows, the columns by vectors: a strip of columns keeps its accumulators in the first-level cache while blocks of rows pass, so that memory is
/// read row by row and not column by column. The order of each sum is that of the rows.
/// </summary>
sealed partial class KernelEmitter
{
    const int StripBytes = 16 << 10;   // of accumulators: half of the first-level cache; a wide strip reads memory by long pieces
    const int RowBlock = 8;
    const long MostBytesAhead = 32 << 10;   // to the next block of rows: from further away it costs more than it saves
    const int MostStrips = 4;          // accumulators
    const int MostStripCost = 24;      // of one row, in multiplications: its code is repeated for each row of a block

    /// <summary>The body of a vector loop: statements, a reduction by one serial loop, statements.</summary>
    readonly record struct Columns(Statement[] Before, Reduction Reduction, Loop Rows, Statement[] After);

    // The parts of a vector loop's body; null when it is not of this form.
    static Columns? ColumnsOf(Loop loop)
    {
        var at = loop.Body.ToList().FindIndex(s => s is Reduction);
        if (at < 0 || loop.Body[at] is not Reduction { Body: [Loop { Kind: LoopKind.Serial } rows], Accumulators.Count: <= MostStrips } reduction) return null;
        if (loop.Body.Count(s => s is Reduction or Loop) > 1 || !rows.Body.All(s => s is Load or Compute or Accumulate) || rows.Body.Sum(CostOf) > MostStripCost) return null;
        if (loop.Body.Take(at).Any(s => s is not (Load or Compute or LoadIndex))) return null;
        var axis = loop.Axes[0].Axis;
        var isDense = loop.Body.Take(at).Concat(rows.Body).SelectMany(Accesses).All(a => a.Guards.Count == 0 && a.Dynamic.Count == 0 && a.StrideOf(axis) is { IsSlot: false, Value: 0 or 1 });
        return isDense ? new Columns([.. loop.Body.Take(at)], reduction, rows, [.. loop.Body.Skip(at + 1)]) : null;
    }

    static int CostOf(Statement statement)
    {
        var value = statement switch { Compute compute => compute.Value, Accumulate accumulate => accumulate.Value, _ => null };
        return 1 + (value is null ? 0 : Traversal.Topological([value]).Sum(node => node.Op is Map { Function.Cost: var cost } ? cost : 0));
    }

    void AllocateStrips()
    {
        if (!HasColumns(_nest.Root)) return;
        _strips = _il.DeclareLocal(typeof(byte*));
        _il.Emit(OpCodes.Ldc_I4, StripBytes + Storage.Alignment);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Localloc);
        _il.Emit(OpCodes.Ldc_I4, Storage.Alignment - 1);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldc_I4, -Storage.Alignment);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Stloc, _strips);
    }

    static bool HasColumns(Statement statement) => statement is Loop loop && (loop.Kind == LoopKind.Vector ? ColumnsOf(loop) is not null : loop.Body.Any(HasColumns));

    void ColumnLoop(Loop loop, Columns columns, Action begin, Action end)
    {
        var index = _indices[loop.Axes[0].Axis] = _il.DeclareLocal(typeof(long));
        var (strip, stripEnd, slot) = (_il.DeclareLocal(typeof(long)), _il.DeclareLocal(typeof(long)), _il.DeclareLocal(typeof(byte*)));
        _vectorAxis = loop.Axes[0].Axis;
        _lanes = Lanes.Full;
        foreach (var accumulator in columns.Reduction.Accumulators) NewAccumulator(accumulator, isHorizontal: false);
        var width = StripBytes / SlotBytes(columns) * _registers.Lanes;
        For(strip, begin, end, width, () =>
        {
            _il.Emit(OpCodes.Ldloc, strip);
            _il.Emit(OpCodes.Ldc_I8, (long)width);
            _il.Emit(OpCodes.Add);
            end();
            _il.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.Min), [typeof(long), typeof(long)])!);
            _il.Emit(OpCodes.Stloc, stripEnd);
            EachVector(() =>
            {
                foreach (var (result, _) in columns.Reduction.Accumulators) Neutralise(result);
                MoveStrips(columns, slot, isLoad: false);
                Advance(columns, slot);
            });
            RowLoops(columns, 0, rows => EachVector(() =>
            {
                MoveStrips(columns, slot, isLoad: true);
                foreach (var statement in columns.Before) Emit(statement);
                rows();
                MoveStrips(columns, slot, isLoad: false);
                Advance(columns, slot);
            }));
            Finish();
        });
        (_lanes, _vectorAxis) = (Lanes.Uniform, -1);

        void EachVector(Action body)
        {
            _il.Emit(OpCodes.Ldloc, _strips!);
            _il.Emit(OpCodes.Stloc, slot);
            For(index, () => _il.Emit(OpCodes.Ldloc, strip), () => _il.Emit(OpCodes.Ldloc, stripEnd), _registers.Lanes, () => Nested(body));
        }

        // What follows the reduction, for whole vectors and for the rest.
        void Finish()
        {
            _il.Emit(OpCodes.Ldloc, _strips!);
            _il.Emit(OpCodes.Stloc, slot);
            var rest = new Loop(LoopKind.Vector, loop.Axes, [new Finished(columns, slot), .. columns.Before, .. columns.After]);
            PlainVectorLoop(rest, () => _il.Emit(OpCodes.Ldloc, strip), () => _il.Emit(OpCodes.Ldloc, stripEnd));
            (_lanes, _vectorAxis) = (Lanes.Full, loop.Axes[0].Axis);
        }
    }

    /// <summary>Gives the variables of a reduction over rows their values from the strips.</summary>
    sealed record Finished(Columns Columns, LocalBuilder Slot) : Statement;

    void EmitFinished(Finished finished)
    {
        MoveStrips(finished.Columns, finished.Slot, isLoad: true);
        Advance(finished.Columns, finished.Slot);
        foreach (var (result, _) in finished.Columns.Reduction.Accumulators) StoreResult(result);
    }

    // The serial axes as loops, the last one by blocks of rows and then by single ones.
    void RowLoops(Columns columns, int from, Action<Action> eachVector)
    {
        var axis = columns.Rows.Axes[from];
        var index = _il.DeclareLocal(typeof(long));
        Nested(() =>
        {
            var moving = Accesses(columns.Rows).Distinct().Where(a => a.Terms.Any(t => t.Axis == axis.Axis)).ToArray();
            foreach (var access in moving) NewPointer(access, () => _il.Emit(OpCodes.Ldloc, _scope.Pointer(access)));
            _il.Emit(OpCodes.Ldc_I8, 0L);
            _il.Emit(OpCodes.Stloc, index);
            if (from + 1 < columns.Rows.Axes.Count) Rows(1, () => RowLoops(columns, from + 1, eachVector));
            else
            {
                Rows(RowBlock, () => Block(RowBlock));
                Rows(1, () => Block(1));
            }

            // As many steps of so many rows as are left.
            void Rows(int rows, Action body)
            {
                var (top, test) = (_il.DefineLabel(), _il.DefineLabel());
                _il.Emit(OpCodes.Br, test);
                _il.MarkLabel(top);
                Nested(body);
                foreach (var access in moving)
                {
                    PushRow(access, rows);
                    _il.Emit(OpCodes.Stloc, _scope.Pointer(access));
                }
                Binary(OpCodes.Add, () => _il.Emit(OpCodes.Ldloc, index), () => _il.Emit(OpCodes.Ldc_I8, (long)rows), index);
                _il.MarkLabel(test);
                Binary(OpCodes.Sub, () => Push(axis.Extent), () => _il.Emit(OpCodes.Ldloc, index), _remaining ??= _il.DeclareLocal(typeof(long)));
                _il.Emit(OpCodes.Ldloc, _remaining);
                _il.Emit(OpCodes.Ldc_I8, (long)rows);
                _il.Emit(OpCodes.Bge, top);
            }

            void Block(int rows)
            {
                var scopes = new Scope[rows];
                for (var row = 0; row < rows; row++)
                {
                    var at = row;
                    Nested(() =>
                    {
                        if (at > 0)
                            foreach (var access in moving) NewPointer(access, () => PushRow(access, at));
                        scopes[at] = _scope;
                    });
                }
                if (rows > 1) ReadRowsAhead(moving, axis.Axis, rows, MostBytesAhead);
                eachVector(() =>
                {
                    var own = _scope;
                    foreach (var scope in scopes)
                    {
                        _scope = new Scope(scope);
                        foreach (var statement in columns.Rows.Body) Emit(statement);
                    }
                    _scope = own;
                });
                _rowsAhead.Clear();
            }

            void PushRow(Access access, int rows)
            {
                _il.Emit(OpCodes.Ldloc, _scope.Pointer(access));
                PushBytes(access.StrideOf(axis.Axis), SizeOf(access) * rows);
                _il.Emit(OpCodes.Add);
            }
        });
    }

    void NewPointer(Access access, Action value)
    {
        var pointer = _il.DeclareLocal(typeof(byte*));
        value();
        _il.Emit(OpCodes.Stloc, pointer);
        _scope.Set(access, pointer);
    }

    // Accumulators between their registers and their slots.
    void MoveStrips(Columns columns, LocalBuilder slot, bool isLoad)
    {
        var offset = 0;
        foreach (var (result, _) in columns.Reduction.Accumulators)
        {
            var accumulation = _accumulators[result];
            var element = Registers.Element(result.DType);
            var (load, store) = accumulation.UpperHalf is not null ? (_registers.LoadWideSum(), _registers.StoreWideSum()) : (_registers.Load(element), _registers.Store(element));
            Move(accumulation.Value);
            if (accumulation.UpperHalf is not null) Move(accumulation.UpperHalf);

            void Move(LocalBuilder local)
            {
                if (!isLoad) _il.Emit(OpCodes.Ldloc, local);
                _il.Emit(OpCodes.Ldloc, slot);
                _il.Emit(OpCodes.Ldc_I4, offset);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Call, isLoad ? load : store);
                if (isLoad) _il.Emit(OpCodes.Stloc, local);
                offset += VectorBytes(result);
            }
        }
    }

    // To the slots of the next vector.
    void Advance(Columns columns, LocalBuilder slot) =>
        Binary(OpCodes.Add, () => _il.Emit(OpCodes.Ldloc, slot), () => _il.Emit(OpCodes.Ldc_I4, SlotBytes(columns)), slot);

    // The accumulators of one vector of columns.
    int SlotBytes(Columns columns) => columns.Reduction.Accumulators.Sum(a => VectorBytes(a.Result) * (_accumulators[a.Result].UpperHalf is null ? 1 : 2));

    int VectorBytes(Variable value) => _registers.Lanes * (Registers.Element(value.DType) is var element && (element == typeof(double) || element == typeof(long)) ? sizeof(double) : sizeof(float));
}
