using System.Collections.Immutable;
using DeepSym.Kernels;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// A schedule on the processor. Sizes and places are worked out once for each signature (the sizes of all arguments) and kept; a call then rents
/// an arena, fills in pointers and runs the steps, without allocating.
/// </summary>
sealed class CpuProgram : Executable
{
    const int MaxPlans = 32;

    readonly Graph _graph;
    readonly ImmutableArray<Guard> _guards;
    readonly SharedLocks _locks;
    readonly ImmutableArray<SharedVariable> _resizable;   // shared variables whose shape is part of the signature
    readonly ImmutableArray<Expr> _values;                // scalars whose values are sizes
    readonly CpuProgram? _valueProgram;
    readonly Func<Graph, bool, CpuProgram> _compile;
    readonly int _signatureLength;
    readonly Lock _planning = new();
    ImmutableArray<CpuPlan> _plans = [];
    CpuArena? _idle;                                      // the arena of the last call; further ones only while calls overlap

    /// <summary>Prepares a schedule; <paramref name="compile"/> does the same for the graphs that it needs: of sizes, and of bodies (<c>true</c>).</summary>
    public CpuProgram(Graph graph, Sources sources, Schedule schedule, MemoryPlan memory, IEnumerable<Guard> guards, Numerics numerics, int threads, Watching watching, Func<Step, CpuProgram, StepCode?>? code, bool isBody,
        Func<Graph, bool, CpuProgram> compile)
    {
        (_graph, Sources, Schedule, Memory, Numerics, Threads, Watching, IsBody, _compile) = (graph, sources, schedule, memory, numerics, threads, watching, isBody, compile);
        _guards = [.. guards];
        _locks = new SharedLocks(graph);
        _resizable = [.. Traversal.Leaves(graph.Roots).OfType<SharedVariable>().Union(graph.Updated).Where(v => !v.Shape.IsStatic)];
        Buffers = [.. schedule.Buffers, .. schedule.Literals.Select(l => l.Buffer), schedule.Sizes.Buffer];
        var compiled = KernelCompilation.Of(schedule, threads);
        Steps = [.. schedule.Steps.Select(step => code?.Invoke(step, this) ?? StepCode.Of(step, this))];
        GC.KeepAlive(compiled);
        Times = watching.Profiles ? new StepTimes(Steps.Length) : null;
        Constants = [.. Buffers.Select(ConstantOf)];
        Roles = new BufferRoles(this);
        _values = [.. CpuPlan.Dims(schedule, _guards).Concat(graph.Outputs.SelectMany(o => o.Shape)).SelectMany(SizeValues.AtomsIn).OfType<ValueDim>().Select(atom => atom.Value).Distinct()];
        if (isBody && _values.Length > 0) _values = [.. _values.Where(SizeValues.Depending(_values, graph.Inputs).Contains)];   // the others are known outside
        if (_values.Length > 0) _valueProgram = compile(new Graph(graph.Inputs, _values, []), isBody);
        OwnSizes = _values.ToHashSet();
        _signatureLength = graph.Inputs.Sum(i => i.Rank) + _resizable.Sum(s => s.Rank) + _values.Length;
    }

    public override CpuProgram Host => this;

    /// <summary>What the user wrote for the expressions of the graph.</summary>
    public Sources Sources { get; }

    public Schedule Schedule { get; }

    public MemoryPlan Memory { get; }

    /// <summary>Whether kernels may change numbers.</summary>
    public Numerics Numerics { get; }

    public int Threads { get; }

    public Watching Watching { get; }

    /// <summary>Whether it is the body of a loop or branch.</summary>
    public bool IsBody { get; }

    /// <summary>How long steps took; null unless that is watched.</summary>
    public StepTimes? Times { get; }

    /// <summary>All buffers; their positions here are their numbers.</summary>
    public ImmutableArray<Kernels.Buffer> Buffers { get; }

    public BufferRoles Roles { get; }

    public ImmutableArray<StepCode> Steps { get; }

    /// <summary>The values of constant buffers and of literal blocks, by number of the buffer.</summary>
    public ImmutableArray<Tensor?> Constants { get; }

    public override Graph Graph => _graph;

    /// <summary>The scalars whose values are sizes; for a body only those that depend on its arguments.</summary>
    public IReadOnlySet<Expr> OwnSizes { get; }

