using System.Collections.Immutable;

namespace DeepSym;

/// <summary>
/// Both modes of differentiation over whole graphs. Forward mode applies each op's Jvp; reverse mode applies its transpose: an op's own Vjp or
/// linear transpose where it has one, else its Jvp written out and transposed.
/// </summary>
static class Gradients
{
    /// <summary>For each of <paramref name="wrt"/> the cotangent, given those of the outputs; null where nothing depends on it differentiably.</summary>
    public static Expr?[] Reverse(IReadOnlyList<(Expr Output, Expr Cotangent)> seeds, IReadOnlyList<Expr> wrt) => Reverse(seeds, wrt, dtype => dtype.IsFloating(), [], []);

    /// <summary>As the other form; the cotangents of <paramref name="known"/> are those of the seeds alone, and none goes through <paramref name="constants"/>.</summary>
    public static Expr?[] Reverse(IReadOnlyList<(Expr Output, Expr Cotangent)> seeds, IReadOnlyList<Expr> wrt, HashSet<Expr> known, HashSet<Expr> constants) =>
        Reverse(seeds, wrt, dtype => dtype.IsFloating(), known, constants);

    static Expr?[] Reverse(IReadOnlyList<(Expr Output, Expr Cotangent)> seeds, IReadOnlyList<Expr> wrt, Func<DType, bool> flows, HashSet<Expr> known, HashSet<Expr> constants)
    {
        var order = Traversal.Topological(seeds.Select(s => s.Output), e => constants.Contains(e) ? [] : e.Inputs.AsSpan());
        var active = Active(order, wrt, flows, constants);
        var cotangents = new Dictionary<Expr, Expr>();
        var ofParts = new Dictionary<Expr, Expr?[]>();   // of the results of tuples
        foreach (var (output, cotangent) in seeds) Accumulate(output, cotangent);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            if (node.Op is null || !active.Contains(node) || constants.Contains(node)) continue;
            var cotangent = cotangents.GetValueOrDefault(node);
            if (node.Op is Project(var index))
            {
                var tuple = node.Inputs[0];
                if (!ofParts.TryGetValue(tuple, out var own)) ofParts[tuple] = own = new Expr?[tuple.Type.Parts.Count];
                own[index] = cotangent;
                continue;
            }
            if (cotangent is null && !ofParts.ContainsKey(node)) continue;
            ImmutableArray<bool> wanted = [.. node.Inputs.Select(input => active.Contains(input))];
            if (!wanted.Contains(true)) continue;
            var parts = node.Op is TupleOp op ? op.PartsVjp(node, node.Inputs, [.. ofParts[node]], wanted) : Vjp(node, cotangent!, wanted);
            for (var k = 0; k < parts.Length; k++)
                if (wanted[k] && parts[k] is { } part && !known.Contains(node.Inputs[k])) Accumulate(node.Inputs[k], part);
        }
        return [.. wrt.Select(x => cotangents.GetValueOrDefault(x))];

        void Accumulate(Expr node, Expr cotangent)
        {
            if (cotangent.DType != node.DType || cotangent.Rank != node.Rank)
                throw new GradientException($"DeepSym broke an invariant: the cotangent of {node.Describe()} has type {cotangent.Type}. Please report this.");
            cotangents[node] = cotangents.TryGetValue(node, out var sum) ? sum + cotangent : cotangent;
        }
    }

    /// <summary>The derivative of each output along the tangents of <paramref name="wrt"/>; null where it is zero.</summary>
    public static Expr?[] Forward(IReadOnlyList<Expr> outputs, IReadOnlyList<Expr> wrt, IReadOnlyList<Expr> tangents)
    {
        var order = Traversal.Topological(outputs, Differentiated);
        var active = Active(order, wrt, dtype => dtype.IsFloating(), []);
        var found = new Dictionary<Expr, Expr>();
        var ofParts = new Dictionary<Expr, ImmutableArray<Expr?>>();   // of the results of tuples
        for (var i = 0; i < wrt.Count; i++) found[wrt[i]] = tangents[i];
        foreach (var node in order)
        {
            if (node.Op is null || found.ContainsKey(node) || !active.Contains(node)) continue;
            if (node.Op is Project(var index))
            {
                if (ofParts.TryGetValue(node.Inputs[0], out var parts) && parts[index] is { } part) found[node] = part;
                continue;
            }
            ImmutableArray<Expr?> incoming = [.. node.Inputs.Select(input => found.GetValueOrDefault(input))];
            if (incoming.All(t => t is null)) continue;
            if (node.Op is TupleOp op) ofParts[node] = op.PartsJvp(node, node.Inputs, incoming);
            else if (node.Op.Jvp(node, node.Inputs, incoming) is { } tangent) found[node] = tangent;
        }
        return [.. outputs.Select(o => found.GetValueOrDefault(o))];
    }

    // The inputs whose derivatives a node asks for: not what is held constant, and not a value that has a derivative of its own.
    static ReadOnlySpan<Expr> Differentiated(Expr node) => node.Op switch { StopGradient => [], GradientOverride => node.Inputs.AsSpan()[1..], _ => node.Inputs.AsSpan() };

    /// <summary>The cotangent of <paramref name="x"/> when <paramref name="output"/> is a linear function of it, of any dtype.</summary>
    public static Expr Pullback(Expr output, Expr x, Expr cotangent) => Reverse([(output, cotangent)], [x], _ => true, [], [])[0] ?? T.ZerosLike(x);

    /// <summary>Nodes that depend on one of <paramref name="wrt"/> through nodes of dtypes through which derivatives flow.</summary>
    public static HashSet<Expr> Active(IEnumerable<Expr> order, IEnumerable<Expr> wrt) => Active(order, wrt, dtype => dtype.IsFloating(), []);

    static HashSet<Expr> Active(IEnumerable<Expr> order, IEnumerable<Expr> wrt, Func<DType, bool> flows, HashSet<Expr> constants)
    {
        var active = new HashSet<Expr>(wrt.Where(x => flows(x.DType)));
        foreach (var node in order)
            if ((node.Type.IsTuple ? node.Type.Parts.Any(part => flows(part.DType)) : flows(node.DType)) && node.Op is not StopGradient && !constants.Contains(node) && node.Inputs.Any(active.Contains)) active.Add(node);
        return active;
    }

    static ImmutableArray<Expr?> Vjp(Expr node, Expr cotangent, ImmutableArray<bool> wanted)
    {
        var op = node.Op!;
        var own = op.Vjp(node, node.Inputs, cotangent, wanted);
        if (!own.IsDefault) return own;
        if (op.Linearity != Linearity.None) return op.Transpose(node, node.Inputs, cotangent, wanted);
        var tangents = node.Inputs.Select((input, i) => wanted[i] ? new Variable("tangent" + i, input.DType, [.. input.Shape]) : null).ToArray();
        if (op.Jvp(node, node.Inputs, [.. tangents]) is not { } jvp) return [.. node.Inputs.Select(_ => (Expr?)null)];
        if (jvp.Op == op) return op.Transpose(node, node.Inputs, cotangent, wanted);   // linear in the inputs that have a tangent
        var pulled = Reverse([(jvp, cotangent)], [.. tangents.OfType<Expr>()]);
        var next = 0;
        return [.. tangents.Select(t => t is null ? null : pulled[next++])];
    }
}
