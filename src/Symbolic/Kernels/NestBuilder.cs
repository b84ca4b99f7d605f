using System.Collections.Immutable;

namespace DeepSym.Kernels;

/// <summary>
/// Assembles a fusion group into a loop nest. Around everything run the outer axes; inside them sections follow each other, each with scalar
/// statements and at most one loop over inner axes, in which all members that may share it run together.
/// </summary>
sealed class NestBuilder
{
    readonly FusionGroup _group;
    readonly Func<Expr, Buffer> _bufferOf;
    readonly Func<Dim, Dim> _canonical;
    readonly Func<Buffer, Expr, int> _parameter;
    readonly List<Dim> _axes = [];
    readonly ImmutableArray<int> _outer;
    readonly List<Section> _sections = [new()];
    readonly Dictionary<Expr, (Variable Value, int Section)> _uniform = [];   // stored expressions that are one value per outer index
    readonly Dictionary<Expr, (Section Section, Expr Value)> _inner = [];      // stored expressions with a value per inner index
    readonly Dictionary<Loading, Variable> _loads = [];
    readonly Dictionary<Variable, int> _available = [];                       // the section from which an outer variable has its value
    readonly Dictionary<Expr, Variable> _hoisted = [];
    readonly List<(Expr Root, SymbolicAccess Access)> _stores = [];
    readonly HashSet<Expr> _reloaded = [];
    int _variables;

    NestBuilder(FusionGroup group, Func<Expr, Buffer> bufferOf, Func<Buffer, Expr, int> parameter, Func<Dim, Dim> canonical)
    {
        (_group, _bufferOf, _parameter, _canonical) = (group, bufferOf, parameter, canonical);
        _outer = [.. group.OuterDims.Select(NewAxis)];
    }

    /// <summary>Statements over the outer axes, then a loop over inner axes.</summary>
    sealed class Section
    {
        public List<Statement> Before { get; } = [];

        public ImmutableArray<int> Axes { get; set; } = [];

        public ImmutableArray<Dim> Dims { get; set; } = [];

        public List<Statement> Inside { get; } = [];

        public List<Accumulator> Accumulators { get; } = [];

        /// <summary>Values of indices that are computed inside.</summary>
        public Dictionary<Expr, Variable> Hoisted { get; } = [];
    }

    /// <summary>What a variable was loaded from, or the axis whose index it is, and where it has its value; null: outside of all loops.</summary>
    sealed record Loading(SymbolicAccess? Access, int Axis, Section? Scope);

    /// <summary>The nest of a group. <paramref name="isNeeded"/> says which members something outside of the group reads.</summary>
    public static KernelStep Build(FusionGroup group, Func<Expr, Buffer> bufferOf, Func<Buffer, Expr, int> parameter, Func<Dim, Dim> canonical, Func<Expr, bool> isNeeded)
    {
        var builder = new NestBuilder(group, bufferOf, parameter, canonical);
        foreach (var member in group.Members) builder.Place(member);
        return builder.Finish(isNeeded);
    }

    /// <summary>The loads of bodies whose loop axes are the axes of their common space, and their values over them.</summary>
    public static IEnumerable<Statement> Loads(IReadOnlyList<Body> bodies, Func<Expr, Buffer> bufferOf, Func<Dim, Dim> canonical, out ImmutableArray<Expr> values)
    {
        var builder = new NestBuilder(FusionGroup.Of(bodies[0] with { Root = bodies[0].Value }, canonical), bufferOf, (_, _) => 0, canonical);
        var section = new Section();
        var axes = Enumerable.Range(0, bodies[0].Space.Rank).ToArray();
        values = [.. bodies.Select(body =>
        {
            var map = new Dictionary<Expr, Expr>();
            foreach (var load in body.Loads) map[load.Target] = builder.Loaded(load, body, axes, section, map);
            return Traversal.Rebuild([body.Value], node => map.GetValueOrDefault(node))[0];
        })];
        return builder._sections[0].Before.Concat(section.Inside);
    }

    int NewAxis(Dim extent)
    {
        _axes.Add(_canonical(extent));
        return _axes.Count - 1;
    }

    Variable NewVariable(DType dtype) => KernelVariables.Get(_variables++, dtype);

