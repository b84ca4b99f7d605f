using System.Collections.Immutable;
using DeepSym.Rewriting;

namespace DeepSym;

/// <summary>
/// Both derivatives of a loop. Each is a loop along the same steps, forwards or backwards, over what the first one keeps: the carries before each step, its
/// sequences, and the costly values inside of its steps.
/// </summary>
sealed class ScanDerivatives
{
    readonly Scan _scan;
    readonly Lambda _body;
    readonly ImmutableArray<Expr> _inputs;
    readonly List<Expr> _order;
    readonly ScanParts _parts;
    readonly Dim _first, _count;   // the rows of the steps along which the derivative runs

    ScanDerivatives(Expr tuple, ImmutableArray<Expr> inputs, bool isTruncated)
    {
        tuple = Loops.RewriteBodies(tuple.Op!, results => Rewriter.Apply(results, Tables.Stabilize, Numerics.Default)).On(inputs.AsSpan());   // so that the derivative is that of the stable form
        (_scan, _inputs, _parts) = ((Scan)tuple.Op!, inputs, new ScanParts(tuple));
        _body = _scan.Body;
        _order = Traversal.Topological(_body.Results);
        var steps = _parts.Steps;
        _count = isTruncated && _scan.Truncation > 0 ? Dim.Min(steps, _scan.Truncation) : steps;
        _first = _scan.IsBackwards ? _parts.FirstRow : steps - _count;
    }

    ScanBuilder NewLoop(bool isReversed) => new(_count) { IsBackwards = _scan.IsBackwards != isReversed, Truncation = _scan.Truncation, IsCheckpointed = _scan.IsCheckpointed };

    /// <summary>The derivatives of the results along tangents of the inputs.</summary>
    public static ImmutableArray<Expr?> Forward(Expr tuple, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> tangents) =>
        new ScanDerivatives(tuple, inputs, isTruncated: false).Forward(tangents);

    /// <summary>The cotangents of the wanted inputs.</summary>
    public static ImmutableArray<Expr?> Reverse(Expr tuple, ImmutableArray<Expr> inputs, ImmutableArray<Expr?> cotangents, ImmutableArray<bool> wanted) =>
        new ScanDerivatives(tuple, inputs, isTruncated: true).Reverse(cotangents, wanted);

    ImmutableArray<Expr?> Forward(ImmutableArray<Expr?> tangents)
    {
        var (carries, outputs) = (_scan.Carries, _scan.Outputs);
        var active = Varying([.. tangents.Select(t => t is not null)]);
        var loop = NewLoop(isReversed: false);
        var along = new Expr?[_inputs.Length];
        var moving = Enumerable.Range(0, carries).Where(i => active.Contains(_body.Parameters[i])).ToList();
        foreach (var i in moving) along[i] = loop.Carry(tangents[i] ?? T.ZerosLike(_inputs[i]), $"d {_body.Parameters[i].Name}");
        for (var i = carries; i < _inputs.Length; i++)
            if (tangents[i] is { } tangent) along[i] = _scan.IsSequence(i) ? loop.Element(Rows(tangent)) : tangent;
        var wrt = Enumerable.Range(0, along.Length).Where(i => along[i] is not null).ToArray();
        var found = Gradients.Forward(_body.Results, [.. wrt.Select(i => _body.Parameters[i])], [.. wrt.Select(i => along[i]!)]);
        var stacked = Enumerable.Range(0, outputs).Where(j => found[carries + j] is not null).ToList();
        var results = Kept(loop, [.. moving.Select(i => found[i] ?? T.ZerosLike(_body.Parameters[i])), .. stacked.Select(j => found[carries + j]!)]);
        var parts = loop.Run(results[..moving.Count], results[moving.Count..]);

        var all = new Expr?[_parts.Tuple.Type.Parts.Count];
        for (var k = 0; k < moving.Count; k++)
        {
            all[Scan.Final(moving[k])] = parts.Final(k);
            all[_scan.Trace(moving[k])] = Placed(parts.Trace(k), _scan.Length + 1);
        }
        for (var k = 0; k < stacked.Count; k++) all[_scan.Output(stacked[k])] = Placed(parts.Output(k), _scan.Length);
        return [.. all];
    }

