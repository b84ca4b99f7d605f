namespace DeepSym;

/// <summary>From Theano's signature of a loop to carries and sequences: taps become slices and delayed carries, updated shared variables become carries.</summary>
sealed class StepScan(Func<Expr[], ScanStep> step, IReadOnlyList<Sequence> sequences, IReadOnlyList<Initial?> outputs, IReadOnlyList<Expr> nonSequences, Dim? steps, bool isBackwards)
{
    const int Attempts = 3;

    readonly Initial?[] _outputs = [.. outputs];

    public int Truncation { get; init; }

    /// <summary>How many steps lie between the carries that the gradient keeps; 0: it keeps everything.</summary>
    public int SaveEvery { get; init; }

    public static ShapeException NoLength() => new("scan: without sequences the number of steps must be given.");

    public Scanned Build()
    {
        foreach (var initial in _outputs.OfType<Initial>()) Check(initial);
        if (_outputs.Any(initial => initial?.Value.IsWeak == true)) Probe();
        for (var attempt = 1; ; attempt++)
            if (Attempt(isLast: attempt == Attempts) is { } done) return done;
    }

    static void Check(Initial initial)
    {
        if (initial.Taps.Count == 0 || initial.Taps.Any(tap => tap >= 0))
            throw new ArgumentException($"scan: the taps of an output must be negative, and are [{string.Join(", ", initial.Taps)}]: a step knows only what earlier steps have given.");
        if (initial.Lag > 1 && (initial.Value.Rank == 0 || (initial.Value.Shape[0] - initial.Lag) is { IsStatic: true, Constant: < 0 }))
            throw new ShapeException($"scan: the taps [{string.Join(", ", initial.Taps)}] need {initial.Lag} initial values along the first axis, and {initial.Value.Describe()} has not as many.");
    }

    // A literal takes the dtype of the output: the step is built once with the literals themselves.
    void Probe()
    {
        var builder = new ScanBuilder(Dim.Zero);
        Expr[] elements = [.. Inputs(out _).Select(x => builder.Element(x))];
        var earlier = _outputs.OfType<Initial>().SelectMany(initial => initial.Value.IsWeak
            ? initial.Taps.Select(tap => initial.Lag == 1 ? initial.Value : initial.Value[initial.Lag + tap])
            : Delays(builder, initial, 0) is var carries ? initial.Taps.Select(tap => (Expr)carries[^-tap]) : []);
        var values = step([.. elements, .. earlier, .. nonSequences]).Outputs;
        for (var k = 0; k < Math.Min(values.Count, _outputs.Length); k++)
            if (_outputs[k] is { Value.IsWeak: true } initial) _outputs[k] = initial with { Value = Strong(initial.Value, values[k].DType) };
    }

    static Expr Strong(Expr literal, DType dtype)
    {
        dtype = literal.DType.Kind() > dtype.Kind() ? literal.DType : dtype;
        return literal is Constant constant ? T.Constant(constant.Value.To(dtype)) : T.Cast(literal, dtype);
    }

    // Null when an initial value needs another dtype: it is cast, and the step is built anew.
    Scanned? Attempt(bool isLast)
    {
        var inputs = Inputs(out var length);
        var builder = new ScanBuilder(length) { Truncation = Truncation, IsCheckpointed = SaveEvery == 1 };
        Expr[] elements = [.. inputs.Select(x => builder.Element(x))];
        var delayed = _outputs.Select((initial, k) => initial is null ? [] : Delays(builder, initial, k)).ToArray();   // the newest last
        var mark = new Variable("mark", DType.Bool, []).Identity;
        var result = step([.. elements, .. _outputs.SelectMany((initial, k) => initial is null ? [] : initial.Taps.Select(tap => delayed[k][^-tap])), .. nonSequences]);

        var values = result.Outputs.ToArray();
        if (_outputs.Length > 0 && values.Length != _outputs.Length)
            throw new ArgumentException($"scan: the step gives {values.Length} outputs, and {_outputs.Length} initial values or None are listed for them.");
        for (var k = 0; k < _outputs.Length; k++)
            if (!isLast && Retyped(_outputs[k], values[k]) is { } better)
            {
                _outputs[k] = better;
                return null;
            }

        var isFedBack = values.Select((_, k) => _outputs.Length > 0 && _outputs[k] is not null).ToArray();
        var next = new List<Expr>();
        for (var k = 0; k < _outputs.Length; k++)
            if (isFedBack[k]) next.AddRange([.. delayed[k].Skip(1), values[k]]);
        var stacked = values.Where((_, k) => !isFedBack[k]).ToList();
        var (updated, draws) = Updates(result, [.. next, .. stacked], mark);
        var state = updated.Concat(draws).Select(u => (u.Variable, Carry: builder.Carry(u.Variable, u.Variable.Name), u.Value)).ToArray();
        next.AddRange(state.Select(s => T.Cast(s.Value, s.Variable.DType)));
        var read = state.ToDictionary(s => (Expr)s.Variable, s => (Expr)s.Carry);
        Expr[] own = [.. SizeSubstitution.Apply([.. next, .. stacked, result.Until ?? false], read)];
        if (SaveEvery > 1 && (result.Until is not null || Truncation > 0))
            throw new ArgumentException("scan: a loop that ends by a condition, or whose gradient is truncated, cannot be saved every few steps: leave saveEvery out.");
        var parts = SaveEvery > 1 ? builder.RunInChunks(SaveEvery, own[..next.Count], own[next.Count..^1])
            : builder.Run(own[..next.Count], own[next.Count..^1], result.Until is null ? null : own[^1]).Results;

        // The newest carry of each output is the output.
        var newest = new List<int>();
        var count = 0;
        foreach (var carries in delayed) newest.Add((count += carries.Length) - 1);
        var output = 0;
        var (all, last) = (new List<Expr>(), new List<Expr>());
        for (var k = 0; k < values.Length; k++)
            if (isFedBack[k])
            {
                all.Add(parts.After[newest[k]]);
                last.Add(parts.Last[newest[k]]);
            }
            else
            {
                all.Add(parts.Outputs[output++]);
                last.Add(all[^1][-1]);
            }
        for (var i = 0; i < draws.Count; i++) draws[i].Variable.Stream![draws[i].Variable] = parts.Last[count + updated.Count + i];
        return new Scanned(all, last, [.. updated.Select((u, i) => (u.Variable, parts.Last[count + i]))], parts.Steps);
    }

