using DeepSym.Backends;
using DeepSym.Kernels;

namespace DeepSym.Compilation;

/// <summary>The whole way from a graph to something that runs, on one screen.</summary>
static class Compiler
{
    public static Executable Compile(Graph graph, CompileOptions options, Backend backend)
    {
        var guards = Collect(graph);                                     // before rewriting: what a rule removes was still written by the user
        var stages = new Stages(options);
        stages.Write("graph", graph);
        var simple = stages.Rewrite(graph);                              // stabilise, simplify, legalise
        _ = (simple, guards, backend);
        return new InterpretedProgram(graph);
    }

    static Guards Collect(Graph graph)
    {
        var guards = Guards.Collect();
        foreach (var node in Traversal.Topological(graph.Roots)) node.Op?.Infer(node.Inputs.AsSpan(), guards);
        return guards;
    }
}
