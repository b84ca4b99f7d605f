using System.Globalization;
using DeepSym.Kernels;
using DeepSym.Rewriting;

namespace DeepSym.Compilation;

/// <summary>Runs the passes one after the other and writes what each changed into the folder of <see cref="CompileOptions.Dump"/>.</summary>
sealed class Stages(CompileOptions options, RewriteTrace trace)
{
    int _number;

    /// <summary>The graph after a table of rules.</summary>
    public Graph Rewrite(string name, Graph graph, RuleSet rules)
    {
        var rewritten = graph.WithRoots(Rewriter.Apply(graph.Roots, rules, options.Numerics, trace));
        return rewritten.Roots.SequenceEqual(graph.Roots) ? graph : Write(name, rewritten);
    }

    /// <summary>The graph after a table of rules, and the bodies in it too.</summary>
    public Graph RewriteBodies(string name, Graph graph, RuleSet rules)
    {
        var rewritten = Rewriting.Loops.RewriteBodies(graph.Roots, results => Rewriter.Apply(results, rules, options.Numerics, trace));
        return Rewrite(name, graph.WithRoots(rewritten), rules);
    }

    /// <summary>The graph after the rewrites of loops, and simplified again if they changed something.</summary>
    public Graph Loops(string name, Graph graph)
    {
        var rewritten = graph.WithRoots(Rewriting.Loops.Apply(graph.Roots, options.Numerics, trace));
        return rewritten.Roots.SequenceEqual(graph.Roots) ? graph : Rewrite(name + "-simplify", Write(name, rewritten), options.Simplify);
    }

    /// <summary>Writes a stage if dumps are wanted, and gives it back.</summary>
    public TStage Write<TStage>(string name, TStage stage) where TStage : notnull
    {
        if (options.Dump is { } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{++_number:00}-{name}.txt")), stage is Schedule schedule ? SchedulePrinter.Print(schedule) : stage.ToString());
        }
        return stage;
    }
}
