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
    readonly Executable? _valueProgram;
    readonly int _signatureLength;
    readonly Lock _planning = new();
    ImmutableArray<CpuPlan> _plans = [];
    CpuArena? _idle;                                      // the arena of the last call; further ones only while calls overlap

    public CpuProgram(Graph graph, Schedule schedule, MemoryPlan memory, IEnumerable<Guard> guards, int threads, bool check, Func<Graph, Executable> compile)
    {
        (_graph, Schedule, Memory, Threads, IsChecked) = (graph, schedule, memory, threads, check);
        _guards = [.. guards];
        _locks = new SharedLocks(graph);
        _resizable = [.. Traversal.Leaves(graph.Roots).OfType<SharedVariable>().Union(graph.Updates.Select(u => u.Variable)).Where(v => !v.Shape.IsStatic)];
        Buffers = [.. schedule.Buffers, .. schedule.Literals.Select(l => l.Buffer), schedule.Sizes.Buffer];
        Steps = [.. schedule.Steps.Select(step => StepCode.Of(step, this))];
        Constants = [.. Buffers.Select(ConstantOf)];
        _values = [.. CpuPlan.Dims(schedule, _guards).SelectMany(ValuesIn).Distinct()];
        if (_values.Length > 0)
            _valueProgram = compile(new Graph(graph.Inputs, _values, []));
        _signatureLength = graph.Inputs.Sum(i => i.Rank) + _resizable.Sum(s => s.Rank) + _values.Length;
    }

    public Schedule Schedule { get; }

    public MemoryPlan Memory { get; }

    public int Threads { get; }

    public bool IsChecked { get; }

    /// <summary>All buffers; their positions here are their numbers.</summary>
    public ImmutableArray<Kernels.Buffer> Buffers { get; }

    public ImmutableArray<StepCode> Steps { get; }

    /// <summary>The values of constant buffers and of literal blocks, by number of the buffer.</summary>
    public ImmutableArray<Tensor?> Constants { get; }

    public Graph Graph => _graph;

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs)
    {
        var arena = Interlocked.Exchange(ref _idle, null) ?? new CpuArena(this, _signatureLength);
        using (_locks.Take())
        {
            Sign(arena.Signature, inputs);
            if (arena.Plan is null || !arena.Plan.Signature.AsSpan().SequenceEqual(arena.Signature)) arena.Use(PlanFor(arena.Signature, inputs));
            arena.Run(inputs, outputs);
        }
        _idle = arena;   // after an exception the arena is left to the garbage collector
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
        var binding = new DimBinding(expr => signature[signature.Length - _values.Length + _values.IndexOf(expr)]);
        for (var i = 0; i < inputs.Length; i++) binding.Bind(_graph.Inputs[i], inputs[i].Shape);
        foreach (var shared in _resizable) binding.Bind(shared, shared.Extents);
        binding.Check(_guards);
        var plan = new CpuPlan(this, [.. signature], binding);
        lock (_planning) _plans = [plan, .. _plans.Take(MaxPlans - 1)];
        return plan;
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

    static IEnumerable<Expr> ValuesIn(Dim dim)
    {
        foreach (var atom in dim.Atoms)
            switch (atom)
            {
                case ValueDim(var expr): yield return expr; break;
                case DimFunction(_, var left, var right):
                    foreach (var value in ValuesIn(left).Concat(ValuesIn(right))) yield return value;
                    break;
            }
    }
}
