namespace DeepSym.Rewriting;

/// <summary>Rules that take products out of loops: one product of matrices in the place of one of vectors in every step.</summary>
static class LoopMotion
{
    /// <summary><c>Σ xₜ yₜ</c>, summed up in a carry, is the product of the stacked x and y. (The gradient of a recurrent weight.)</summary>
    public static Dictionary<Expr, Expr>? Sums(LoopUse use)
    {
        var (scan, draft) = (use.Scan, use.Draft());
        if (scan.HasStop) return null;
        for (var i = 0; i < scan.Carries; i++)
        {
            var (parameter, initial, next) = draft.Carries[i];
            if (use.IsUsed(scan.Trace(i)) || !next.DType.IsFloating() || Addends(next, parameter) is not { } addends) continue;
            var rest = addends.Where(a => !Product(a, draft)).ToList();
            if (rest.Count == addends.Count) continue;
            var others = draft.Results.Where((_, k) => k != i).Concat(addends);
            if (SizeValues.Depending(others, [parameter]).Count > 1) continue;

            var products = addends.Where(a => !rest.Contains(a)).ToList();
            var isGone = rest.Count == 0;
            if (isGone) draft.Carries.RemoveAt(i);
            else draft.Carries[i] = (parameter, initial, rest.Aggregate((Expr)parameter, (sum, a) => sum + a));
            var rows = new StackedRows(use, draft);
            var wanted = products.Select(p => Matrices(p)).SelectMany(c => c.Inputs).Distinct().Where(rows.IsChanging).ToList();
            foreach (var operand in wanted) rows.Ask(operand);
            var built = draft.Build();
            var sum = products.Select(p => Over(p, rows, built, draft)).Aggregate(isGone ? initial : built.Final(i), (a, b) => a + b);
            int Moved(int k) => isGone && k > i ? k - 1 : k;
            return use.With(k => k == i ? sum : built.Final(Moved(k)), k => built.Trace(Moved(k)), built.Output);
        }
        return null;
    }

    // What is added to a carry, or null when the new value is no such sum.
    static List<Expr>? Addends(Expr next, Variable carry)
    {
        var (found, pending, count) = (new List<Expr>(), new Stack<Expr>([next]), 0);
        while (pending.TryPop(out var expr))
            if (expr == carry) count++;
            else if (expr is { Op: Map { Function.Name: "add" }, Inputs: [var x, var y] } && SizeValues.Depending([expr], [carry]).Contains(expr))
            {
                pending.Push(y);
                pending.Push(x);
            }
            else found.Add(expr);
        return count == 1 ? found : null;
    }

    static Expr Matrices(Expr product) => product.Op is Transpose ? product.Inputs[0] : product;

    // A product of matrices, or a sum over something that is stacked anyway.
    static bool Product(Expr addend, ScanDraft draft) => Matrices(addend) is { Op: Contract } || addend is { Op: Reduce { Monoid: Monoid.Sum } } && draft.Outputs.Contains(addend.Inputs[0]);

    // The product of all steps at once: the axis of steps is one more that is summed.
    static Expr Over(Expr product, StackedRows rows, ScanParts built, ScanDraft draft)
    {
        if (product.Op is Reduce reduce) return (reduce with { Axes = [0, .. reduce.Axes.Select(axis => axis + 1)] }).On(rows.Of(product.Inputs[0], built));
        var node = Matrices(product);
        var (contract, x, y) = ((Contract)node.Op!, node.Inputs[0], node.Inputs[1]);
        var (left, right) = (rows.IsChanging(x), rows.IsChanging(y));
        Expr all;
        if (left && right)
        {
            static EquatableArray<AxisPair> Shift(EquatableArray<AxisPair> pairs) => pairs.Select(p => new AxisPair(p.Left + 1, p.Right + 1)).ToEquatable();
            all = new Contract(Shift(contract.Batch), [new AxisPair(0, 0), .. Shift(contract.Sum)]).On(rows.Of(x, built), rows.Of(y, built));
        }
        else all = contract.On(left ? T.SumKeepingType(rows.Of(x, built), [0]) : draft.Outside(x), right ? T.SumKeepingType(rows.Of(y, built), [0]) : draft.Outside(y));
        return product.Op is Transpose transpose ? transpose.On(all) : all;
    }

