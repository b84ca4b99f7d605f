namespace DeepSym.Rewriting;

/// <summary>A loop taken apart, to be changed and built again. Its expressions are those of the body's parameters; new variables may be added.</summary>
sealed class ScanDraft
{
    readonly Scan _scan;
    readonly Dictionary<Expr, Expr> _captured = [];

    public ScanDraft(Expr node)
    {
        Node = node;
        _scan = (Scan)node.Op!;
        var (parameters, results) = (_scan.Body.Parameters, _scan.Body.Results);
        for (var i = 0; i < _scan.Carries; i++) Carries.Add((parameters[i], node.Inputs[i], results[i]));
        for (var j = 0; j < _scan.Sequences; j++) Sequences.Add((parameters[_scan.Carries + j], node.Inputs[_scan.Carries + j]));
        for (var k = _scan.Carries + _scan.Sequences; k < parameters.Count; k++) _captured[parameters[k]] = node.Inputs[k];
        for (var j = 0; j < _scan.Outputs; j++) Outputs.Add(results[_scan.Carries + j]);
        Stop = _scan.HasStop ? results[^1] : null;
    }

    public Expr Node { get; }

    public Dim Length => _scan.Length;

    public List<(Variable Parameter, Expr Initial, Expr Next)> Carries { get; } = [];

    public List<(Variable Parameter, Expr Input)> Sequences { get; } = [];

    public List<Expr> Outputs { get; } = [];

    public Expr? Stop { get; private set; }

    /// <summary>The results of a step: new carries, outputs, the condition.</summary>
    public IReadOnlyList<Expr> Results => [.. Carries.Select(c => c.Next), .. Outputs, .. Stop is null ? Array.Empty<Expr>() : [Stop]];

    /// <summary>The parameters for captured values.</summary>
    public IEnumerable<Expr> Captured => _captured.Keys;

    /// <summary>An expression of captured values alone, outside of the loop.</summary>
    public Expr Outside(Expr expr) => Lambda.Replace([expr], _captured)[0];

    /// <summary>Changes all results of a step.</summary>
    public void Replace(IReadOnlyList<Expr> results)
    {
        for (var i = 0; i < Carries.Count; i++) Carries[i] = Carries[i] with { Next = results[i] };
        for (var j = 0; j < Outputs.Count; j++) Outputs[j] = results[Carries.Count + j];
        if (Stop is not null) Stop = results[^1];
    }

    /// <summary>Puts other expressions in the place of some, in all results of a step.</summary>
    public void Replace(Dictionary<Expr, Expr> map) => Replace(Lambda.Replace(Results, map));

    /// <summary>The number of an output, which is added if there is none that is equal.</summary>
    public int Output(Expr expr)
    {
        var at = Outputs.IndexOf(expr);
        if (at >= 0) return at;
        Outputs.Add(expr);
        return Outputs.Count - 1;
    }

    /// <summary>Makes a carry that keeps its initial value a captured value.</summary>
    public void Capture(int carry)
    {
        _captured[Carries[carry].Parameter] = Carries[carry].Initial;
        Carries.RemoveAt(carry);
    }

    /// <summary>Takes the parts of another loop in, whose parameters become new variables; gives its first carry and first output here.</summary>
    public (int Carry, int Output) Join(ScanDraft other)
    {
        var renamed = new Dictionary<Expr, Expr>();
        foreach (var parameter in other.Carries.Select(c => c.Parameter).Concat(other.Sequences.Select(s => s.Parameter)).Concat(other._captured.Keys))
            renamed[parameter] = new Variable(parameter.Name!, parameter.DType, [.. parameter.Shape]);
        var results = Lambda.Replace(other.Results, renamed);
        var first = (Carries.Count, Outputs.Count);
        for (var i = 0; i < other.Carries.Count; i++) Carries.Add(((Variable)renamed[other.Carries[i].Parameter], other.Carries[i].Initial, results[i]));
        foreach (var (parameter, input) in other.Sequences) Sequences.Add(((Variable)renamed[parameter], input));
        foreach (var (parameter, input) in other._captured) _captured[renamed[parameter]] = input;
        Outputs.AddRange(results.Skip(other.Carries.Count).Take(other.Outputs.Count));
        return first;
    }

    /// <summary>The loop with its changes: what does not depend on the step is computed before it, equal sequences are one, sequences that nothing uses are gone.</summary>
    public ScanParts Build()
    {
        var same = new Dictionary<Expr, Expr>();
        foreach (var twins in Sequences.GroupBy(s => s.Input))
            foreach (var (parameter, _) in twins.Skip(1)) same[parameter] = twins.First().Parameter;
        foreach (var twins in _captured.GroupBy(c => c.Value))
            foreach (var (parameter, _) in twins.Skip(1)) same[parameter] = twins.First().Key;
        var results = Lambda.Replace(Results, same);
        var used = SizeValues.Depending(results, Sequences.Select(s => s.Parameter));
        var occurring = Traversal.Topological(results).Concat(used.SelectMany(node => SizeValues.Of(node.Op)).SelectMany(value => Traversal.Topological(value))).ToHashSet();
        var kept = Sequences.Where(s => occurring.Contains(s.Parameter) && !same.ContainsKey(s.Parameter)).ToList();
        var (body, captured) = Lambda.Close([.. Carries.Select(c => c.Parameter), .. kept.Select(s => s.Parameter)], results);
        var scan = _scan with { Carries = Carries.Count, Sequences = kept.Count, Body = body, HasStop = Stop is not null };
        return new ScanParts(scan.On([.. Carries.Select(c => c.Initial), .. kept.Select(s => s.Input), .. Lambda.Replace(captured, _captured)]));
    }
}
