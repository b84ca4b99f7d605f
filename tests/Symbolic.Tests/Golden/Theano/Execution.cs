using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Compiles and runs for one case: on one backend, with the shared variables that the text made.</summary>
internal sealed class Execution(Backend backend)
{
    readonly Dictionary<SharedVariable, Expr> _defaultUpdates = [];

    /// <summary>How everything in the case is compiled.</summary>
    public CompileOptions Options { get; } = new() { Backend = backend };

    /// <summary>The values of expressions of the given inputs.</summary>
    public Tensor[] Run(IReadOnlyList<Expr> outputs, IReadOnlyList<(Variable Variable, Tensor Value)> inputs)
    {
        using var function = Function.Compile([.. inputs.Select(i => (In)i.Variable)], outputs, options: Options with { AllowUnusedInputs = true });
        return function.Invoke([.. inputs.Select(i => i.Value)]);
    }

    /// <summary>A shared variable; as in Theano its value may later have another shape.</summary>
    public static SharedVariable Share(NdArray value, string name) => T.Shared(Symbolic.ToTensor(value), name, new Dim?[value.Rank]);

    /// <summary>The update that comes with every function which uses the variable, unless it has another.</summary>
    public void SetDefaultUpdate(SharedVariable variable, Expr update) => _defaultUpdates[variable] = update;

    public NdArray Evaluate(Expr expression, Dictionary<object, object?> values) =>
        Symbolic.ToArray(Run([expression], [.. values.Select(p => ((Variable)p.Key, CompiledFunction.Convert(p.Value, (Leaf)p.Key)))])[0]);

    public CompiledFunction Compile(BoundArguments a)
    {
        var inputs = a.Items("inputs").Select(i => i as FunctionInput ?? new FunctionInput((Variable)i!)).ToList();
        Expr[] outputs = a["outputs"] switch
        {
            null => [],
            Dictionary<object, object?> dict => [.. dict.Values.Select(Symbolic.From)],
            var list when Sequences.IsSequence(list) => a.Exprs("outputs"),
            var one => [Symbolic.From(one)],
        };
        var updates = Pairs(a["updates"]).ToDictionary(p => (SharedVariable)p.Key!, p => Symbolic.From(p.Value));
        var givens = Pairs(a["givens"]).Select(p => ((Expr)p.Key!, Symbolic.From(p.Value))).ToList();

        // An input with an update is a state that belongs to the function.
        var states = new Dictionary<string, SharedVariable>();
        foreach (var input in inputs.Where(i => i.Update is not null))
        {
            var state = Share(input.Value!, input.Name ?? input.Variable.Name);
            states.Add(state.Name, state);
            givens.Add((input.Variable, state));
            updates.Add(state, input.Update!);
        }
        inputs.RemoveAll(i => i.Update is not null);

        if (!a.Bool("no_default_updates"))
            foreach (var used in Traversal.Leaves([.. outputs, .. updates.Values, .. givens.Select(g => g.Item2)]).OfType<SharedVariable>())
                if (_defaultUpdates.TryGetValue(used, out var update))
                    updates.TryAdd(used, update);

        var function = Function.Compile(
            [.. inputs.Select(i => new In(i.Variable, i.Value is null ? null : CompiledFunction.Convert(i.Value, i.Variable)))], outputs,
            [.. updates.Select(u => (u.Key, u.Value))], givens, Options with { AllowDowncast = a.Bool("allow_input_downcast"), AllowUnusedInputs = a["on_unused_input"] is "ignore" or "warn" });
        return new CompiledFunction(function, a["outputs"], inputs, states);
    }

    /// <summary>The entries of a dictionary or of a list of pairs.</summary>
    public static IEnumerable<(object? Key, object? Value)> Pairs(object? pairs) => pairs is Dictionary<object, object?> dict
        ? dict.Select(p => ((object?)p.Key, p.Value))
        : Sequences.Items(pairs).Select(Sequences.Items).Select(p => (p[0], p[1]));
}