    // One expression for each tap of each sequence, all of one length.
    List<Expr> Inputs(out Dim length)
    {
        var found = new List<Expr>();
        foreach (var (input, taps) in sequences)
        {
            if (input.Rank == 0) throw new ShapeException($"scan: the sequence {input.Describe()} has no axis to walk along. Pass it as a non-sequence.");
            var (low, high) = (Math.Min(taps.Min(), 0), Math.Max(taps.Max(), 0));
            var count = high == low ? input.Shape[0] : Dim.Max(input.Shape[0] - (high - low), 0);
            foreach (var tap in taps)
                found.Add(isBackwards ? ScanParts.Rows(input, count - 1 + (tap - low), count, -1) : ScanParts.Rows(input, tap - low, count));
        }
        var shortest = found.Select(x => x.Shape[0]).Aggregate((Dim?)null, (least, size) => least is null ? size : Dim.Min(least, size));
        var wanted = steps ?? shortest ?? throw NoLength();
        if (wanted is { IsStatic: true, Constant: < 0 }) throw new ShapeException($"scan: the number of steps ({wanted}) must not be negative.");
        length = wanted;
        return [.. found.Select(x => x.Shape[0] == wanted ? x : ScanParts.Rows(x, Dim.Zero, steps is null ? wanted : Dim.Min(wanted, x.Shape[0])))];
    }

    // A carry for each earlier value, the oldest first.
    static Variable[] Delays(ScanBuilder builder, Initial initial, int output) => initial.Lag == 1 && initial.Taps.Count == 1
        ? [builder.Carry(initial.Value, initial.Value is Leaf { Name.Length: > 0 } leaf ? leaf.Name : $"output{output}")]
        : [.. Enumerable.Range(0, initial.Lag).Select(i => builder.Carry(initial.Value[i], $"output{output}[t-{initial.Lag - i}]"))];

    // An initial value of a narrower dtype, such as an integer 0, takes the dtype of the output.
    static Initial? Retyped(Initial? initial, Expr value) =>
        initial is null || value.IsWeak || Promotion.Common(value.DType, initial.Value.DType) is var common && common == initial.Value.DType ? null : initial with { Value = T.Cast(initial.Value, common) };

    // What the step updates, and the counters of what it draws.
    static (List<(SharedVariable Variable, Expr Value)> Updated, List<(SharedVariable Variable, Expr Value)> Draws) Updates(ScanStep result, IReadOnlyList<Expr> roots, long mark)
    {
        var updated = result.Updates.ToList();
        foreach (var (variable, value) in updated)
            if (value.Rank != variable.Rank || Promotion.Loses(value, variable.DType))
                throw new DTypeException($"scan: the update of shared variable '{variable.Name}' ({variable.Type}) is {value.Describe()}. Cast it, or sum or reshape it to that shape.");
        var used = SizeSubstitution.LeavesWithSizes([.. roots, .. updated.Select(u => u.Value)]).OfType<SharedVariable>();
        var draws = used.Where(s => s.Stream is not null && s.Identity > mark && updated.All(u => u.Variable != s)).OrderBy(s => s.Identity);
        return (updated, [.. draws.Select(s => (s, s.Stream![s]))]);
    }
}
