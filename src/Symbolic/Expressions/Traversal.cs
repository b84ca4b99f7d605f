namespace DeepSym;

/// <summary>Walks over graphs with a stack of their own: graphs can be deeper than the stack of a thread.</summary>
public static class Traversal
{
    /// <summary>Every node that the roots depend on, each once, inputs before what uses them.</summary>
    public static List<Expr> Topological(params IEnumerable<Expr> roots) => Topological(roots, static e => e.Inputs.AsSpan());

    /// <summary>As <see cref="Topological(IEnumerable{Expr})"/>, but does not look behind nodes for which <paramref name="inputs"/> gives none.</summary>
    internal static List<Expr> Topological(IEnumerable<Expr> roots, Func<Expr, ReadOnlySpan<Expr>> inputs)
    {
        ArgumentNullException.ThrowIfNull(roots);
        var order = new List<Expr>();
        var seen = new HashSet<Expr>();
        var stack = new Stack<(Expr Node, int Next)>();
        foreach (var root in roots)
        {
            if (seen.Add(root)) stack.Push((root, 0));
            while (stack.TryPop(out var top))
            {
                var below = inputs(top.Node);
                var next = top.Next;
                while (next < below.Length && !seen.Add(below[next])) next++;
                if (next < below.Length)
                {
                    stack.Push((top.Node, next + 1));
                    stack.Push((below[next], 0));
                }
                else order.Add(top.Node);
            }
        }
        return order;
    }

    /// <summary>Every node that the roots depend on, and those in the bodies of loops and branches, each once.</summary>
    internal static IEnumerable<Expr> WithBodies(IEnumerable<Expr> roots)
    {
        var seen = new HashSet<Expr>();
        var pending = new Queue<IEnumerable<Expr>>([roots]);
        while (pending.TryDequeue(out var next))
            foreach (var node in Topological(next))
            {
                if (!seen.Add(node)) continue;
                foreach (var body in (node.Op as TupleOp)?.Bodies ?? []) pending.Enqueue(body.Results);
                yield return node;
            }
    }

    /// <summary>The leaves that the roots depend on: variables, constants and shared variables, in the order in which they are met.</summary>
    public static IEnumerable<Leaf> Leaves(params IEnumerable<Expr> roots) => Topological(roots).OfType<Leaf>();

    /// <summary>
    /// The roots with every node rebuilt from its rebuilt inputs, after <paramref name="replace"/> was asked: what it gives for a node stands in its
    /// place. <paramref name="renew"/> may change the ops of the others.
    /// </summary>
    internal static List<Expr> Rebuild(IReadOnlyList<Expr> roots, Func<Expr, Expr?> replace, Func<Op, Op>? renew = null)
    {
        var rebuilt = new Dictionary<Expr, Expr>();
        foreach (var node in Topological(roots, e => replace(e) is null ? e.Inputs.AsSpan() : []))
            rebuilt[node] = replace(node) ?? (node is Apply apply ? WithInputs(apply, renew?.Invoke(apply.Op) ?? apply.Op, input => rebuilt[input]) : node);
        return [.. roots.Select(root => rebuilt[root])];
    }

    /// <summary>The node with another op and inputs; itself when nothing differs.</summary>
    internal static Expr WithInputs(Expr node, Op op, Func<Expr, Expr> map)
    {
        var changed = !op.Equals(node.Op);
        var inputs = new Expr[node.Inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = map(node.Inputs[i]);
            changed |= !ReferenceEquals(inputs[i], node.Inputs[i]);
        }
        if (!changed) return node;
        using var same = Origins.Suspend();
        var rebuilt = op.On(inputs);
        Origins.Inherit(node, rebuilt);
        return rebuilt;
    }
}