    ImmutableArray<Expr?> Reverse(ImmutableArray<Expr?> cotangents, ImmutableArray<bool> wanted)
    {
        var carries = _scan.Carries;
        var active = Varying(wanted);
        var seeded = Enumerable.Range(0, _scan.Outputs).Where(j => cotangents[_scan.Output(j)] is not null).ToList();
        var flowing = Flowing(active, [.. Enumerable.Range(0, carries).Where(i => cotangents[Scan.Final(i)] is not null || cotangents[_scan.Trace(i)] is not null)], seeded);

        var loop = NewLoop(isReversed: true);
        var back = flowing.Select(i => (Expr)loop.Carry(cotangents[Scan.Final(i)] ?? T.ZerosLike(_inputs[i]), $"ct {_body.Parameters[i].Name}")).ToArray();
        var seeds = new List<(Expr, Expr)>();
        for (var k = 0; k < flowing.Count; k++)
        {
            var seed = back[k];
            if (cotangents[_scan.Trace(flowing[k])] is { } trace) seed += loop.Element(Rows(trace, 1 - _parts.BeforeOffset));
            seeds.Add((_body.Results[flowing[k]], seed));
        }
        foreach (var j in seeded) seeds.Add((_body.Results[carries + j], loop.Element(Rows(cotangents[_scan.Output(j)]!))));

        int[] others = [.. Enumerable.Range(carries, _inputs.Length - carries).Where(i => wanted[i] && active.Contains(_body.Parameters[i]))];
        var found = Gradients.Reverse(seeds, [.. flowing.Concat(others).Select(i => _body.Parameters[i])]);
        var reached = others.Where((_, k) => found[flowing.Count + k] is not null).ToArray();
        var ofInput = others.Zip(found.Skip(flowing.Count)).ToDictionary(p => p.First, p => p.Second);
        int[] elements = [.. reached.Where(_scan.IsSequence)], captured = [.. reached.Where(i => !_scan.IsSequence(i))];
        var sums = captured.Select(i => loop.Carry(T.ZerosLike(_inputs[i]), $"ct {_body.Parameters[i].Name}")).ToArray();
        var results = Kept(loop,
        [
            .. flowing.Select((i, k) => found[k] ?? T.ZerosLike(_body.Parameters[i])),
            .. captured.Select((i, k) => sums[k] + ofInput[i]!),
            .. elements.Select(i => ofInput[i]!),
        ]);
        var next = flowing.Count + captured.Length;
        var parts = loop.Run(results[..next], results[next..]);

        var all = new Expr?[_inputs.Length];
        for (var k = 0; k < flowing.Count; k++) all[flowing[k]] = IfAllSteps(parts.Final(k));
        for (var i = 0; i < carries; i++)
            if (wanted[i] && cotangents[_scan.Trace(i)] is { } trace) all[i] = all[i] is { } sum ? sum + _parts.Initial(trace) : _parts.Initial(trace);
        for (var k = 0; k < captured.Length; k++) all[captured[k]] = parts.Final(flowing.Count + k);
        for (var k = 0; k < elements.Length; k++)
            all[elements[k]] = Placed(parts.Output(k), _scan.Length);
        return [.. all];
    }

    // The nodes of the body that depend differentiably on inputs for which isFrom says so, by way of the carries too.
    HashSet<Expr> Varying(ImmutableArray<bool> isFrom)
    {
        var from = Enumerable.Range(0, _inputs.Length).Where(i => isFrom[i]).ToHashSet();
        while (true)
        {
            var active = Gradients.Active(_order, from.Select(i => _body.Parameters[i]));
            var count = from.Count;
            for (var i = 0; i < _scan.Carries; i++)
                if (active.Contains(_body.Results[i])) from.Add(i);
            if (from.Count == count) return active;
        }
    }

    // The carries through which cotangents flow: that depend on what is wanted, and on which what has a cotangent depends.
    List<int> Flowing(HashSet<Expr> active, IEnumerable<int> seededCarries, IReadOnlyList<int> seededOutputs)
    {
        var flowing = seededCarries.Where(i => active.Contains(_body.Parameters[i])).ToHashSet();
        while (true)
        {
            var reached = flowing.Select(i => _body.Results[i]).Concat(seededOutputs.Select(j => _body.Results[_scan.Carries + j])).Where(active.Contains).ToHashSet();
            foreach (var node in _order.AsEnumerable().Reverse())
                if (reached.Contains(node)) reached.UnionWith(node.Inputs.Where(active.Contains));
            var count = flowing.Count;
            for (var i = 0; i < _scan.Carries; i++)
                if (reached.Contains(_body.Parameters[i])) flowing.Add(i);
            if (flowing.Count == count) return [.. flowing.Order()];
        }
    }

