using System.Collections.Immutable;

namespace DeepSym.Kernels;

/// <summary>
/// Turns a symbolic nest into a <see cref="LoopNest"/>: axes of size 1 go, neighbouring axes that every access walks as one are merged, sizes get slots,
/// buffers get numbers.
/// </summary>
sealed class NestAssembler
{
    readonly Dim[] _extents;
    readonly List<Buffer> _buffers = [];
    readonly List<Dim> _sizes = [Dim.Zero];
    readonly Dictionary<int, int> _mergedInto = [];
    readonly List<(SymbolicAccess Access, bool IsStore)> _accesses = [];
    readonly HashSet<int> _pinned = [];   // axes whose index is a value or in a guard
    readonly Func<Buffer, Expr, int> _parameter;
    readonly List<(int Slot, Dim Offset, Dim Step)> _moves = [];
    int? _columnAxis;

    NestAssembler(Dim[] extents, Func<Buffer, Expr, int> parameter) => (_extents, _parameter) = (extents, parameter);

    /// <param name="extents">The size of every axis.</param>
    /// <param name="outer">The axes around everything.</param>
    /// <param name="isColumnar">Whether the last outer axis runs by vectors.</param>
    /// <param name="body">What is inside.</param>
    /// <param name="parameter">Where in its block a literal or size lies.</param>
    /// <param name="zeroed">Buffers that are zeroed before the kernel runs.</param>
    public static KernelStep Assemble(ImmutableArray<Dim> extents, ImmutableArray<int> outer, bool isColumnar, EquatableArray<Statement> body,
        Func<Buffer, Expr, int> parameter, ImmutableArray<Buffer> zeroed = default)
    {
        var assembler = new NestAssembler([.. extents], parameter);
        assembler.Collect(body);
        var axes = assembler.Merge(outer);
        if (axes.Count == 0) axes = [assembler.Dummy()];
        if (isColumnar && zeroed.IsDefaultOrEmpty && assembler.ReadsAcross(axes, body)) return assembler.Blocks(axes[..^1], axes[^1], body);
        var inside = assembler.Convert(body);
        var root = !isColumnar
            ? new Loop(LoopKind.Serial, assembler.LoopAxes(axes), inside)
            : axes.Count == 1
                ? new Loop(LoopKind.Vector, assembler.LoopAxes(axes), inside)
                : new Loop(LoopKind.Serial, assembler.LoopAxes(axes[..^1]), Hoisted(inside, axes[^1], assembler.LoopAxes(axes[^1..])));
        var rootAxes = isColumnar && axes.Count > 1 ? axes[..^1] : axes;
        var perIndex = isColumnar && axes.Count > 1 ? assembler._extents[axes[^1]] : Dim.One;
        var split = isColumnar || !axes.TrueForAll(axis => assembler._extents[axis].IsOne) ? null : assembler.SplitOf(body, axes[0]);
        return assembler.Step(root, rootAxes, perIndex, body, zeroed, split);
    }

    KernelStep Step(Loop root, IEnumerable<int> rootAxes, Dim perIndex, EquatableArray<Statement> body, ImmutableArray<Buffer> zeroed = default, ReductionSplit? split = null) => new()
    {
        Nest = new LoopNest(_buffers.Select(b => b.DType).ToEquatable(), _sizes.Count, root),
        Buffers = [.. _buffers],
        Sizes = [.. _sizes],
        Extent = rootAxes.Aggregate(Dim.One, (product, axis) => product * _extents[axis]),
        Work = perIndex * WorkOf(body),
        Reads = [.. _accesses.Where(a => !a.IsStore).Select(a => a.Access.Buffer).Distinct()],
        Writes = [.. _accesses.Where(a => a.IsStore).Select(a => a.Access.Buffer).Distinct()],
        InPlace = zeroed.IsDefaultOrEmpty ? [.. InPlacePairs(body)] : [],
        CanFail = _accesses.Any(a => a.Access.Dynamic.Count > 0),
        Zeroed = zeroed.IsDefault ? [] : zeroed,
        Split = split,
    };

    /// <summary>
    /// A kernel over rows (the first <paramref name="rows"/> of the outer axes) and columns (the others, which must walk as one) that can run on any
    /// block of both: the epilogue of a contraction. Null when the columns do not walk as one.
    /// </summary>
    public static KernelStep? AssembleBlocks(ImmutableArray<Dim> extents, ImmutableArray<int> outer, int rows, EquatableArray<Statement> body, Func<Buffer, Expr, int> parameter)
    {
        var assembler = new NestAssembler([.. extents], parameter);
        assembler.Collect(body);
        var (row, column) = (assembler.Merge(outer[..rows]), assembler.Merge(outer[rows..]));
        if (column.Count > 1) return null;
        if (row.Count == 0) row = [assembler.Dummy()];
        if (column.Count == 0) column = [assembler.Dummy(row[0])];
        return assembler._pinned.Contains(column[0]) ? null : assembler.Blocks(row, column[0], body);
    }

