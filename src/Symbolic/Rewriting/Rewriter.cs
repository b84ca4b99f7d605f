using System.Diagnostics;

namespace DeepSym.Rewriting;

/// <summary>
/// Applies a table to a graph until no rule of it applies any more: inputs before what uses them, every node once. Rules that chase each other run out of
/// budget, and the error names them. Graphs may be deeper than the stack of a thread.
/// </summary>
sealed class Rewriter
{
    readonly RuleSet _rules;
    readonly Numerics _numerics;
    readonly RewriteTrace? _trace;
    readonly long _budget;
    readonly Rule[] _recent = new Rule[64];
    readonly Dictionary<Expr, Expr> _normal = [];
    long _steps;

    // (node, node) asks for the normal form of a node; (node, other) says that the node has that of the other.
    sealed record Frame(Expr Node, Expr Current);

    Rewriter(RuleSet rules, Numerics numerics, RewriteTrace? trace, int nodes) => (_rules, _numerics, _trace, _budget) = (rules, numerics, trace, 10_000 + 50L * nodes);

    /// <summary>The roots rewritten: the same values, up to what the promises that suffice for <paramref name="numerics"/> allow.</summary>
    /// <exception cref="CompileException">A rule changed a type, or rules chase each other: errors of this library.</exception>
    public static List<Expr> Apply(IReadOnlyList<Expr> roots, RuleSet rules, Numerics numerics, RewriteTrace? trace = null)
    {
        var rewriter = new Rewriter(rules, numerics, trace, Traversal.Topological(roots).Count);
        return [.. roots.Select(rewriter.Normal)];
    }

    /// <summary>As <see cref="Apply(IReadOnlyList{Expr}, RuleSet, Numerics, RewriteTrace?)"/>; the <paramref name="barriers"/> stay, and no rule looks into them.</summary>
    public static List<Expr> Apply(IReadOnlyList<Expr> roots, RuleSet rules, Numerics numerics, IEnumerable<Expr> barriers)
    {
        var stands = barriers.Where(barrier => barrier is DeepSym.Apply).Distinct().ToDictionary(barrier => barrier, barrier => (Expr)new Variable(barrier.Name ?? "barrier", barrier.DType, [.. barrier.Shape]));
        if (stands.Count == 0) return Apply(roots, rules, numerics);
        var back = stands.ToDictionary(pair => pair.Value, pair => pair.Key);
        return Traversal.Rebuild(Apply(Traversal.Rebuild(roots, stands.GetValueOrDefault), rules, numerics), back.GetValueOrDefault);
    }

    Expr Normal(Expr root)
    {
        var stack = new Stack<Frame>();
        stack.Push(new Frame(root, root));
        while (stack.TryPop(out var frame))
        {
            var (node, current) = frame;
            if (_normal.TryGetValue(current, out var known)) { Settle(node, known); continue; }
            if (current.Op is null) { _normal[current] = current; continue; }
            var waits = false;
            foreach (var input in current.Inputs)
            {
                if (_normal.ContainsKey(input)) continue;
                if (!waits) stack.Push(frame);
                waits = true;
                stack.Push(new Frame(input, input));
            }
            if (waits) continue;
            var rebuilt = Traversal.WithInputs(current, current.Op, input => _normal[input]);
            var next = rebuilt != current ? rebuilt : Step(current);
            if (next == current) { _normal[current] = current; continue; }
            stack.Push(new Frame(node, next));
            stack.Push(new Frame(next, next));
        }
        return _normal[root];
    }

    // A name given by the user goes to what stands in the place of the named expression.
    void Settle(Expr node, Expr normal)
    {
        _normal[node] = normal;
        Origins.Inherit(node, normal);
        _trace?.Sources?.Replaced(node, normal);
        if (node != normal && node is DeepSym.Apply && normal is DeepSym.Apply { Name: null } && node.Name is { } name) normal.Named(name);
    }

    Expr Step(Expr node)
    {
        foreach (var rule in _rules.For(node.Op!))
        {
            if (!rule.Promise.Suffices(_numerics)) continue;
            var began = _trace is null ? 0 : Stopwatch.GetTimestamp();
            var found = rule.Apply(node);
            _trace?.Tried(rule, began);
            if (found is null) continue;
            var result = Like(rule, found, node);
            if (result == node) continue;
            _trace?.Fired(rule, node, result);
            _recent[_steps++ % _recent.Length] = rule;
            if (_steps > _budget) throw Endless(node);
            return result;
        }
        return node;
    }

    // The result in the dtype and shape of what it replaces. Sizes that are equal only by a guard may come out in either form.
    static Expr Like(Rule rule, Expr found, Expr node)
    {
        var result = found.DType != node.DType && found.IsWeak ? T.Cast(found, node.DType) : found;
        if (result.DType == node.DType && result.Rank <= node.Rank && result.Type.Parts.Count == node.Type.Parts.Count)
        {
            if (result.Shape == node.Shape) return result;
            try
            {
                var repeated = Broadcasting.To(result, node.Shape);
                if (repeated.Rank == node.Rank && !Enumerable.Range(0, node.Rank).Any(axis => (repeated.Shape[axis] - node.Shape[axis]) is { IsStatic: true, Constant: not 0 })) return repeated;
            }
            catch (ShapeException) { }   // falls through to the error below
        }
        throw new CompileException($"DeepSym broke an invariant: the rule '{rule.Name}' turned {node.Describe()} into {found.Describe()}. Please report this.");
    }

    CompileException Endless(Expr last)
    {
        var culprits = _recent.GroupBy(rule => rule.Name).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(2).Select(group => $"'{group.Key}'");
        return new CompileException($"DeepSym broke an invariant: rewriting does not end; after {_steps} steps the rules {string.Join(" and ", culprits)} follow each other, last at {last.Describe()}. Please report this.");
    }
}
