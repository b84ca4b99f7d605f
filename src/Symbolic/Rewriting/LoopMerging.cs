namespace DeepSym.Rewriting;

/// <summary>Rules that make loops fewer and smaller.</summary>
static class LoopMerging
{
    /// <summary>Loops of the same length that share an input, and of which neither needs the other, become one. Those with a condition stay apart.</summary>
    public static Dictionary<Expr, Expr>? Merge(LoopUse use)
    {
        var (node, scan) = (use.Node, use.Scan);
        foreach (var other in use.Loops)
        {
            var second = (Scan)other.Op!;
            if (other == node || second.Length != scan.Length || second.IsBackwards != scan.IsBackwards || scan.HasStop != second.HasStop || scan.HasStop && !IsExtension(use, other)) continue;
            if (!other.Inputs.Take(second.Carries + second.Sequences).Intersect(node.Inputs.Take(scan.Carries + scan.Sequences)).Any()) continue;
            if (Traversal.Topological([node]).Contains(other) || Traversal.Topological([other]).Contains(node)) continue;
            var draft = use.Draft();
            var (carry, output) = draft.Join(new ScanDraft(other));
            var built = draft.Build();
            var replaced = use.With(built);
            foreach (var (key, value) in new LoopUse(other, [.. Enumerable.Range(0, other.Type.Parts.Count).Select(i => new Project(i).On(other))], use.Numerics).With(built, i => carry + i, j => output + j)) replaced[key] = value;
            return replaced;
        }
        return null;
    }

    // The same loop with other outputs, so that it ends at the same step.
    static bool IsExtension(LoopUse use, Expr other)
    {
        var (first, second) = (use.Scan.Body, ((Scan)other.Op!).Body);
        return use.Node.Inputs.SequenceEqual(other.Inputs) && first.Parameters == second.Parameters && first.Results[^1] == second.Results[^1]
            && first.Results.Take(use.Scan.Carries).SequenceEqual(second.Results.Take(use.Scan.Carries));
    }

    public static Dictionary<Expr, Expr>? DropUnused(LoopUse use)
    {
        var (scan, draft) = (use.Scan, use.Draft());
        var outputs = Enumerable.Range(0, scan.Outputs).Where(j => use.IsUsed(scan.Output(j))).ToList();
        var live = Enumerable.Range(0, scan.Carries).Where(i => use.IsUsed(Scan.Final(i)) || use.IsUsed(scan.Trace(i))).ToHashSet();
        while (true)
        {
            var roots = outputs.Select(j => draft.Outputs[j]).Concat(live.Select(i => draft.Carries[i].Next)).Concat(draft.Stop is null ? [] : [draft.Stop]);
            var needed = WithSizes(roots);
            var count = live.Count;
            live.UnionWith(Enumerable.Range(0, scan.Carries).Where(i => needed.Contains(draft.Carries[i].Parameter)));
            if (live.Count == count) break;
        }
        if (live.Count == scan.Carries && outputs.Count == scan.Outputs) return null;
        var carries = live.Order().ToList();
        for (var i = scan.Carries - 1; i >= 0; i--)
            if (!live.Contains(i)) draft.Carries.RemoveAt(i);
        for (var j = scan.Outputs - 1; j >= 0; j--)
            if (!outputs.Contains(j)) draft.Outputs.RemoveAt(j);
        return use.With(draft.Build(), carries.IndexOf, outputs.IndexOf);
    }

    static HashSet<Expr> WithSizes(IEnumerable<Expr> roots)
    {
        var found = new HashSet<Expr>();
        var pending = new Queue<Expr>(roots);
        while (pending.TryDequeue(out var root))
            foreach (var node in Traversal.Topological([root]))
                if (found.Add(node))
                    foreach (var value in SizeValues.Of(node.Op)) pending.Enqueue(value);
        return found;
    }

    public static Dictionary<Expr, Expr>? Invariant(LoopUse use)
    {
        var (scan, draft) = (use.Scan, use.Draft());
        var at = draft.Carries.FindIndex(c => c.Next == c.Parameter);
        if (at < 0 || scan.HasStop && use.IsUsed(scan.Trace(at))) return null;
        var initial = draft.Carries[at].Initial;
        draft.Capture(at);
        var built = draft.Build();
        int Moved(int i) => i < at ? i : i - 1;
        return use.With(
            i => i == at ? initial : built.Final(Moved(i)),
            i => i == at ? Repeated(initial, scan.Length + 1) : built.Trace(Moved(i)),
            built.Output, () => new Project(built.Scan.Steps).On(built.Tuple));
    }

    /// <summary>Outputs that repeat a sequence, a carry or another output, or are the same in every step.</summary>
    public static Dictionary<Expr, Expr>? Known(LoopUse use)
    {
        var (scan, draft) = (use.Scan, use.Draft());
        if (scan.HasStop) return null;
        var parts = new ScanParts(use.Node);
        var changing = SizeValues.Depending(draft.Outputs, scan.Body.Parameters.Take(scan.Carries + scan.Sequences));
        var known = draft.Outputs.Select((y, j) => draft.Sequences.FindIndex(s => s.Parameter == y) is >= 0 and var s ? draft.Sequences[s].Input
            : draft.Carries.FindIndex(c => c.Parameter == y) is >= 0 and var before ? parts.Before(before)
            : draft.Carries.FindIndex(c => c.Next == y) is >= 0 and var after ? parts.After(after)
            : draft.Outputs.IndexOf(y) is var first && first < j ? parts.Output(first)
            : !changing.Contains(y) ? Repeated(draft.Outside(y), scan.Length) : null).ToArray();
        return known.Where((k, j) => k is not null && use.IsUsed(scan.Output(j))).Any() ? use.With(parts.Final, parts.Trace, j => known[j] ?? parts.Output(j)) : null;
    }

    static Expr Repeated(Expr row, Dim count) => new BroadcastTo([count, .. row.Shape], Enumerable.Range(1, row.Rank).ToEquatable()).On(row);

    /// <summary>Carries that begin alike and go on alike, supposing that they are equal, are equal.</summary>
    public static Dictionary<Expr, Expr>? Twins(LoopUse use)
    {
        var draft = use.Draft();
        var leader = draft.Carries.Select(c => draft.Carries.FindIndex(d => d.Initial == c.Initial)).ToArray();
        while (true)
        {
            var same = new Dictionary<Expr, Expr>();
            for (var i = 0; i < leader.Length; i++) same[draft.Carries[i].Parameter] = draft.Carries[leader[i]].Parameter;
            if (same.All(p => p.Key == p.Value)) return null;
            var next = Lambda.Replace([.. draft.Carries.Select(c => c.Next)], same);
            var refined = leader.Select((l, i) => Array.FindIndex(leader, 0, k => k == l) is var first ? Enumerable.Range(first, leader.Length - first).First(j => leader[j] == l && next[j] == next[i]) : i).ToArray();
            if (refined.SequenceEqual(leader)) return Merged(use, draft, leader, same);
            leader = refined;
        }
    }

    static Dictionary<Expr, Expr> Merged(LoopUse use, ScanDraft draft, int[] leader, Dictionary<Expr, Expr> same)
    {
        draft.Replace(same);
        var kept = leader.Distinct().Order().ToList();
        for (var i = leader.Length - 1; i >= 0; i--)
            if (leader[i] != i) draft.Carries.RemoveAt(i);
        return use.With(draft.Build(), i => kept.IndexOf(leader[i]));
    }
}
