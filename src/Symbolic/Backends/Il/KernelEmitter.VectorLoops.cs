using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>Vector loops: what is the same for all indices comes before them, whole vectors follow, and last the lanes that remain.</summary>
sealed partial class KernelEmitter
{
    void VectorLoop(Loop loop, Action begin, Action end)
    {
        if (ColumnsOf(loop) is { } columns) ColumnLoop(loop, columns, begin, end);
        else PlainVectorLoop(loop, begin, end);
    }

    // Whole vectors, then the rest of the lanes in one more pass.
    void PlainVectorLoop(Loop loop, Action begin, Action end)
    {
        if (_lanes != Lanes.Uniform) Passes(loop);
        else Nested(() => Passes(loop with { Body = [.. Unfixed(loop)] }));

        void Passes(Loop left)
        {
            var reduces = Accumulates(left.Body) && Sse.IsSupported;
            var written = reduces ? _written : [];
            var readsAhead = !reduces || _rowsAhead.Count > 0 ? 0 : written.Length > 0 ? BytesAheadBeforeOthers : BytesAhead;
            _written = [];
            VectorPasses(left, readsAhead, begin, end, () => Ahead(() => EmitAll(left.Body)), SeveralOf(left) is var (vectors, body) ? (vectors, () => Ahead(body)) : null);

            void Ahead(Action vectors)
            {
                if (_lanes == Lanes.Full)
                    foreach (var access in written) WriteAhead(access);
                vectors();
            }
        }
    }

    // The stores of the vector loops of a row that follow a reduction over it.
    static Access[] WrittenLater(Loop rows)
    {
        var first = rows.Body.ToList().FindIndex(s => s is Reduction or Loop);
        return first < 0 || rows.Body[first] is not Reduction { Body: [Loop { Kind: LoopKind.Vector }] } ? []
            : [.. from part in rows.Body.Skip(first + 1)
                  from loop in part switch { Loop plain => [plain], Reduction { Body: [Loop reduced] } => [reduced], _ => (Loop[])[] }
                  where loop.Kind == LoopKind.Vector
                  from store in loop.Body.OfType<Store>()
                  where store.Target is { Guards.Count: 0, Dynamic.Count: 0 } && store.Target.StrideOf(loop.Axes[0].Axis) == Size.Of(1)
                  select store.Target];
    }

    // What copies has more reads and writes under way in shorter code, what computes more to do at a time.
    (int, Action)? SeveralOf(Loop loop) =>
        IsCopy(loop) ? (CopiedVectors, () => EmitCopies(loop.Body)) : AreInterleaved(loop) ? (Interleaved, () => EmitInterleaved(loop.Body)) : null;

    void EmitCopies(EquatableArray<Statement> body)
    {
        for (; _shift < CopiedVectors * _registers.Lanes; _shift += _registers.Lanes) Nested(() => EmitAll(body));
        _shift = 0;
    }

    // Emits what is the same for all indices of a vector loop, and gives the statements that are not: loads, values, and parts of values.
    List<Statement> Unfixed(Loop loop)
    {
        var axis = loop.Axes[0].Axis;
        var stored = loop.Body.OfType<Store>().Select(s => s.Target.Buffer).ToHashSet();
        var inside = loop.Body.SelectMany(Targets).ToHashSet();
        var left = new List<Statement>();
        foreach (var statement in loop.Body)
            switch (statement)
            {
                case Load load when !stored.Contains(load.Source.Buffer) && load.Source.StrideOf(axis) == Size.Of(0) && load.Source.Guards.All(g => g.Terms.All(t => t.Axis != axis)) && !load.Source.Dynamic.Any(d => inside.Contains(d.Value)):
                    Fix(load, load.Target);
                    break;
                case Load { Source: { Dynamic.Count: > 0, Guards.Count: 0 } row } when !row.Dynamic.Any(d => inside.Contains(d.Value)):
                    Find(row);
                    left.Add(statement);
                    break;
                case Load { Source: { Dynamic.Count: 0, Guards.Count: > 0 } guarded } when guarded.StrideOf(axis) == Size.Of(1) && guarded.Guards.All(g => g.Terms.All(t => t.Axis != axis)):
                    if (!_scope.IsFound(guarded)) FindGuarded(guarded);
                    left.Add(statement);
                    break;
                case LoadIndex index when index.Axis != axis:
                    Fix(index, index.Target);
                    break;
                case Compute compute when FixParts(compute.Value):
                    Fix(compute, compute.Target);
                    break;
                default:
                    if (statement is Store { Value: var value }) FixParts(value);
                    left.Add(statement);
                    break;
            }
        return left;

        // Which row is read is the same for all indices: it is looked up once.
        void Find(Access row)
        {
            if (_scope.IsFound(row)) return;
            PushPlace(row);
            var pointer = _il.DeclareLocal(typeof(byte*));
            _il.Emit(OpCodes.Stloc, pointer);
            _scope.SetFound(row, pointer);
        }

        void Fix(Statement statement, Variable target)
        {
            Emit(statement);
            inside.Remove(target);
        }

        // Computes the largest parts of a value that are the same for all indices, and says whether the whole is.
        bool FixParts(Expr value)
        {
            var expanded = _expansion.Of(value);
            var varies = new HashSet<Expr>();
            var order = Traversal.Topological([expanded]);
            foreach (var node in order)
                if (node is Variable variable && inside.Contains(variable) || node.Inputs.Any(varies.Contains)) varies.Add(node);
            foreach (var node in order)
                if (varies.Contains(node))
                    foreach (var input in node.Inputs)
                        if (input is Apply && !varies.Contains(input)) Evaluate(input);
            return !varies.Contains(expanded);
        }

        static IEnumerable<Variable> Targets(Statement statement) => statement switch
        {
            Load load => [load.Target],
            LoadIndex index => [index.Target],
            Compute compute => [compute.Target],
            Loop inner => inner.Body.SelectMany(Targets),
            Reduction reduction => reduction.Body.SelectMany(Targets).Concat(reduction.Accumulators.Select(a => a.Result)),
            _ => [],
        };
    }

