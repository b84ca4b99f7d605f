using System.Collections.Immutable;

namespace DeepSym.Kernels;

/// <summary>From expressions to steps: chooses what is stored, groups it into kernels, and puts the updates of shared variables last.</summary>
sealed class Scheduler
{
    readonly Graph _graph;
    readonly List<Expr> _order;
    readonly Materialization _stored;
    readonly Func<Dim, Dim> _canonical;
    readonly Dictionary<Expr, Buffer> _buffers = [];
    readonly Dictionary<DType, (Buffer Buffer, List<Constant> Values)> _literals = [];
    readonly (Buffer Buffer, List<Dim> Values) _sizes = (new Buffer(BufferKind.Sizes, DType.Int64, Dim.Zero, null), []);
    readonly List<object?> _units = [];                      // fusion groups, and stored expressions with a kernel of their own; null: it has joined an earlier one
    readonly Dictionary<Expr, int> _unitOf = [];
    readonly Dictionary<Expr, HashSet<int>> _readers = [];   // of each stored expression or leaf, the units that read it
    readonly Dictionary<int, int> _epilogueOf = [];          // of a contraction's unit, the group that runs on its blocks

    Scheduler(Graph graph, Func<Dim, Dim> canonical)
    {
        (_graph, _canonical) = (graph, canonical);
        _order = Traversal.Topological(graph.Roots);
        _stored = Materialization.Of(_order, graph.Roots);
    }

    /// <summary>The schedule of a graph. <paramref name="canonical"/> gives sizes that guards make equal one form.</summary>
    public static Schedule Build(Graph graph, Func<Dim, Dim> canonical)
    {
        var scheduler = new Scheduler(graph, canonical);
        scheduler.Group();
        return scheduler.Emit();
    }

    // Updates come last, so that they can be written in place once everything that reads the old values is done; but not those that others read.
    void Group()
    {
        var updated = _graph.Updates.ToLookup(u => FusionGroup.Origin(u.Value), u => u.Variable);
        var values = _graph.Updates.Select(u => FusionGroup.Origin(u.Value)).ToHashSet();
        var needed = new HashSet<Expr>();
        foreach (var node in _order.AsEnumerable().Reverse())
            if (needed.Contains(node) || _stored.IsStored(node) && !values.Contains(node))
                needed.UnionWith(node.Inputs);
        values.ExceptWith(needed);
        foreach (var node in _order)
            if (_stored.IsStored(node) && !values.Contains(node)) Add(node);
        foreach (var node in _order)
            if (_stored.IsStored(node) && values.Contains(node))
                Add(node, updated[node].SelectMany(v => _readers.GetValueOrDefault(v) ?? []).DefaultIfEmpty(0).Max());
    }

    void Add(Expr node, int? after = null)
    {
        if (node.Op is Project)
        {
            _unitOf[node] = _unitOf[node.Inputs[0]];
            return;
        }
        if (node.Op is TupleOp)
        {
            for (var i = 0; i < node.Inputs.Length; i++)
                Read(FusionGroup.Origin(node.Op is Scan scan && scan.IsSequence(i) ? RowRange.Of(node.Inputs[i]).Memory : node.Inputs[i]), _units.Count);
            _unitOf[node] = _units.Count;
            _units.Add(node);
            return;
        }
        if (node.Op is LibraryOp and not Gather)
        {
            foreach (var input in node.Inputs) Read(FusionGroup.Origin(input.Op is Transpose && node.Op is Contract ? input.Inputs[0] : input), _units.Count);
            _unitOf[node] = _units.Count;
            _units.Add(node);
            return;
        }
        var body = BodyBuilder.Build(node, _stored);
        Expr[] sources = [.. body.Sources];
        if (node.Op is not Fold && after is null) JoinGroups(sources);
        var unit = node.Op is Fold ? -1 : FindGroup(body, sources, after ?? 0);
        if (unit < 0)
        {
            unit = _units.Count;
            _units.Add(node.Op is Fold ? body : FusionGroup.Of(body, _canonical));
        }
        _unitOf[node] = unit;
        foreach (var source in sources) Read(source, unit);
    }

    void Read(Expr source, int unit)
    {
        if (!_readers.TryGetValue(source, out var units)) _readers[source] = units = [];
        units.Add(unit);
    }

    // Groups that had nothing in common until something needs both of them become one, if what the later one needs was there when the earlier one ran.
    void JoinGroups(Expr[] sources)
    {
        int[] groups = [.. sources.Where(_unitOf.ContainsKey).Select(s => _unitOf[s]).Where(unit => _units[unit] is FusionGroup).Distinct().Order()];
        if (groups.Length < 2) return;
        var (first, target) = (groups[0], (FusionGroup)_units[groups[0]]!);
        foreach (var unit in groups.Skip(1))
        {
            var group = (FusionGroup)_units[unit]!;
            if (group.Sources.Any(s => _unitOf.TryGetValue(s, out var own) && own > first && own != unit) || !target.TryTake(group)) continue;
            _units[unit] = null;
            foreach (var member in group.Members) _unitOf[member.Root] = first;
            foreach (var readers in _readers.Values)
                if (readers.Remove(unit)) readers.Add(first);
        }
    }