    void Place(Body member)
    {
        var outer = _group.OuterOf(member)!.Value;
        ImmutableArray<int> inner = [.. Enumerable.Range(0, member.Space.Rank).Where(axis => !outer.Contains(axis))];
        var isUniform = inner.Length == 0;
        var section = isUniform ? null : SectionFor(member, outer, [.. inner.Select(axis => _canonical(member.Space[axis]))]);
        var axisOf = new int[member.Space.Rank];
        for (var i = 0; i < outer.Length; i++) axisOf[outer[i]] = _outer[i];
        for (var i = 0; i < inner.Length; i++) axisOf[inner[i]] = section!.Axes[i];

        var value = Substituted(member, axisOf, section);
        switch (member.Root.Op)
        {
            case Reduce reduce:
                var result = NewVariable(member.Root.DType);
                if (section is null)   // nothing is reduced but axes of size 1
                {
                    var at = Ready(value);
                    _sections[at].Before.Add(new Compute(result, value));
                    _available[result] = at;
                }
                else
                {
                    section.Accumulators.Add(new Accumulator(result, reduce.Monoid));
                    section.Inside.Add(new Accumulate(result, value));
                    _available[result] = _sections.IndexOf(section) + 1;
                    if (_available[result] == _sections.Count) _sections.Add(new Section());
                }
                _uniform[member.Root] = (result, _available[result]);
                Write(member.Root, _sections[_available[result]].Before, result, Destination(member.Root, [.. outer.Select(axis => axisOf[axis])]));
                break;
            default:
                var access = Destination(member.Root, axisOf);
                if (section is null)
                {
                    var at = Ready(value);
                    var variable = value as Variable ?? NewVariable(member.Root.DType);
                    if (!ReferenceEquals(variable, value)) _sections[at].Before.Add(new Compute(variable, value));
                    _available.TryAdd(variable, at);
                    _uniform[member.Root] = (variable, at);
                    Write(member.Root, _sections[at].Before, variable, access);
                }
                else
                {
                    var variable = value as Variable ?? NewVariable(member.Root.DType);
                    if (!ReferenceEquals(variable, value)) section.Inside.Add(new Compute(variable, value));
                    _inner[member.Root] = (section, variable);
                    Write(member.Root, section.Inside, variable, access);
                }
                break;
        }
    }

    void Write(Expr root, List<Statement> place, Expr value, SymbolicAccess access)
    {
        _stores.Add((root, access));
        place.Add(new SymbolicStore(access, value, root));
    }

    // The first section in which the member may run: after the reductions it needs, and in or after the loops whose rows it reads.
    Section SectionFor(Body member, ImmutableArray<int> outer, ImmutableArray<Dim> dims)
    {
        var first = 0;
        foreach (var load in member.Loads)
        {
            if (load.Source is null) continue;
            if (_uniform.TryGetValue(load.Source, out var uniform)) first = Math.Max(first, uniform.Section);
            if (!_inner.TryGetValue(load.Source, out var row)) continue;
            var own = _sections.IndexOf(row.Section);
            first = Math.Max(first, row.Section.Dims.SequenceEqual(dims) && IsSameIndex(load, member, outer) ? own : own + 1);
        }
        for (var i = first; i < _sections.Count; i++)
            if (_sections[i].Axes.Length > 0 && _sections[i].Dims.SequenceEqual(dims)) return _sections[i];
        var free = Enumerable.Range(first, Math.Max(0, _sections.Count - first)).FirstOrDefault(i => _sections[i].Axes.Length == 0, -1);
        if (free < 0)
        {
            while (_sections.Count <= first) _sections.Add(new Section());
            if (_sections[^1].Axes.Length > 0) _sections.Add(new Section());
            free = _sections.Count - 1;
        }
        _sections[free].Axes = [.. dims.Select(NewAxis)];
        _sections[free].Dims = dims;
        return _sections[free];
    }

    // Whether the load reads the element that the same inner index has computed.
    static bool IsSameIndex(BodyLoad load, Body member, ImmutableArray<int> outer) =>
        load.Index.Count == member.Space.Rank && load.Index.Select((form, axis) => form == (member.Space[axis].IsOne ? AxisForm.Zero : AxisForm.Of(axis))).All(same => same)
        && outer.SequenceEqual(Enumerable.Range(0, outer.Length));

    // The member's value over this kernel's variables; parts that only depend on the outer axes are computed outside of the loop.
    Expr Substituted(Body member, int[] axisOf, Section? section)
    {
        var map = new Dictionary<Expr, Expr>();
        foreach (var load in member.Loads) map[load.Target] = Loaded(load, member, axisOf, section, map);
        var value = Traversal.Rebuild([member.Value], node => map.GetValueOrDefault(node))[0];
        return section is null ? value : Hoist(value, section);
    }