    // No index of a column is a value: it counts from the first column of a block.
    KernelStep Blocks(List<int> rows, int column, EquatableArray<Statement> body)
    {
        _columnAxis = column;
        var inside = Convert(body);
        var extent = NewSlot(_extents[column]);
        var vector = Hoisted(inside, column, [new LoopAxis(column, Size.Slot(extent))]);
        var step = Step(new Loop(LoopKind.Serial, LoopAxes(rows), vector), rows, _extents[column], body);
        return new KernelStep
        {
            Nest = step.Nest, Buffers = step.Buffers, Sizes = step.Sizes, Extent = step.Extent, Work = step.Work, Reads = step.Reads, Writes = step.Writes,
            InPlace = step.InPlace, CanFail = step.CanFail, Columns = new ColumnRange(extent, [.. _moves]),
        };
    }

    // Whether something is read along the rows that is contiguous across them: a transpose.
    bool ReadsAcross(List<int> axes, EquatableArray<Statement> body) =>
        axes.Count > 1 && !_pinned.Contains(axes[^1]) && body.All(s => s is SymbolicLoad or SymbolicStore or Compute)
        && _accesses.Any(a => !a.IsStore && a.Access.StrideOf(axes[^1]) is var along && along != Dim.Zero && along != Dim.One && axes.Any(axis => a.Access.StrideOf(axis) == Dim.One));

    // A kernel that only reduces one axis to scalars, by blocks; null when it does more.
    ReductionSplit? SplitOf(EquatableArray<Statement> body, int blockAxis)
    {
        var at = body.ToList().FindIndex(s => s is Reduction);
        if (at < 0 || body.Count(s => s is Reduction or SymbolicLoop) > 1 || body[at] is not Reduction { Body: [SymbolicLoop { IsVector: true } loop] } reduction) return null;
        if (!body.Take(at).All(s => s is SymbolicLoad or Compute) || !loop.Body.All(s => s is SymbolicLoad or Compute or Accumulate)) return null;
        int[] axes = [.. loop.Axes.Where(axis => !_mergedInto.ContainsKey(axis) && !_extents[axis].IsOne)];
        if (axes is not [var axis] || _pinned.Contains(axis) || _accesses.Any(a => a.Access.Dynamic.Count > 0)) return null;

        var (length, count) = (NewSlot(Dim.Zero), NewSlot(Dim.Zero));
        var before = Convert([.. body.Take(at)]);
        var inside = loop.Body.Select(s => s is SymbolicLoad load ? ByBlock(load) : s).ToEquatable();
        var partials = reduction.Accumulators.Select((accumulator, i) => new Access(_buffers.Count + i, Size.Of(0), [new AccessTerm(blockAxis, Size.Of(1))])).ToArray();
        var blocks = new Loop(LoopKind.Serial, [new LoopAxis(blockAxis, Size.Of(1))],
        [
            .. before,
            reduction with { Body = [new Loop(LoopKind.Vector, [new LoopAxis(axis, Size.Slot(length))], inside)] },
            .. partials.Select((partial, i) => new Store(partial, reduction.Accumulators[i].Result)),
        ]);
        var loaded = reduction.Accumulators.Select((accumulator, i) => KernelVariables.Get(KernelVariables.FirstAdded + i, accumulator.Result.DType)).ToArray();
        var combination = new Loop(LoopKind.Serial, [new LoopAxis(axis, Size.Of(1))],
        [
            .. before,
            reduction with
            {
                Body = [new Loop(LoopKind.Vector, [new LoopAxis(blockAxis, Size.Slot(count))],
                    [.. partials.Select((partial, i) => new Load(loaded[i], partial)), .. loaded.Select((value, i) => new Accumulate(reduction.Accumulators[i].Result, value))])],
            },
            .. Convert([.. body.Skip(at + 1)]),
        ]);
        var dtypes = _buffers.Select(b => b.DType).Concat(reduction.Accumulators.Select(a => a.Result.DType)).ToEquatable();
        return new ReductionSplit(new LoopNest(dtypes, _sizes.Count, blocks), new LoopNest(dtypes, _sizes.Count, combination), _extents[axis], length, count);

        Load ByBlock(SymbolicLoad load)
        {
            var converted = Convert(load.Source);
            var stride = load.Source.StrideOf(axis);
            return new Load(load.Target, stride == Dim.Zero ? converted : converted with { Terms = [.. converted.Terms, new AccessTerm(blockAxis, SizeOf(stride * ReductionSplit.BlockLength))] });
        }
    }

