using System.Collections.Immutable;

namespace DeepSym;

/// <summary>Builds a <see cref="Scan"/> from variables and expressions of them, and names its results.</summary>
sealed class ScanBuilder
{
    readonly List<(Variable Parameter, Expr Initial)> _carries = [];
    readonly List<(Variable Parameter, Expr Input)> _sequences = [];

    public ScanBuilder(Dim length) => Length = length;

    public Dim Length { get; }

    /// <summary>See <see cref="Scan.IsBackwards"/>.</summary>
    public bool IsBackwards { get; init; }

    /// <summary>See <see cref="Scan.Truncation"/>.</summary>
    public int Truncation { get; init; }

    /// <summary>See <see cref="Scan.IsCheckpointed"/>.</summary>
    public bool IsCheckpointed { get; init; }

    /// <summary>A value that each step replaces: the variable that stands for it in the step.</summary>
    public Variable Carry(Expr initial, string? name = null)
    {
        var parameter = new Variable(name ?? $"carry{_carries.Count}", initial.DType, [.. initial.Shape]);
        _carries.Add((parameter, initial));
        return parameter;
    }

    /// <summary>A variable that stands for the element of a sequence along its first axis.</summary>
    public Variable Element(Expr sequence, string? name = null)
    {
        var parameter = new Variable(name ?? $"{sequence.Name ?? "x"}[t]", sequence.DType, [.. sequence.Shape.Skip(1)]);
        Bind(parameter, sequence);
        return parameter;
    }

    /// <summary>Lets an existing variable stand for the element of a sequence.</summary>
    public void Bind(Variable parameter, Expr sequence) => _sequences.Add((parameter, sequence));

    /// <summary>
    /// As <see cref="Run"/>, in chunks: the gradient keeps the carries between chunks of <paramref name="size"/> steps and computes what lies inside of a chunk again.
    /// </summary>
    public LoopResults RunInChunks(int size, IReadOnlyList<Expr> next, IReadOnlyList<Expr> outputs)
    {
        var (chunks, whole) = (Length / size, Length / size * size);
        var outer = new ScanBuilder(chunks) { IsCheckpointed = true };
        Expr[] carries = [.. _carries.Select(c => outer.Carry(c.Initial, c.Parameter.Name))];
        Expr[] parts = [.. _sequences.Select(s => outer.Element(T.Reshape(ScanParts.Rows(s.Input, Dim.Zero, whole), Shape.Of([chunks, size, .. s.Parameter.Shape]))))];
        var inner = Again(size, carries, parts, next, outputs);
        var main = outer.Run(inner.Last, [.. inner.After, .. inner.Outputs]);
        Expr Joined(int output) => main.Output(output) is var rows ? T.Reshape(rows, Shape.Of([whole, .. rows.Shape.Skip(2)])) : rows;
        var results = new LoopResults([.. carries.Select((_, i) => main.Final(i))], [.. carries.Select((_, i) => Joined(i))], [.. outputs.Select((_, j) => Joined(carries.Length + j))], whole);
        var left = Length - whole;
        if (left == Dim.Zero) return results;
        var rest = Again(left, [.. results.Last], [.. _sequences.Select(s => ScanParts.Rows(s.Input, whole, left))], next, outputs);
        return new LoopResults(rest.Last, Both(results.After, rest.After), Both(results.Outputs, rest.Outputs), Length);

        static Expr[] Both(IReadOnlyList<Expr> first, IReadOnlyList<Expr> second) => [.. first.Zip(second, (a, b) => T.Concatenate([a, b], 0))];
    }

    // The same steps over other carries and sequences.
    LoopResults Again(Dim length, Expr[] carries, Expr[] sequences, IReadOnlyList<Expr> next, IReadOnlyList<Expr> outputs)
    {
        var loop = new ScanBuilder(length);
        var map = new Dictionary<Expr, Expr>();
        for (var i = 0; i < carries.Length; i++) map[_carries[i].Parameter] = loop.Carry(carries[i], _carries[i].Parameter.Name);
        for (var j = 0; j < sequences.Length; j++) map[_sequences[j].Parameter] = loop.Element(sequences[j], _sequences[j].Parameter.Name);
        var results = Lambda.Replace([.. next, .. outputs], map);
        return loop.Run(results[..next.Count], results[next.Count..]).Results;
    }

    /// <summary>The loop whose step gives new carries, in the order in which they were made, and outputs.</summary>
    public ScanParts Run(IReadOnlyList<Expr> next, IReadOnlyList<Expr> outputs, Expr? stop = null)
    {
        var parameters = _carries.Select(c => c.Parameter).Concat(_sequences.Select(s => s.Parameter)).ToList();
        IReadOnlyList<Expr> results = [.. next.Select((value, i) => Fit(value, _carries[i].Parameter)), .. outputs, .. stop is null ? Array.Empty<Expr>() : [stop]];
        CheckOutputs(parameters, outputs);
        var (body, captured) = Lambda.Close(parameters, results);
        var scan = new Scan(Length, _carries.Count, _sequences.Count, body) { IsBackwards = IsBackwards, HasStop = stop is not null, Truncation = Truncation, IsCheckpointed = IsCheckpointed };
        return new ScanParts(scan.On([.. _carries.Select(c => c.Initial), .. _sequences.Select(s => s.Input), .. captured]));
    }

    // A carry keeps its type. Sizes that are equal only by a condition are checked in each step.
    static Expr Fit(Expr value, Variable carry)
    {
        if (value.DType != carry.DType && !value.IsWeak && Promotion.Common(value.DType, carry.DType) != carry.DType)
            throw new DTypeException($"scan: the step turns {carry.Describe()} into {value.Type}. Begin with a value of that dtype, or cast in the step.");
        var fits = value.Rank == carry.Rank;
        for (var axis = 0; fits && axis < value.Rank; axis++)
            fits = (value.Shape[axis] - carry.Shape[axis]) is not { IsStatic: true, Constant: not 0 } && (!value.Shape[axis].IsOne || carry.Shape[axis].IsOne);
        if (!fits)
            throw new ShapeException($"scan: the step turns {carry.Describe()} into {value.Type}, and a carry keeps its shape. Begin with a value of that shape.");
        var cast = T.Cast(value, carry.DType);
        return cast.Shape == carry.Shape ? cast : new BroadcastTo(carry.Shape, Enumerable.Range(0, cast.Rank).ToEquatable()).On(cast);
    }

    static void CheckOutputs(IReadOnlyList<Variable> parameters, IReadOnlyList<Expr> outputs)
    {
        var values = outputs.SelectMany(o => o.Shape).SelectMany(SizeValues.AtomsIn).OfType<ValueDim>().Select(v => v.Value).ToArray();
        if (values.Length == 0) return;
        var depending = SizeValues.Depending(values, parameters);
        foreach (var output in outputs)
            if (output.Shape.SelectMany(SizeValues.AtomsIn).Any(atom => atom is ValueDim(var value) && depending.Contains(value)))
                throw new ShapeException($"scan: the output {output.Describe()} has another shape in every step, and cannot be stacked. Pad it, or sum it within the step.");
    }
}