    // The latest group after everything that the body needs that takes it in, and with which it shares something.
    int FindGroup(Body body, Expr[] sources, int earliest)
    {
        const int Reach = 16;
        foreach (var source in sources)
            if (_unitOf.TryGetValue(source, out var unit)) earliest = Math.Max(earliest, unit);
        for (var unit = _units.Count - 1; unit >= Math.Max(earliest, _units.Count - Reach); unit--)
            if (_units[unit] is FusionGroup group && sources.Any(s => s is not Constant && (_unitOf.GetValueOrDefault(s, -1) == unit || _readers.GetValueOrDefault(s)?.Contains(unit) == true)) && group.TryAdd(body))
                return unit;
        return -1;
    }

    Schedule Emit()
    {
        var epilogues = new Dictionary<int, KernelStep>();
        foreach (var (contraction, group) in Epilogues())
        {
            var node = (Expr)_units[contraction]!;
            var rows = node.Rank - ((Contract)node.Op!).FreeRight(node.Inputs[1].Rank).Length;
            if (NestBuilder.BuildBlocks((FusionGroup)_units[group]!, rows, BufferOf, Parameter, _canonical, IsNeeded(group)) is { } epilogue)
                (epilogues[contraction], _epilogueOf[contraction]) = (epilogue, group);
        }
        var fused = _epilogueOf.Values.ToHashSet();
        var steps = Enumerable.Range(0, _units.Count).Where(i => _units[i] is not null && !fused.Contains(i)).Select(i => (Step)(_units[i] switch
        {
            FusionGroup group => NestBuilder.Build(group, BufferOf, Parameter, _canonical, IsNeeded(i)),
            Body fold => FoldKernel.Build(fold, BufferOf, Parameter, _canonical),
            Expr { Op: Scan scan } node => Loop(scan, node),
            Expr { Op: Branch branch } node => Choice(branch, node),
            var node => Library((Expr)node!, epilogues.GetValueOrDefault(i)),
        })).ToImmutableArray();
        return new Schedule(
            steps,
            [.. _graph.Outputs.Select(OperandOf)],
            [.. _graph.Updates.Select(u => (u.Variable, OperandOf(u.Value)))],
            [.. steps.SelectMany(s => s.Reads.Concat(s.Writes)).Concat(_graph.Outputs.Select(o => BufferOf(o))).Concat(_graph.Updates.Select(u => BufferOf(u.Value)))
                .Where(b => b.Kind is not (BufferKind.Literals or BufferKind.Sizes)).Distinct()],
            [.. _literals.Values.Select(l => (l.Buffer, l.Values.ToImmutableArray()))],
            (_sizes.Buffer, [.. _sizes.Values]));
    }

    // Pointwise groups of the shape of a contraction that need nothing computed after it: each runs on the contraction's blocks.
    IEnumerable<(int Contraction, int Group)> Epilogues()
    {
        var updated = _graph.Updates.ToLookup(u => FusionGroup.Origin(u.Value), u => u.Variable);
        var taken = new HashSet<int>();
        for (var unit = 0; unit < _units.Count; unit++)
        {
            if (_units[unit] is not FusionGroup { IsColumnar: true } group || group.Members.Any(m => m.Reduced.Count > 0)) continue;
            var sources = group.Sources.Where(s => _unitOf.TryGetValue(s, out var own) && own != unit).ToArray();
            if (sources.Length == 0) continue;
            var last = sources.MaxBy(s => _unitOf[s])!;
            var contraction = _unitOf[last];
            if (last.Op is not Contract || !last.DType.IsFloating() || sources.Count(s => _unitOf[s] == contraction) != 1) continue;
            if (!group.Members.All(m => m.Space.Select(_canonical).SequenceEqual(last.Shape.Select(_canonical)))) continue;
            if (!group.Members.SelectMany(m => m.Loads).Where(l => ReferenceEquals(l.Source, last)).All(l => IsIdentity(l, last)) || group.Members.Any(m => m.Loads.Any(l => l.Source is not null && !ReferenceEquals(l.Source, last) && ReferenceEquals(FusionGroup.Origin(l.Source), last)))) continue;
            if (group.Members.SelectMany(m => updated[m.Root]).Any(v => _readers.GetValueOrDefault(v)?.Any(reader => reader > contraction && reader != unit) == true)) continue;
            if (taken.Add(contraction)) yield return (contraction, unit);
        }
    }

    static bool IsIdentity(BodyLoad load, Expr source) =>
        load.Guards.Count == 0 && load.Dynamic.Count == 0 && load.Index.Select((form, axis) => form == (source.Shape[axis].IsOne ? AxisForm.Zero : AxisForm.Of(axis))).All(same => same);

    Func<Expr, bool> IsNeeded(int unit)
    {
        var wanted = _graph.Roots.Select(FusionGroup.Origin).ToHashSet();
        return root => wanted.Contains(root) || _readers.GetValueOrDefault(root)?.Any(reader => reader != unit) == true;
    }

