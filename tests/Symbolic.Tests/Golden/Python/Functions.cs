namespace DeepSym.Tests.Golden.Python;

/// <summary>Parameters with the values of their defaults: puts the arguments of a call in their places, or says which one is wrong.</summary>
internal sealed class Signature(string function, IReadOnlyList<Parameter> parameters, IReadOnlyDictionary<string, object?> defaults)
{
    public Dictionary<string, object?> Bind(Arguments arguments)
    {
        var values = new Dictionary<string, object?>();
        int next = 0;
        foreach (var parameter in parameters)
        {
            if (parameter.Stars == 1)
            {
                values[parameter.Name] = arguments.Positional.Skip(next).ToArray();
                next = arguments.Positional.Count;
            }
            else if (parameter.Stars == 2)
                values[parameter.Name] = arguments.Named.Where(p => parameters.All(q => q.Name != p.Key)).ToDictionary(p => (object)p.Key, p => p.Value);
            else if (next < arguments.Positional.Count)
                values[parameter.Name] = arguments.Positional[next++];
            else if (arguments.Named.TryGetValue(parameter.Name, out var value) || defaults.TryGetValue(parameter.Name, out value))
                values[parameter.Name] = value;
            else
                throw new PythonException($"{function}() lacks the argument '{parameter.Name}'");
        }
        if (next < arguments.Positional.Count)
            throw new PythonException($"{function}() takes {parameters.Count} arguments, not {arguments.Positional.Count}");
        foreach (string name in arguments.Named.Keys)
            if (!parameters.Any(p => p.Stars == 2 || (p.Stars == 0 && p.Name == name)))
                throw new MissingFeatureException($"{function}({name}=)");
        return values;
    }
}

/// <summary>A function or lambda of the text.</summary>
internal sealed class PythonFunction(string name, Signature signature, Func<Dictionary<string, object?>, object?> body) : ICallable
{
    public string Name => name;

    public object? Call(Arguments arguments) => body(signature.Bind(arguments));
}

/// <summary>A function written in C#, declared by a Python signature whose defaults are literals.</summary>
internal sealed class NativeFunction : ICallable
{
    readonly Signature _signature;
    readonly Func<BoundArguments, object?> _meaning;

    public NativeFunction(string signature, Func<BoundArguments, object?> meaning)
    {
        (Name, var parameters) = Parser.ParseSignature(signature);
        var literals = new Evaluator([], new Scope(null));
        _signature = new Signature(Name, parameters, parameters.Where(p => p.Default is not null).ToDictionary(p => p.Name, p => literals.Evaluate(p.Default!)));
        _meaning = meaning;
    }

    public string Name { get; }

    public object? Call(Arguments arguments) => _meaning(new BoundArguments(_signature.Bind(arguments)));
}

/// <summary>The arguments that a native function got, by the names of its signature.</summary>
internal sealed class BoundArguments(IReadOnlyDictionary<string, object?> values)
{
    public object? this[string name] => values[name];

    public bool Has(string name) => values[name] is not null;

    public bool Bool(string name) => values[name] is true or (long)1;

    public long Whole(string name) => Numbers.Whole(values[name]);

    public double Number(string name) => Numbers.Real(values[name]);

    public string? Text(string name) => (string?)values[name];

    public ICallable Function(string name) => (ICallable)values[name]!;

    public IReadOnlyList<object?> Items(string name) => Sequences.Items(values[name]);
}
