using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Theano's loops by their names there.</summary>
internal static class LoopNames
{
    const string Common = "non_sequences=None, go_backwards=False";

    public static void AddTo(TheanoModules modules, Scope globals)
    {
        var theano = modules.Theano;
        theano.Add($"scan(fn, sequences=None, outputs_info=None, n_steps=None, truncate_gradient=-1, {Common})", a => Run(a, a["outputs_info"], a["n_steps"], (int)a.Whole("truncate_gradient")));
        theano.Add($"map(fn, sequences, {Common})", a => Run(a, null));
        theano.Add($"reduce(fn, sequences, outputs_info, {Common})", a => Run(a, a["outputs_info"], isReduction: true));
        theano.Add("foldl(fn, sequences, outputs_info, non_sequences=None)", a => Run(a, a["outputs_info"], isReduction: true, isBackwards: false));
        theano.Add("foldr(fn, sequences, outputs_info, non_sequences=None)", a => Run(a, a["outputs_info"], isReduction: true, isBackwards: true));
        ((Module)theano["scan_module"]!).Add("until(condition)", a => new Until(a.Expr("condition")));
        ((Module)theano["ifelse"]!).Add("ifelse(condition, then_branch, else_branch)", a => Sequences.IsSequence(a["then_branch"])
            ? T.IfElse(a.Expr("condition"), a.Exprs("then_branch"), a.Exprs("else_branch")).ToList<object?>()
            : T.IfElse(a.Expr("condition"), a.Expr("then_branch"), a.Expr("else_branch")));
        globals["scan"] = theano["scan"];
    }

    static object?[] Run(BoundArguments a, object? initial, object? steps = null, int truncation = -1, bool isReduction = false, bool? isBackwards = null)
    {
        var scanned = T.Scan(
            arguments => Step(Evaluator.Call(a["fn"], Arguments.Of([.. arguments]))),
            [.. List(a["sequences"]).Select(Sequence)],
            initial is null ? [] : [.. List(initial).Select(Initial)],
            [.. List(a["non_sequences"]).Select(Symbolic.From)],
            steps is null ? null : Symbolic.Size(steps), isBackwards ?? a.Bool("go_backwards"), Math.Max(truncation, 0));
        var outputs = (isReduction ? scanned.Last : scanned.Outputs).ToList<object?>();
        return [outputs.Count == 1 ? outputs[0] : outputs, scanned.Updates.ToDictionary(u => (object)u.Variable, u => (object?)u.Value)];
    }

    // A step gives outputs, or a pair of outputs and updates or a condition, or updates alone.
    static ScanStep Step(object? result)
    {
        var items = Sequences.IsSequence(result) ? Sequences.Items(result).ToList() : [result];
        var extra = items.LastOrDefault(item => item is Until or Dictionary<object, object?>);
        if (extra is not null) items.Remove(extra);
        if (items is [var inner] && Sequences.IsSequence(inner)) items = [.. Sequences.Items(inner)];
        return new ScanStep([.. items.Select(Symbolic.From)])
        {
            Until = (extra as Until)?.Condition,
            Updates = extra is Dictionary<object, object?> updates ? [.. updates.Select(u => ((SharedVariable)u.Key, Symbolic.From(u.Value)))] : [],
        };
    }

    static Sequence Sequence(object? value) =>
        value is Dictionary<object, object?> dict ? new Sequence(Symbolic.From(dict["input"]), dict.TryGetValue("taps", out var taps) ? Symbolic.Integers(taps) : [0]) : Symbolic.From(value);

    static Initial? Initial(object? value) => value switch
    {
        null => null,
        Dictionary<object, object?> dict => new Initial(Symbolic.From(dict["initial"]), dict.TryGetValue("taps", out var taps) ? Symbolic.Integers(taps) : [-1]),
        _ => Symbolic.From(value),
    };

    static IReadOnlyList<object?> List(object? value) => value is null ? [] : Sequences.IsSequence(value) ? Sequences.Items(value) : [value];

    sealed record Until(Expr Condition);
}