    LibraryStep Library(Expr node, KernelStep? epilogue)
    {
        var inputs = node.Inputs.Select(OperandOf).ToImmutableArray();
        var own = BufferOf(node);
        var operands = inputs.Select(i => i.Buffer).Distinct().ToArray();
        return new LibraryStep
        {
            Op = (LibraryOp)node.Op!,
            Inputs = inputs,
            Output = OperandOf(node),
            Reads = [.. operands.Union(epilogue?.Reads ?? [])],
            Writes = [own, .. epilogue?.Writes ?? []],
            InPlace = [.. (epilogue?.InPlace ?? []).Where(p => !operands.Contains(p.Read)), .. node.Op is ScatterOnto && inputs.Count(i => i.Buffer == inputs[0].Buffer) == 1 ? [(own, inputs[0].Buffer)] : Array.Empty<(Buffer, Buffer)>()],
            CanFail = ((LibraryOp)node.Op!).CanFail || epilogue?.CanFail == true,
            ChecksFirst = ((LibraryOp)node.Op!).ChecksFirst,
            Epilogue = epilogue,
        };
    }

    LoopStep Loop(Scan scan, Expr node)
    {
        ImmutableArray<RowRange> rows = [.. node.Inputs.Skip(scan.Carries).Take(scan.Sequences).Select(RowRange.Of)];
        ImmutableArray<Buffer> inputs = [.. node.Inputs.Select((input, i) => BufferOf(scan.IsSequence(i) ? rows[i - scan.Carries].Memory : input))];
        var results = Results(node);
        return new LoopStep
        {
            Scan = scan,
            Inputs = inputs,
            Rows = rows,
            Results = results,
            Reads = [.. inputs.Distinct()],
            Writes = [.. results.OfType<Buffer>()],
            CanFail = true,
        };
    }

    BranchStep Choice(Branch branch, Expr node)
    {
        ImmutableArray<Buffer> inputs = [.. node.Inputs.Select(BufferOf)];
        var results = Results(node);
        return new BranchStep { Branch = branch, Inputs = inputs, Results = results, Reads = [.. inputs.Distinct()], Writes = [.. results.OfType<Buffer>()], CanFail = true };
    }

    ImmutableArray<Buffer?> Results(Expr tuple)
    {
        var results = new Buffer?[tuple.Type.Parts.Count];
        foreach (var used in _order)
            if (used.Op is Project(var index) && used.Inputs[0] == tuple) results[index] = BufferOf(used);
        return [.. results];
    }

    Operand OperandOf(Expr expr)
    {
        var permutation = expr.Op is Transpose transpose && !_stored.IsStored(expr) ? transpose.Permutation : default;
        var memory = permutation.Count > 0 ? expr.Inputs[0] : expr;
        return new Operand(memory is Constant constant ? BufferOf(constant) : BufferOf(memory), Shape.Of(memory.Shape.Select(_canonical)), permutation);
    }

    Buffer BufferOf(Expr expr)
    {
        if (expr is Constant { Rank: 0 } literal) return LiteralsOf(literal.DType).Buffer;
        if (expr.Op is DimValue && !_stored.IsStored(expr)) return _sizes.Buffer;
        var origin = FusionGroup.Origin(expr);
        if (_buffers.TryGetValue(origin, out var known)) return known;
        var kind = origin switch { Variable => BufferKind.Input, SharedVariable => BufferKind.Shared, Constant => BufferKind.Constant, _ => BufferKind.Computed };
        var index = origin is Variable variable ? _graph.Inputs.IndexOf(variable) : 0;
        if (index < 0) throw new CompileException($"'{origin.Name}' ({origin.Type}) is used by the outputs but is no input. Add it to the inputs, or give it a value in givens.");
        return _buffers[origin] = new Buffer(kind, origin.DType, _canonical(origin.Shape.Length), origin, index);
    }

    // A constant that a library op reads: also a scalar is then in memory of its own.
    Buffer BufferOf(Constant constant)
    {
        if (!_buffers.TryGetValue(constant, out var buffer))
            _buffers[constant] = buffer = new Buffer(BufferKind.Constant, constant.DType, constant.Shape.Length, constant);
        return buffer;
    }

    (Buffer Buffer, List<Constant> Values) LiteralsOf(DType dtype)
    {
        if (!_literals.TryGetValue(dtype, out var block)) _literals[dtype] = block = (new Buffer(BufferKind.Literals, dtype, Dim.Zero, null), []);
        return block;
    }

    // The place of a literal or a size in its block.
    int Parameter(Buffer buffer, Expr value)
    {
        if (value is Constant literal) return PlaceIn(LiteralsOf(literal.DType).Values, literal);
        return PlaceIn(_sizes.Values, _canonical(((DimValue)value.Op!).Dim));
    }

    static int PlaceIn<TItem>(List<TItem> items, TItem item)
    {
        var place = items.IndexOf(item);
        if (place >= 0) return place;
        items.Add(item);
        return items.Count - 1;
    }
}
