using DeepSym.Backends;
using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>Compiles and runs for one case: on one backend, with the shared variables that the text made.</summary>
internal sealed class Execution
{
    readonly Dictionary<SharedVariable, Expr> _defaultUpdates = [];

    /// <summary>The values of expressions of the given inputs.</summary>
    public Tensor[] Run(IReadOnlyList<Expr> outputs, IReadOnlyDictionary<Leaf, Tensor> inputs) => Interpreter.Evaluate(outputs, inputs);

    /// <summary>A shared variable; as in Theano its value may later have another shape.</summary>
    public SharedVariable Share(NdArray value, string name) => T.Shared(Symbolic.ToTensor(value), name, new Dim?[value.Rank]);

    /// <summary>The update that comes with every function which uses the variable, unless it has another.</summary>
    public void SetDefaultUpdate(SharedVariable variable, Expr update) => _defaultUpdates[variable] = update;

    public object? Evaluate(Expr expression, Dictionary<object, object?> values)
    {
        var leaves = values.ToDictionary(p => (Leaf)p.Key, p => CompiledFunction.Convert(p.Value, (Leaf)p.Key, allowDowncast: false));
        return Symbolic.ToArray(Run([expression], leaves)[0]);
    }

    public CompiledFunction Compile(BoundArguments a)
    {
        FunctionInput[] inputs = [.. a.Items("inputs").Select(i => i as FunctionInput ?? new FunctionInput((Variable)i!))];
        bool isList = Sequences.IsSequence(a["outputs"]);
        Expr[] outputs = isList ? a.Exprs("outputs") : [a.Expr("outputs")];
        var updates = Pairs(a["updates"]).ToDictionary(p => (SharedVariable)p.Key!, p => Symbolic.From(p.Value));
        var givens = Pairs(a["givens"]).ToDictionary(p => (Leaf)p.Key!, p => Symbolic.From(p.Value));
        if (!a.Bool("no_default_updates"))
            foreach (var used in Traversal.Leaves([.. outputs, .. updates.Values, .. givens.Values]).OfType<SharedVariable>())
                if (_defaultUpdates.TryGetValue(used, out var update))
                    updates.TryAdd(used, update);
        return new CompiledFunction(this, inputs, outputs, isList, updates, givens, a.Bool("allow_input_downcast"));
    }

    static IEnumerable<(object? Key, object? Value)> Pairs(object? pairs) => pairs is Dictionary<object, object?> dict
        ? dict.Select(p => ((object?)p.Key, p.Value))
        : Sequences.Items(pairs).Select(Sequences.Items).Select(p => (p[0], p[1]));
}