    /// <summary>What outputs need beyond the carries is computed for all steps at once, where that is a product or where there are no carries at all.</summary>
    public static Dictionary<Expr, Expr>? Outputs(LoopUse use)
    {
        var (scan, draft) = (use.Scan, use.Draft());
        if (scan.HasStop) return null;
        var rows = new StackedRows(use, draft);
        var needed = Traversal.Topological(draft.Carries.Select(c => c.Next)).ToHashSet();
        var outputs = draft.Outputs.ToList();
        var batching = new Batching(scan.Length, rows.IsChanging);
        bool IsOutside(Expr node) => rows.IsChanging(node) && !needed.Contains(node) && node is not Leaf && batching.Accepts(node);
        var moved = outputs.Select((y, j) => use.IsUsed(scan.Output(j)) && IsOutside(y) && (scan.Carries == 0 || Tail(y).Any(node => node.Op is Contract))).ToArray();
        if (!moved.Contains(true)) return null;
        if (scan.Carries == 0 && !moved.All(m => m) && !outputs.Where((_, j) => moved[j]).Any(y => Tail(y).Any(node => node.Op is Contract))) return null;

        draft.Outputs.Clear();
        var place = outputs.Select((y, j) => moved[j] ? -1 : draft.Output(y)).ToArray();
        var frontier = outputs.Where((_, j) => moved[j]).SelectMany(y => Traversal.Topological([y], Below)).Distinct().Where(node => rows.IsChanging(node) && !IsOutside(node)).ToList();
        foreach (var node in frontier) rows.Ask(node);
        var built = draft.Build();
        foreach (var node in frontier) batching.Add(node, rows.Of(node, built));
        return use.With(built.Final, built.Trace, j => moved[j] ? draft.Outside(batching.Apply(outputs[j])) : built.Output(place[j]));

        ReadOnlySpan<Expr> Below(Expr node) => IsOutside(node) ? node.Inputs.AsSpan() : [];
        IEnumerable<Expr> Tail(Expr y) => Traversal.Topological([y], Below).Where(IsOutside);
    }

    /// <summary>Products that depend on sequences but on no carry become sequences.</summary>
    public static Dictionary<Expr, Expr>? Inputs(LoopUse use)
    {
        var (scan, draft) = (use.Scan, use.Draft());
        var carried = SizeValues.Depending(draft.Results, draft.Carries.Select(c => c.Parameter));
        var changing = SizeValues.Depending(draft.Results, draft.Sequences.Select(s => s.Parameter));
        var batching = new Batching(scan.Length, changing.Contains);
        foreach (var (parameter, input) in draft.Sequences) batching.Add(parameter, input);

        var movable = new HashSet<Expr>(draft.Sequences.Select(s => s.Parameter));
        var heavy = new HashSet<Expr>();
        var order = Traversal.Topological(draft.Results);
        foreach (var node in order)
        {
            if (node is Leaf || !changing.Contains(node) || carried.Contains(node) || !batching.Accepts(node)) continue;
            if (!node.Inputs.All(input => !changing.Contains(input) || movable.Contains(input))) continue;
            movable.Add(node);
            if (node.Op is Contract || node.Inputs.Any(heavy.Contains)) heavy.Add(node);
        }
        if (heavy.Count == 0) return null;

        var last = new HashSet<Expr>();
        foreach (var used in order.Where(node => !movable.Contains(node)).SelectMany(node => node.Inputs).Concat(draft.Results))
        {
            var node = used;
            while (node.Op is BroadcastTo or Windows) node = node.Inputs[0];
            if (heavy.Contains(node)) last.Add(node);
        }
        var replaced = new Dictionary<Expr, Expr>();
        foreach (var node in last)
        {
            var parameter = new Variable("product", node.DType, [.. node.Shape]);
            draft.Sequences.Add((parameter, draft.Outside(batching.Apply(node))));
            replaced[node] = parameter;
        }
        if (replaced.Count == 0) return null;
        draft.Replace(replaced);
        return use.With(draft.Build());
    }

    /// <summary>The values that a loop has in all of its steps, stacked: sequences, traces, or outputs that are added for the purpose.</summary>
    sealed class StackedRows
    {
        readonly ScanDraft _draft;
        readonly HashSet<Expr> _changing;
        readonly Dictionary<Expr, Func<ScanParts, Expr>> _rows = [];

        public StackedRows(LoopUse use, ScanDraft draft)
        {
            _draft = draft;
            _changing = SizeValues.Depending(use.Scan.Body.Results, use.Scan.Body.Parameters.Take(use.Scan.Carries + use.Scan.Sequences));
        }

        public bool IsChanging(Expr expr) => _changing.Contains(expr);

        public void Ask(Expr expr)
        {
            if (_rows.ContainsKey(expr)) return;
            var (sequence, before, after) = (_draft.Sequences.FindIndex(s => s.Parameter == expr), _draft.Carries.FindIndex(c => c.Parameter == expr), _draft.Carries.FindIndex(c => c.Next == expr));
            if (sequence >= 0)
            {
                var input = _draft.Sequences[sequence].Input;
                _rows[expr] = _ => input;
            }
            else if (before >= 0) _rows[expr] = built => built.Before(before);
            else if (after >= 0) _rows[expr] = built => built.After(after);
            else
            {
                var output = _draft.Output(expr);
                _rows[expr] = built => built.Output(output);
            }
        }

        public Expr Of(Expr expr, ScanParts built) => _rows[expr](built);
    }
}
