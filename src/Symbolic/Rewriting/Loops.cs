using System.Diagnostics;
using static DeepSym.Rewriting.Promise;

namespace DeepSym.Rewriting;

/// <summary>Rewrites of loops: fewer carries, work moved before, after or out of the loop, several loops made one.</summary>
static class Loops
{
    const int MaxPasses = 200;

    public static readonly IReadOnlyList<LoopRule> Rules =
    [
        new("loops of one length side by side are one", Exact, LoopMerging.Merge),
        new("results that nothing uses are not computed", Exact, LoopMerging.DropUnused),
        new("no step, or one", Exact, FewSteps),
        new("the body is simplified, and what does not change is computed before", Exact, SimplifyBody) { IsLocal = true },
        new("a carry that never changes is no carry", Exact, LoopMerging.Invariant),
        new("an output that is a row of something known is not stored again", Exact, LoopMerging.Known),
        new("equal carries are one", Exact, LoopMerging.Twins) { IsLocal = true },
        new("a sum of products over steps is one product", Reassociates, LoopMotion.Sums),
        new("products of outputs are taken after the loop", Reassociates, LoopMotion.Outputs),
        new("products of elements of sequences are taken before the loop", Reassociates, LoopMotion.Inputs) { IsLocal = true },
    ];

    /// <summary>Rules for what is taken from the results of loops.</summary>
    public static readonly RuleSet OfResults = [new FunctionRule("one end of a trace", "trace[0] → the initial carry, trace[n] → the last carry", Exact, [typeof(Slice)], EndOfTrace, dtype => [LastOfTrace(T.Vector("x", 3, dtype))])];

    /// <summary>The roots with all rules applied until none does.</summary>
    public static IReadOnlyList<Expr> Apply(IReadOnlyList<Expr> roots, Numerics numerics, RewriteTrace? trace = null)
    {
        var settled = new HashSet<(Expr, LoopRule)>();   // loops to which a rule that looks at nothing else does not apply
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            if (Step(roots, numerics, settled, trace) is not { } next) return roots;
            roots = next;
        }
        return roots;
    }

    /// <summary>The roots with the bodies of loops and branches rewritten, those within others first.</summary>
    public static List<Expr> RewriteBodies(IReadOnlyList<Expr> roots, Func<IReadOnlyList<Expr>, IReadOnlyList<Expr>> rewrite) =>
        Traversal.Rebuild(roots, _ => null, op => RewriteBodies(op, rewrite));

    /// <summary>The op with its bodies rewritten.</summary>
    public static Op RewriteBodies(Op op, Func<IReadOnlyList<Expr>, IReadOnlyList<Expr>> rewrite)
    {
        return op switch
        {
            Scan scan => scan with { Body = Rewritten(scan.Body) },
            Branch branch => new Branch(Rewritten(branch.Then), Rewritten(branch.Else)),
            _ => op,
        };

        Lambda Rewritten(Lambda body) => body with { Results = rewrite(RewriteBodies(body.Results, rewrite)).ToEquatable() };
    }

    static List<Expr>? Step(IReadOnlyList<Expr> roots, Numerics numerics, HashSet<(Expr, LoopRule)> settled, RewriteTrace? trace)
    {
        var order = Traversal.Topological(roots);
        foreach (var node in order)
        {
            if (node.Op is not Scan) continue;
            var use = new LoopUse(node, order, numerics, trace);
            foreach (var rule in Rules)
            {
                if (!rule.Promise.Suffices(numerics) || settled.Contains((node, rule))) continue;
                var began = trace is null ? 0 : Stopwatch.GetTimestamp();
                var replaced = rule.Apply(use);
                trace?.Tried(rule, began);
                if (replaced?.Any(p => p.Key != p.Value) == true)
                {
                    trace?.Fired(rule, replaced);
                    foreach (var (before, after) in replaced) trace?.Sources?.Replaced(before, after);
                    return Traversal.Rebuild(roots, replaced.GetValueOrDefault);
                }
                if (rule.IsLocal) settled.Add((node, rule));
            }
        }
        return null;
    }

    static Dictionary<Expr, Expr>? SimplifyBody(LoopUse use)
    {
        var draft = use.Draft();
        var results = Rewriter.Apply(draft.Results, Tables.Simplify, use.Numerics, use.Trace);
        results = Rewriter.Apply(Apply(results, use.Numerics, use.Trace), Tables.Simplify, use.Numerics, use.Trace);
        draft.Replace(results);
        var built = draft.Build();
        return built.Tuple == use.Node ? null : use.With(built);
    }

    static Dictionary<Expr, Expr>? FewSteps(LoopUse use)
    {
        var (scan, node) = (use.Scan, use.Node);
        if (scan.Length is not { IsStatic: true, Constant: 0 or 1 }) return null;
        if (scan.Length.Constant == 0)
            return use.With(i => node.Inputs[i], i => T.ExpandDims(node.Inputs[i], 0), j => Nothing(node.Type.Parts[scan.Output(j)]), () => T.Constant(Tensor.Scalar(0L)));
        var results = scan.Body.Apply([.. node.Inputs.Select((input, i) => scan.IsSequence(i) ? T.Reshape(ScanParts.Rows(input, 0, 1), scan.Body.Parameters[i].Shape) : input)]);
        return use.With(
            i => results[i], i => T.Concatenate(scan.IsBackwards ? [T.ExpandDims(results[i], 0), T.ExpandDims(node.Inputs[i], 0)] : [T.ExpandDims(node.Inputs[i], 0), T.ExpandDims(results[i], 0)], 0),
            j => T.ExpandDims(results[scan.Carries + j], 0), () => T.Constant(Tensor.Scalar(1L)));

        static Expr Nothing(TensorType type) => T.Full(0, type.Shape.Dims.AsSpan(), type.DType);
    }

    static Expr LastOfTrace(Expr x)
    {
        var loop = new ScanBuilder(4);
        var carry = loop.Carry(x);
        return loop.Run([carry * 2], []).Trace(0)[4];
    }

    // The first row of a trace is the initial carry, the last one the last carry.
    static Expr? EndOfTrace(Expr node)
    {
        if (node is not { Op: Slice slice, Inputs: [{ Op: Project(var part), Inputs: [{ Op: Scan scan } loop] } trace] } || !slice.Lengths[0].IsOne || part < scan.Carries || part >= 2 * scan.Carries) return null;
        var carry = part - scan.Carries;
        var (first, last) = scan.IsBackwards ? (scan.Length, new ScanParts(loop).FirstRow) : (Dim.Zero, new ScanParts(loop).Steps);
        var end = slice.Starts[0] == first ? loop.Inputs[carry] : slice.Starts[0] == last ? new Project(Scan.Final(carry)).On(loop) : null;
        return end is null ? null : new Slice([Dim.Zero, .. slice.Starts.Skip(1)], slice.Lengths, slice.Steps).On(T.Reshape(end, trace.Shape.With(0, 1)));
    }
}
