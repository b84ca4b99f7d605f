using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>What <c>theano.function</c> gives: called with numbers and arrays, it returns an array, or a list of them if it was given a list of outputs.</summary>
internal sealed class CompiledFunction : ICallable
{
    readonly Execution _execution;
    readonly FunctionInput[] _inputs;
    readonly Expr[] _outputs;
    readonly bool _isList;
    readonly Dictionary<SharedVariable, Expr> _updates;
    readonly Dictionary<Leaf, Expr> _givens;
    readonly bool _allowDowncast;

    // The states of inputs with an update, by name.
    readonly Dictionary<string, SharedVariable> _states = [];

    public CompiledFunction(
        Execution execution, FunctionInput[] inputs, Expr[] outputs, bool isList, Dictionary<SharedVariable, Expr> updates, Dictionary<Leaf, Expr> givens, bool allowDowncast)
    {
        (_execution, _outputs, _isList, _updates, _givens, _allowDowncast) = (execution, outputs, isList, updates, givens, allowDowncast);
        foreach (var input in inputs)
            if (input.Update is { } update)
            {
                var state = execution.Share(input.Value!, input.Name ?? input.Variable.Name);
                _states.Add(state.Name, state);
                _givens.Add(input.Variable, state);
                _updates.Add(state, update);
            }
        _inputs = [.. inputs.Where(i => i.Update is null)];
    }

    public NdArray this[string state]
    {
        get => Symbolic.ToArray(_states[state].GetValue());
        set => _states[state].SetValue(Convert(value, _states[state], _allowDowncast));
    }

    public object? Call(Arguments arguments)
    {
        var leaves = new Dictionary<Leaf, Tensor>();
        for (int i = 0; i < _inputs.Length; i++)
        {
            var (variable, value, _, name) = _inputs[i];
            object? given = i < arguments.Positional.Count ? arguments.Positional[i]
                : arguments.Named.TryGetValue(name ?? variable.Name, out var named) ? named
                : value ?? throw new PythonException($"the argument '{variable.Name}' is missing");
            leaves[variable] = Convert(given, variable, _allowDowncast);
        }
        foreach (var (leaf, value) in _givens)
            leaves[leaf] = _execution.Run([value], leaves)[0];
        var results = _execution.Run([.. _outputs, .. _updates.Values], leaves);
        foreach (var (variable, value) in _updates.Keys.Zip(results.Skip(_outputs.Length)))
            variable.SetValue(value);
        var arrays = results.Take(_outputs.Length).Select(Symbolic.ToArray);
        return _isList ? arrays.ToList<object?>() : arrays.Single();
    }

    /// <summary>The tensor for an argument: numbers and lists take the declared dtype as Python's do, arrays keep theirs.</summary>
    public static Tensor Convert(object? value, Leaf declared, bool allowDowncast)
    {
        var array = NdArray.From(value);
        var type = ElementTypes.Parse(declared.DType.Name());
        bool isSafe = value is not NdArray || array.Type < type;
        return Symbolic.ToTensor(isSafe || allowDowncast ? array.As(type) : array);
    }
}
