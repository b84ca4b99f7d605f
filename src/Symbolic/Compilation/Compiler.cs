using DeepSym.Backends;
using DeepSym.Backends.Cpu;
using DeepSym.Backends.Gpu;
using DeepSym.Kernels;
using DeepSym.Rewriting;

namespace DeepSym.Compilation;

/// <summary>The whole way from a graph to something that runs, on one screen.</summary>
static class Compiler
{
    /// <summary>What runs the graph; <paramref name="trace"/> notes which rules fired.</summary>
    public static Executable Compile(Graph graph, CompileOptions options, Backend backend, RewriteTrace? trace = null)
    {
        if (backend == Backend.Interpreter) return new InterpretedProgram(graph);
        var host = ForCpu(graph, options, trace ?? new RewriteTrace(), isBody: false);
        return DeviceOf(backend, options) is { } device ? new GpuProgram(host, device, options.Name, options.AllowAtomicSums) : host;
    }

    static CpuProgram ForCpu(Graph graph, CompileOptions options, RewriteTrace trace, bool isBody)
    {
        var sources = new Sources(graph.Roots);
        graph = Laziness.Apply(graph, sources);                                   // first: sizes in a branch that is not taken need not be right
        var guards = Collect(graph);                                     // before rewriting: what a rule removes was still written by the user
        var stages = new Stages(options, trace.For(sources));
        stages.Write("graph", graph);
        var stable = isBody ? graph : stages.RewriteBodies("stabilize", graph, Tables.Stabilize); // before constants are folded: log(1 + exp(800)) is 800
        var simple = stages.Rewrite("simplify", stable, options.Simplify);
        var loops = stages.Loops("loops", simple);
        var canonical = Canonical(guards);
        var stored = InMemory(CpuLegalization.Apply(NarrowTypes.Widen(loops, sources), canonical, sources), sources);
        var schedule = stages.Write("schedule", Scheduler.Build(stored, canonical));
        var memory = MemoryPlan.Linear(schedule, updatesInPlace: !options.Watching.KeepsMemory, lendsMemory: options.NaNGuard == NaNGuard.Off);
        return new CpuProgram(stored, sources, schedule, memory, guards.Found, options.Numerics, options.ThreadCount, options.Watching, options.Code, isBody,
            (inner, isInnerBody) => ForCpu(inner, options with { Threads = isInnerBody ? options.Threads : 1, Dump = null }, trace, isInnerBody || isBody));
    }

    static GpuDevice? DeviceOf(Backend backend, CompileOptions options) => backend switch
    {
        _ when options.Device is { } device => device,
        Backend.Cpu => null,
        Backend.Auto => Devices.Best(options.DeviceNumber),
        _ => Devices.For(backend, options.DeviceNumber),
    };

    static Guards Collect(Graph graph)
    {
        var guards = Guards.Collect();
        foreach (var node in Traversal.Topological(graph.Roots)) node.Op?.Infer(node.Inputs.AsSpan(), guards.For(node));
        return guards;
    }

    // Updates and outputs that only repeat a leaf or a size get a buffer of their own, so that nothing is read after it was overwritten.
    static Graph InMemory(Graph graph, Sources sources)
    {
        return graph.WithRoots([.. graph.Roots.Select((root, i) => FusionGroup.Origin(root) switch
        {
            Constant or { Op: DimValue } => Own(root),
            Leaf when i >= graph.Outputs.Length => Own(root),
            _ => root,
        })]);

        Expr Own(Expr root)
        {
            var own = new StopGradient().On(root);
            sources.Replaced(root, own);
            return own;
        }
    }

    // Sizes that must be equal get one form: where a guard says that two unknowns agree, one stands for both.
    static Func<Dim, Dim> Canonical(Guards guards)
    {
        var represent = new Dictionary<DimAtom, Dim>();
        foreach (var guard in guards.Found)
        {
            if (!guard.IsEquality) continue;
            var (left, right) = (Resolve(guard.Left), Resolve(guard.Right));
            if (left == right) continue;
            if (right.SingleAtom is { } atom && !left.Atoms.Contains(atom)) represent[atom] = left;
            else if (left.SingleAtom is { } other && !right.Atoms.Contains(other)) represent[other] = right;
        }
        var known = new Dictionary<Dim, Dim>();
        return dim => dim.IsStatic ? dim : known.TryGetValue(dim, out var resolved) ? resolved : known[dim] = Resolve(dim);

        Dim Resolve(Dim dim)
        {
            for (var depth = 0; depth < 100 && dim.Atoms.Any(represent.ContainsKey); depth++)
                dim = dim.Substitute(atom => represent.GetValueOrDefault(atom, Dim.Of(atom)));
            return dim;
        }
    }
}