    // A vector loop, and before it what is the same for all of its indices: it then need not be found for each lane.
    static EquatableArray<Statement> Hoisted(EquatableArray<Statement> body, int vectorAxis, EquatableArray<LoopAxis> axes)
    {
        var (before, inside) = (new List<Statement>(), new List<Statement>());
        var known = new HashSet<Variable>();
        var stored = body.OfType<Store>().Select(s => s.Target.Buffer).ToHashSet();
        foreach (var statement in body)
        {
            var target = statement switch
            {
                Load load when !stored.Contains(load.Source.Buffer) && IsFixed(load.Source) => load.Target,
                LoadIndex index when index.Axis != vectorAxis => index.Target,
                Compute compute when Traversal.Leaves(compute.Value).OfType<Variable>().All(known.Contains) => compute.Target,
                _ => null,
            };
            (target is null ? inside : before).Add(statement);
            if (target is not null) known.Add(target);
        }
        return [.. before, new Loop(LoopKind.Vector, axes, inside.ToEquatable())];

        bool IsFixed(Access source) => source.Terms.All(t => t.Axis != vectorAxis) && source.Guards.All(g => g.Terms.All(t => t.Axis != vectorAxis)) && source.Dynamic.All(d => known.Contains(d.Value));
    }

    int Dummy(int except = -1)
    {
        for (var axis = 0; axis < _extents.Length; axis++)
            if (_extents[axis].IsOne && axis != except) return axis;
        throw new CompileException("DeepSym broke an invariant: a kernel without axes. Please report this.");
    }

    void Collect(IEnumerable<Statement> body)
    {
        foreach (var statement in body)
            switch (statement)
            {
                case SymbolicLoad load: Add(load.Source, isStore: false); break;
                case SymbolicStore store: Add(store.Target, isStore: true); break;
                case LoadIndex index: _pinned.Add(index.Axis); break;
                case SymbolicLoop loop: Collect(loop.Body); break;
                case SymbolicOwned owned:
                    _pinned.Add(owned.Axis);
                    Collect(owned.Body);
                    break;
                case Reduction reduction: Collect(reduction.Body); break;
            }

        void Add(SymbolicAccess access, bool isStore)
        {
            _accesses.Add((access, isStore));
            foreach (var guard in access.Guards) _pinned.UnionWith(guard.Terms.Select(t => t.Axis));
        }
    }

    // The axes that remain of a list of nested axes.
    List<int> Merge(IReadOnlyList<int> axes)
    {
        var kept = axes.Where(axis => !_extents[axis].IsOne).ToList();
        for (var i = kept.Count - 2; i >= 0; i--)
        {
            var (outer, inner) = (kept[i], kept[i + 1]);
            if (_pinned.Contains(outer) || _pinned.Contains(inner)) continue;
            if (!_accesses.All(a => a.Access.StrideOf(outer) == a.Access.StrideOf(inner) * _extents[inner])) continue;
            _extents[inner] = _extents[outer] * _extents[inner];
            _mergedInto[outer] = inner;
            kept.RemoveAt(i);
        }
        return kept;
    }

    EquatableArray<LoopAxis> LoopAxes(IEnumerable<int> axes) => axes.Select(axis => new LoopAxis(axis, SizeOf(_extents[axis]))).ToEquatable();

    EquatableArray<Statement> Convert(EquatableArray<Statement> body) => body.Select(Convert).ToEquatable();

    Statement Convert(Statement statement)
    {
        switch (statement)
        {
            case SymbolicLoad load: return new Load(load.Target, Convert(load.Source));
            case SymbolicStore store: return new Store(Convert(store.Target), store.Value, store.Mode);
            case SymbolicOwned owned: return new Owned(owned.Axis, owned.Owners, Convert(owned.Indices), Convert(owned.Body));
            case Reduction reduction: return reduction with { Body = Convert(reduction.Body) };
            case SymbolicLoop loop:
                var axes = Merge(loop.Axes);
                if (axes.Count == 0) axes = [loop.Axes[^1]];
                var inside = Convert(loop.Body);
                if (!loop.IsVector) return new Loop(LoopKind.Serial, LoopAxes(axes), inside);
                var vector = new Loop(LoopKind.Vector, LoopAxes(axes[^1..]), inside);
                return axes.Count == 1 ? vector : new Loop(LoopKind.Serial, LoopAxes(axes[..^1]), [vector]);
            default: return statement;
        }
    }

