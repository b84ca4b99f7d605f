using DeepSym.Tests.Golden.Arrays;
using DeepSym.Tests.Golden.Python;

namespace DeepSym.Tests.Golden.Theano;

/// <summary>What <c>theano.function</c> gives: called with numbers and arrays, it returns an array, or a list of them if it was made of a list of outputs.</summary>
internal sealed class CompiledFunction(Function function, bool isList, IReadOnlyDictionary<string, SharedVariable> states) : ICallable
{
    /// <summary>A state of the function by its name.</summary>
    public NdArray this[string state]
    {
        get => Symbolic.ToArray(states[state].GetValue());
        set => states[state].SetValue(Convert(value, states[state]));
    }

    public object? Call(Arguments arguments)
    {
        if (arguments.Named.Count > 0)
            throw new MissingFeatureException("function(name=)");
        Tensor[] values = [.. arguments.Positional.Select((value, i) => Convert(value, function.Inputs[i]))];
        var arrays = function.Invoke(values).Select(Symbolic.ToArray);
        return isList ? arrays.ToList<object?>() : arrays.Single();
    }

    /// <summary>The tensor for an argument: Python's numbers and lists take the declared dtype, an array keeps its own.</summary>
    public static Tensor Convert(object? value, Leaf declared) =>
        Symbolic.ToTensor(value is NdArray array ? array : NdArray.From(value).As(ElementTypes.Parse(declared.DType.Name())));
}