    Expr Rows(Expr all, int offset = 0) => ScanParts.Rows(all, _first + offset, _count);

    // Nothing reaches what was before the loop if the derivative does not run over all of its steps.
    Expr IfAllSteps(Expr cotangent) => (_parts.Steps - _count) switch
    {
        { IsStatic: true, Constant: 0 } => cotangent,
        { IsStatic: true } => T.ZerosLike(cotangent),
        var missing => T.Switch(T.Eq(T.Size(missing), 0), cotangent, 0),
    };

    // Rows as part of more of them, the others being zero.
    Expr Placed(Expr rows, Dim count) => rows.Shape[0] == count ? rows
        : new Pad(rows.Shape.Select((_, axis) => axis == 0 ? _first : Dim.Zero).ToEquatable(), rows.Shape.Select(_ => 1).ToEquatable(), rows.Shape.With(0, count)).On(rows);

    // Expressions of the values inside of a step as expressions of what the loop kept of them.
    Expr[] Kept(ScanBuilder loop, IReadOnlyList<Expr> results)
    {
        var inside = _order.ToHashSet();
        var changing = SizeValues.Depending(_body.Results, _body.Parameters.Take(_scan.Carries + _scan.Sequences));
        var map = new Dictionary<Expr, Expr>();
        var residuals = new List<Expr>();
        var after = new Dictionary<Expr, int>();
        for (var i = 0; i < _scan.Carries; i++)
            if (_body.Results[i] is not Leaf) after.TryAdd(_body.Results[i], i);
        var isStored = new Dictionary<Expr, bool>();
        foreach (var node in Traversal.Topological(results, node => IsStored(node) ? [] : new[] { node.Inputs, [.. SizeValues.Of(node.Op)] }.SelectMany(e => e).ToArray()))
            if (IsStored(node) && !after.ContainsKey(node)) residuals.Add(node);

        var parts = residuals.Count == 0 ? _parts : WithOutputs(residuals);
        foreach (var node in isStored.Keys)
            if (node is Variable parameter && _body.Parameters.ToList().IndexOf(parameter) is >= 0 and var i)
                map[node] = i < _scan.Carries ? Row(node, parts.Trace(i), _parts.BeforeOffset) : _scan.IsSequence(i) ? Row(node, _inputs[i], 0) : _inputs[i];
            else if (isStored[node])
                map[node] = after.TryGetValue(node, out var carry) ? Row(node, parts.Trace(carry), 1 - _parts.BeforeOffset) : Row(node, parts.Output(_scan.Outputs + residuals.IndexOf(node)), 0);
        return Lambda.Replace(results, map);

        bool IsStored(Expr node)
        {
            if (isStored.TryGetValue(node, out var known)) return known;
            return isStored[node] = inside.Contains(node) && changing.Contains(node) && node is not Leaf && (after.ContainsKey(node) || IsWorthKeeping(node) && HasFixedShape(node, changing));
        }

        Expr Row(Expr node, Expr rows, int offset)
        {
            var parameter = new Variable(node.Name ?? "kept", node.DType, [.. node.Shape]);
            loop.Bind(parameter, Rows(rows, offset));
            return parameter;
        }
    }

    bool IsWorthKeeping(Expr node) => !_scan.IsCheckpointed && node.Op is Reduce or Project or LibraryOp and not (Gather or ScatterAdd);

    static bool HasFixedShape(Expr node, HashSet<Expr> changing) =>
        !node.Shape.SelectMany(SizeValues.AtomsIn).Any(atom => atom is ValueDim(var value) && changing.Contains(value));

    // The loop with further outputs: what is asked of it later is asked of the loop as it was, and the compiler makes both one.
    ScanParts WithOutputs(IReadOnlyList<Expr> outputs)
    {
        var (front, stop) = (_scan.Carries + _scan.Outputs, _scan.HasStop);
        var body = _body with { Results = [.. _body.Results.Take(front), .. outputs, .. stop ? [_body.Results[^1]] : Array.Empty<Expr>()] };
        return new ScanParts((_scan with { Body = body }).On(_inputs.AsSpan()));
    }
}