    Access Convert(SymbolicAccess access)
    {
        var offset = access.Parameter is { } parameter ? Size.Of(_parameter(access.Buffer, parameter)) : SizeOf(access.Offset);
        if (access.Parameter is not null && offset.Value > 1) offset = SizeOf(offset.Value);
        if (_columnAxis is { } column && access.StrideOf(column) is var step && step != Dim.Zero)
        {
            offset = Size.Slot(NewSlot(access.Offset));
            _moves.Add(((int)offset.Value, access.Offset, step));
        }
        return new Access(BufferOf(access.Buffer), offset,
            Convert(access.Terms),
            access.Guards.Select(g => new AccessGuard(SizeOf(g.Offset), Convert(g.Terms), g.Divisor, SizeOf(g.Limit), SizeOf(g.Stride))).ToEquatable(),
            Convert(access.Dynamic));
    }

    EquatableArray<DynamicIndex> Convert(EquatableArray<SymbolicDynamic> indices) => indices.Select(d => new DynamicIndex(d.Value, SizeOf(d.Limit), SizeOf(d.Stride))).ToEquatable();

    // A stride of two is part of the code: it has loads and stores of its own.
    EquatableArray<AccessTerm> Convert(EquatableArray<SymbolicTerm> terms) =>
        terms.Where(t => !_mergedInto.ContainsKey(t.Axis) && !_extents[t.Axis].IsOne).Select(t => new AccessTerm(t.Axis, t.Stride is { IsStatic: true, Constant: 2 } ? Size.Of(2) : SizeOf(t.Stride))).ToEquatable();

    int BufferOf(Buffer buffer)
    {
        var number = _buffers.IndexOf(buffer);
        if (number >= 0) return number;
        _buffers.Add(buffer);
        return _buffers.Count - 1;
    }

    // Zero and one are part of the code; all other sizes are parameters, so that another length is the same kernel.
    Size SizeOf(Dim dim)
    {
        if (dim is { IsStatic: true, Constant: 0 or 1 }) return Size.Of(dim.Constant);
        var slot = _sizes.IndexOf(dim, 1);
        return Size.Slot(slot < 0 ? NewSlot(dim) : slot);
    }

    int NewSlot(Dim dim)
    {
        _sizes.Add(dim);
        return _sizes.Count - 1;
    }

    Dim WorkOf(EquatableArray<Statement> body)
    {
        var sum = Dim.Zero;
        foreach (var statement in body)
            sum += statement switch
            {
                SymbolicLoop loop => loop.Axes.Where(axis => !_mergedInto.ContainsKey(axis)).Aggregate(WorkOf(loop.Body), (work, axis) => work * _extents[axis]),
                Reduction reduction => WorkOf(reduction.Body),
                SymbolicOwned owned => WorkOf(owned.Body),
                Compute compute => CostOf(compute.Value),
                Accumulate accumulate => CostOf(accumulate.Value) + 1,
                SymbolicStore store => CostOf(store.Value) + 1,
                _ => 1,
            };
        return sum;
    }

    static Dim CostOf(Expr value) => Traversal.Topological([value]).Sum(node => node.Op is Map { Function.Cost: var cost } ? cost : 0);

    // A written and a read buffer may be the same memory when all reads are in the store's own scope, before it, at the same place.
    static IEnumerable<(Buffer, Buffer)> InPlacePairs(EquatableArray<Statement> body)
    {
        var scopes = new List<EquatableArray<Statement>>();
        Scopes(body);
        foreach (var scope in scopes)
            for (var i = 0; i < scope.Count; i++)
            {
                if (scope[i] is not SymbolicStore { Mode: StoreMode.Set } store) continue;
                foreach (var read in scope.Take(i).OfType<SymbolicLoad>().Select(l => l.Source.Buffer).Distinct())
                    if (read != store.Target.Buffer && read.DType.Size() == store.Target.Buffer.DType.Size() && read.Length == store.Target.Buffer.Length && AllReadsAgree(read, scope, i))
                        yield return (store.Target.Buffer, read);
            }

        bool AllReadsAgree(Buffer read, EquatableArray<Statement> scope, int store)
        {
            var target = ((SymbolicStore)scope[store]).Target;
            foreach (var other in scopes)
                for (var i = 0; i < other.Count; i++)
                    if (other[i] is SymbolicLoad load && load.Source.Buffer == read && (other != scope || i > store || load.Source with { Buffer = target.Buffer } != target))
                        return false;
            return true;
        }

        void Scopes(EquatableArray<Statement> statements)
        {
            scopes.Add(statements);
            foreach (var statement in statements)
                if (statement is SymbolicLoop loop) Scopes(loop.Body);
                else if (statement is Reduction reduction) Scopes(reduction.Body);
        }
    }
}
