using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>What <c>theano.function</c> gives: called with numbers and arrays, by position or by name, it returns an array, or a list or dict of them as its outputs were given.</summary>
internal sealed class CompiledFunction(Function function, object? outputs, IReadOnlyList<FunctionInput> inputs, IReadOnlyDictionary<string, SharedVariable> states) : ICallable
{
    /// <summary>A state of the function by its name.</summary>
    public NdArray this[string state]
    {
        get => Symbolic.ToArray(states[state].GetValue());
        set => states[state].SetValue(Convert(value, states[state]));
    }

    /// <summary>Theano's <c>function.copy</c>.</summary>
    public NativeFunction Copy => new("copy(share_memory=False, swap=(), delete_updates=False, name=None)", a => new CompiledFunction(
        function.Copy([.. Execution.Pairs(a["swap"]).Select(p => ((SharedVariable)p.Key!, (SharedVariable)p.Value!))], a.Bool("delete_updates"), a.Text("name")), outputs, inputs, states));

    public object? Call(Arguments arguments)
    {
        var values = arguments.Positional.Select((value, i) => Convert(value, function.Inputs[i])).ToList();
        int named = 0;
        foreach (var (variable, standard, _, alias) in inputs.Skip(values.Count))
            if (arguments.Named.TryGetValue(alias ?? variable.Name, out var value) && ++named > 0)
                values.Add(Convert(value, variable));
            else if (standard is not null && named < arguments.Named.Count)   // the last ones are left to the function
                values.Add(Convert(standard, variable));
        if (named < arguments.Named.Count)
            throw new PythonException($"the function has no inputs called {string.Join(", ", arguments.Named.Keys)}");

        var arrays = function.Invoke([.. values]).Select(Symbolic.ToArray);
        return outputs switch
        {
            null => null,
            Dictionary<object, object?> dict => dict.Keys.Zip(arrays).ToDictionary(p => p.First, p => (object?)p.Second),
            var list when Sequences.IsSequence(list) => arrays.ToList<object?>(),
            _ => arrays.Single(),
        };
    }

    /// <summary>The tensor for an argument: Python's numbers and lists take the declared dtype, an array keeps its own.</summary>
    public static Tensor Convert(object? value, Leaf declared) =>
        Symbolic.ToTensor(value is NdArray array ? array : NdArray.From(value).As(ElementTypes.Parse(declared.DType.Name())));
}
