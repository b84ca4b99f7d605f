using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace DeepSym;

/// <summary>What is compiled: inputs in the order of arguments, the values wanted, and the new values of shared variables.</summary>
public sealed record Graph(ImmutableArray<Variable> Inputs, ImmutableArray<Expr> Outputs, ImmutableArray<(SharedVariable Variable, Expr Value)> Updates)
{
    /// <summary>Outputs, then the new values of shared variables.</summary>
    public IReadOnlyList<Expr> Roots
    {
        get
        {
            var roots = new List<Expr>(Outputs);
            for (var i = 0; i < Updates.Length; i++) roots.Add(Updates[i].Value);
            return roots;
        }
    }

    /// <summary>The shared variables with new values.</summary>
    internal IReadOnlyList<SharedVariable> Updated
    {
        get
        {
            var updated = new List<SharedVariable>();
            for (var i = 0; i < Updates.Length; i++) updated.Add(Updates[i].Variable);
            return updated;
        }
    }

    /// <summary>The graph with other roots, in the order of <see cref="Roots"/>.</summary>
    public Graph WithRoots(IReadOnlyList<Expr> roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        var updates = new (SharedVariable, Expr)[Updates.Length];
        for (var i = 0; i < updates.Length; i++) updates[i] = (Updates[i].Variable, roots[Outputs.Length + i]);
        return this with { Outputs = [.. roots.Take(Outputs.Length)], Updates = ImmutableCollectionsMarshal.AsImmutableArray(updates) };
    }

    /// <summary>The outputs and updates as text, shared parts once.</summary>
    public override string ToString()
    {
        var lines = ExprPrinter.Lines(Roots, out var texts);
        foreach (var output in Outputs) lines.Add($"output: {output.Type} = {texts[output]}");
        foreach (var (variable, value) in Updates) lines.Add($"update {variable.Name} := {texts[value]}");
        return string.Join('\n', lines);
    }
}