    Expr Loaded(BodyLoad load, Body member, int[] axisOf, Section? section, Dictionary<Expr, Expr> map)
    {
        if (load.Source is null)
        {
            var axis = axisOf[load.Index[0].Terms[0].Axis];
            return Emit(new Loading(null, axis, Scope(axis, section)), DType.Int64, target => new LoadIndex(target, axis));
        }
        if (_uniform.TryGetValue(load.Source, out var uniform)) return uniform.Value;
        var isRow = _inner.TryGetValue(load.Source, out var row);
        if (isRow && ReferenceEquals(row.Section, section)) return row.Value;
        if (isRow) _reloaded.Add(load.Source);
        var access = AccessOf(load, axisOf, map, section);
        var isInner = isRow || access.Axes.Any(axis => !_outer.Contains(axis)) || access.Dynamic.Any(d => !_available.ContainsKey(d.Value));
        var scope = isInner ? section : null;
        return Emit(new Loading(access, -1, scope), load.Source.DType, target => new SymbolicLoad(target, access), isRow ? _sections.IndexOf(row.Section) + 1 : 0);

        Section? Scope(int axis, Section? own) => _outer.Contains(axis) ? null : own;
    }

    // Outside of inner loops, in the section of the indices it needs, and not before section `earliest`.
    Variable Emit(Loading key, DType dtype, Func<Variable, Statement> statement, int earliest = 0)
    {
        if (_loads.TryGetValue(key, out var known)) return known;
        var target = NewVariable(dtype);
        var scope = key.Scope;
        if (scope is null)
        {
            var needs = key.Access?.Dynamic.Select(d => Ready(d.Value)).Append(earliest).Max() ?? earliest;
            if (needs == _sections.Count) _sections.Add(new Section());
            _available[target] = needs;
            _sections[needs].Before.Add(statement(target));
        }
        else scope.Inside.Add(statement(target));
        return _loads[key] = target;
    }

    // The section from which all variables of an outer expression are available.
    int Ready(Expr value)
    {
        var section = 0;
        foreach (var leaf in Traversal.Leaves(value))
            if (leaf is Variable variable && _available.TryGetValue(variable, out var at)) section = Math.Max(section, at);
        return section;
    }

    Expr Hoist(Expr value, Section section)
    {
        var isOuter = new Dictionary<Expr, bool>();
        var order = Traversal.Topological([value]);
        foreach (var node in order)
            isOuter[node] = node switch { Constant => true, Variable v => _available.ContainsKey(v), _ => node.Inputs.All(input => isOuter[input]) };
        return Traversal.Rebuild([value], node => node is Apply && isOuter[node] ? Hoisted(node) : null)[0];

        Expr Hoisted(Expr node)
        {
            if (_hoisted.TryGetValue(node, out var known)) return known;
            var at = Ready(node);
            var target = NewVariable(node.DType);
            _sections[at].Before.Add(new Compute(target, node));
            _available[target] = at;
            return _hoisted[node] = target;
        }
    }

    SymbolicAccess AccessOf(BodyLoad load, int[] axisOf, Dictionary<Expr, Expr> map, Section? section)
    {
        var source = load.Source!;
        var buffer = _bufferOf(source);
        var strides = SymbolicAccess.StridesOf(source.Shape, _canonical);
        var offset = Dim.Zero;
        var terms = new List<SymbolicTerm>();
        var guards = load.Guards.Select(g => new SymbolicGuard(_canonical(g.Form.Offset), Renamed(g.Form.Terms, axisOf), g.Form.Divisor, _canonical(g.Limit), Dim.Zero)).ToList();
        if (source is Constant { Rank: 0 } or { Op: DimValue }) return SymbolicAccess.OfParameter(buffer, source) with { Guards = guards.ToEquatable() };
        for (var axis = 0; axis < load.Index.Count; axis++)
        {
            var form = load.Index[axis];
            if (form.Divisor != 1)
            {
                var at = guards.FindIndex(g => g.Offset == _canonical(form.Offset) && g.Terms == Renamed(form.Terms, axisOf) && g.Divisor == form.Divisor && g.Stride == Dim.Zero);
                guards[at] = guards[at] with { Stride = strides[axis] };
                continue;
            }
            offset += _canonical(form.Offset) * strides[axis];
            foreach (var (own, step) in form.Terms) terms.Add(new SymbolicTerm(axisOf[own], strides[axis] * step));
        }
        var dynamic = load.Dynamic.Select(d => new SymbolicDynamic(DynamicVariable(d.Value, map, section), _canonical(source.Shape[d.Axis]), strides[d.Axis])).ToEquatable();
        return new SymbolicAccess(buffer, offset, Ordered(terms), guards.ToEquatable(), dynamic);
    }