    /// <summary>The program of the body of a loop or branch.</summary>
    public CpuProgram Body(Graph body) => _compile(body, true);

    /// <summary>Memory for one call at a time.</summary>
    public CpuArena NewArena() => new(this, _signatureLength);

    /// <summary>Whether a body needs another plan for other arguments of the same shapes.</summary>
    public bool HasOwnSizes => _valueProgram is not null;

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs)
    {
        var arena = Interlocked.Exchange(ref _idle, null) ?? NewArena();
        using (_locks.Take())
        {
            Sign(arena.Signature, inputs);
            if (arena.Plan is null || !arena.Plan.Signature.AsSpan().SequenceEqual(arena.Signature)) arena.Use(PlanFor(arena.Signature, inputs));
            arena.Run(inputs, outputs);
        }
        _idle = arena;   // after an exception the arena is left to the garbage collector
    }

    /// <summary>Begins to time steps anew, in bodies too.</summary>
    public void ResetTimes()
    {
        Times?.Clear();
        foreach (var body in Steps.SelectMany(step => step.Bodies)) body.ResetTimes();
    }

    /// <summary>Where a signature is written.</summary>
    public long[] NewSignature() => new long[_signatureLength];

    /// <summary>The locks on shared variables that a call holds.</summary>
    public SharedLocks.Held Lock() => _locks.Take();

    /// <summary>Writes the sizes of the arguments, and all else that sizes depend on.</summary>
    public void Sign(long[] signature, ReadOnlySpan<Tensor> inputs)
    {
        var next = 0;
        foreach (var input in inputs)
            foreach (var size in input.Shape) signature[next++] = size;
        foreach (var shared in _resizable)
            foreach (var size in shared.Extents) signature[next++] = size;
        if (_valueProgram is null) return;
        var values = new Tensor?[_values.Length];
        _valueProgram.Run(inputs, values);
        foreach (var value in values) signature[next++] = value!.ToScalar<long>();
    }

    /// <summary>What follows from the sizes.</summary>
    public CpuPlan PlanFor(long[] signature, ReadOnlySpan<Tensor> inputs)
    {
        foreach (var known in _plans)
            if (known.Signature.AsSpan().SequenceEqual(signature)) return known;
        signature = [.. signature];   // the caller's is overwritten by its next call
        var binding = new DimBinding(expr => signature[signature.Length - _values.Length + _values.IndexOf(expr)]);
        for (var i = 0; i < inputs.Length; i++) binding.Bind(_graph.Inputs[i], inputs[i].Shape);
        foreach (var shared in _resizable) binding.Bind(shared, shared.Extents);
        binding.Check(_guards);
        var plan = new CpuPlan(this, signature, binding);
        lock (_planning) _plans = [plan, .. _plans.Take(MaxPlans - 1)];
        return plan;
    }

    /// <summary>The plan of a body within its surroundings. A body whose sizes change from step to step gets them from its arguments, which the arena has.</summary>
    public CpuPlan PlanFor(DimBinding outer, CpuArena arena)
    {
        if (_valueProgram is null) return PlanOf([], outer);
        var sizes = arena.OwnSizes ??= new OwnSizes(_valueProgram, _values.Length);
        sizes.Compute(arena.Inputs, outer);
        foreach (var known in _plans)
            if (known.Signature.AsSpan().SequenceEqual(sizes.Values) && known.Outer == outer) return known;
        var plan = PlanOf([.. sizes.Values], outer);
        lock (_planning) _plans = [plan, .. _plans.Take(MaxPlans - 1)];
        return plan;
    }

    CpuPlan PlanOf(long[] values, DimBinding outer)
    {
        var binding = new DimBinding(expr => values[_values.IndexOf(expr)], outer, OwnSizes);
        binding.Check(_guards);
        return new CpuPlan(this, values, binding) { Outer = outer };
    }

    Tensor? ConstantOf(Kernels.Buffer buffer)
    {
        if (buffer.Value is Constant constant) return constant.Value;
        if (buffer.Kind != BufferKind.Literals) return null;
        var values = Schedule.Literals.First(l => l.Buffer == buffer).Values;
        var block = Tensor.Zeros(buffer.DType, values.Length);
        for (var i = 0; i < values.Length; i++) block.SetNumber(i, values[i].Value.Number(0));
        return block;
    }
}