    // Vectors one by one, after several at a time if there is a body for that, and then the rest of the lanes.
    void VectorPasses(Loop loop, long readsAhead, Action begin, Action end, Action body, (int Vectors, Action Body)? several = null)
    {
        var axis = loop.Axes[0];
        var (index, last) = (_indices[axis.Axis] = _il.DeclareLocal(typeof(long)), _il.DeclareLocal(typeof(long)));
        end();
        _il.Emit(OpCodes.Ldc_I8, (long)_registers.Lanes - 1);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, last);
        _vectorAxis = axis.Axis;
        _lanes = Lanes.Full;
        _readsAhead = readsAhead;
        if (_rowsAhead.Count == 0 && _rowAxis >= 0 && CountOf(loop.Body).Operations >= LongChain) ReadRowsAhead(loop.Body.SelectMany(Accesses).Where(a => a.StrideOf(_rowAxis) != axis.Extent), _rowAxis, 1);   // the processor guesses neighbours only
        if (several is var (vectors, together))
        {
            var lastGroup = _il.DeclareLocal(typeof(long));
            Binary(OpCodes.Sub, () => _il.Emit(OpCodes.Ldloc, last), () => _il.Emit(OpCodes.Ldc_I8, (long)(vectors - 1) * _registers.Lanes), lastGroup);
            For(index, begin, () => _il.Emit(OpCodes.Ldloc, lastGroup), vectors * _registers.Lanes, together);
            begin = () => _il.Emit(OpCodes.Ldloc, index);
        }
        For(index, begin, () => _il.Emit(OpCodes.Ldloc, last), _registers.Lanes, () => Nested(body));
        _readsAhead = 0;
        _rowsAhead.Clear();
        _lanes = Lanes.Part;
        _remaining = _il.DeclareLocal(typeof(long));
        var done = _il.DefineLabel();
        Binary(OpCodes.Sub, end, () => _il.Emit(OpCodes.Ldloc, index), _remaining);
        _il.Emit(OpCodes.Ldloc, _remaining);
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Ble, done);
        if (Accumulates(loop.Body)) EmitMask();
        Nested(body);
        _il.MarkLabel(done);
        (_lanes, _vectorAxis) = (Lanes.Uniform, -1);
    }

    void EmitAll(EquatableArray<Statement> body)
    {
        for (var i = 0; i < body.Count; i++)
            if (body[i] is Store even && i + 1 < body.Count && body[i + 1] is Store odd && ArePair(even, odd))
            {
                EmitPair(even, odd);
                i++;
            }
            else Emit(body[i]);
    }

    static bool Accumulates(IEnumerable<Statement> body) => body.Any(s => s is Accumulate || s is Loop loop && Accumulates(loop.Body));

    void EmitMask()
    {
        _mask = _il.DeclareLocal(_registers.Of(typeof(int)));
        _il.Emit(OpCodes.Call, _registers.Helper("Indices"));
        _il.Emit(OpCodes.Ldloc, _remaining!);
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Call, _registers.Create(typeof(int)));
        _il.Emit(OpCodes.Call, _registers.Method("LessThan", typeof(int), 2));
        _il.Emit(OpCodes.Stloc, _mask);
    }
}