    // The value of an index as a variable of this kernel.
    Variable DynamicVariable(Expr value, Dictionary<Expr, Expr> map, Section? section)
    {
        var own = Traversal.Rebuild([value], node => map.GetValueOrDefault(node))[0];
        if (own is Variable known) return known;
        var isOuter = Traversal.Leaves(own).OfType<Variable>().All(_available.ContainsKey);
        var hoisted = isOuter ? _hoisted : section!.Hoisted;
        if (hoisted.TryGetValue(own, out var computed)) return computed;
        var target = NewVariable(DType.Int64);
        hoisted[own] = target;
        var at = Ready(own);
        (isOuter ? _sections[at].Before : section!.Inside).Add(new Compute(target, own));
        if (isOuter) _available[target] = at;
        return target;
    }

    static EquatableArray<SymbolicTerm> Renamed(EquatableArray<AxisTerm> terms, int[] axisOf) => Ordered(terms.Select(t => new SymbolicTerm(axisOf[t.Axis], t.Stride)));

    // One term for each axis, in the order of the axes, without those that do not move.
    internal static EquatableArray<SymbolicTerm> Ordered(IEnumerable<SymbolicTerm> terms)
    {
        var ordered = terms.ToList();
        ordered.Sort((left, right) => left.Axis.CompareTo(right.Axis));
        for (var i = ordered.Count - 1; i > 0; i--)
        {
            if (ordered[i].Axis != ordered[i - 1].Axis) continue;
            ordered[i - 1] = ordered[i] with { Stride = ordered[i - 1].Stride + ordered[i].Stride };
            ordered.RemoveAt(i);
        }
        ordered.RemoveAll(term => term.Stride == Dim.Zero);
        return ordered.ToEquatable();
    }

    // Where the root is stored: its own axes, contiguous.
    SymbolicAccess Destination(Expr root, IReadOnlyList<int> axes)
    {
        var strides = SymbolicAccess.StridesOf(root.Shape, _canonical);
        var terms = axes.Select((axis, i) => new SymbolicTerm(axis, strides[i])).Where(t => !_axes[t.Axis].IsOne);
        return new SymbolicAccess(_bufferOf(root), Dim.Zero, Ordered(terms), [], []);
    }

    /// <summary>The nest of a pointwise group as the epilogue of a contraction whose output has <paramref name="rows"/> axes that are rows; null when it cannot be one.</summary>
    public static KernelStep? BuildBlocks(FusionGroup group, int rows, Func<Expr, Buffer> bufferOf, Func<Buffer, Expr, int> parameter, Func<Dim, Dim> canonical, Func<Expr, bool> isNeeded)
    {
        var builder = new NestBuilder(group, bufferOf, parameter, canonical);
        foreach (var member in group.Members) builder.Place(member);
        var body = builder.Body(isNeeded);
        builder._axes.AddRange([Dim.One, Dim.One]);
        return NestAssembler.AssembleBlocks([.. builder._axes], builder._outer, rows, body, parameter);
    }

    KernelStep Finish(Func<Expr, bool> isNeeded)
    {
        var body = Body(isNeeded);
        if (_axes.TrueForAll(extent => !extent.IsOne)) _axes.Add(Dim.One);
        return NestAssembler.Assemble([.. _axes], _outer, _group.IsColumnar, body, _parameter);
    }

    EquatableArray<Statement> Body(Func<Expr, bool> isNeeded)
    {
        bool IsStored(Statement s) => s is not SymbolicStore store || isNeeded(store.Root!) || _reloaded.Contains(store.Root!);
        var body = new List<Statement>();
        foreach (var section in _sections)
        {
            body.AddRange(section.Before.Where(IsStored));
            var inside = section.Inside.Where(IsStored).ToEquatable();
            if (section.Axes.Length == 0 || inside.Count == 0) continue;
            Statement loop = new SymbolicLoop(IsVector: !_group.IsColumnar, new(section.Axes), inside);
            body.Add(section.Accumulators.Count > 0 ? new Reduction(section.Accumulators.ToEquatable(), [loop]) : loop);
        }
        return body.ToEquatable();
    }
}
