using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Cases;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Evaluates the text of a case with this library in Theano's place.</summary>
internal static class CaseRunner
{
    public static Outcome Run(GoldenCase golden, Backend backend, IReadOnlyDictionary<string, object?>? more = null)
    {
        var execution = new Execution(backend);
        var evaluator = TheanoGlobals.Create(execution, more);
        var inputs = TheanoGlobals.Declare(golden, evaluator);
        var (values, missing) = Evaluate(golden.Text, evaluator);

        Expr[] expressions = [.. values.Where(Symbolic.IsSymbolic).Select(Symbolic.From)];
        var computed = new Queue<Tensor>(execution.Run(expressions, [.. inputs.Select(i => (i.Symbol, Symbolic.ToTensor(i.Value)))]));
        return new Outcome([.. values.Select(v => v is null ? null : Symbolic.IsSymbolic(v) ? Symbolic.ToArray(computed.Dequeue()) : NdArray.From(v))], missing);
    }

    // The values that the text leaves, those of nested lists one after the other; a missing one is null.
    static (List<object?> Values, List<string> Missing) Evaluate(string text, Evaluator evaluator)
    {
        var statements = Parser.Parse(text);
        var values = new List<object?>();
        var missing = new List<string>();
        if (statements is [ExpressionStatement { Value: ListDisplay display }])
            foreach (var item in display.Items)
                Collect(() => evaluator.Evaluate(item));
        else
            Collect(() => Program.Run(statements, evaluator) is { } value ? value : evaluator.Scope["out"]);
        return (values, missing);

        void Collect(Func<object?> evaluate)
        {
            try
            {
                Flatten(evaluate(), values);
            }
            catch (MissingFeatureException e)
            {
                values.Add(null);
                missing.Add(e.Feature);
            }
        }
    }

    static void Flatten(object? value, List<object?> into)
    {
        if (Sequences.IsSequence(value))
            foreach (var item in Sequences.Items(value))
                Flatten(item, into);
        else
            into.Add(value);
    }
}
