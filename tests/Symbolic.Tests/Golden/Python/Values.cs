namespace DeepSym.Tests.Golden.Python;

// Python's values are .NET's own where there is one: null, bool, long, double, string, List<object?> (list), object?[] (tuple),
// Dictionary<object, object?> (dict). The rest is here.

/// <summary>The value of <c>...</c>.</summary>
internal sealed class PythonEllipsis
{
    public static readonly PythonEllipsis Value = new();
}

/// <summary>A slice <c>start:stop:step</c>; the parts may be symbolic.</summary>
internal sealed record PythonSlice(object? Start, object? Stop, object? Step)
{
    /// <summary>The positions that the slice picks from an axis of the given length.</summary>
    public (int Start, int Count, int Step) Resolve(int length)
    {
        int step = Step is null ? 1 : (int)Numbers.Whole(Step);
        int low = step > 0 ? 0 : -1, high = step > 0 ? length : length - 1;
        int Bound(object? value, int missing) =>
            value is null ? missing : (int)Math.Clamp(Numbers.Whole(value) is var v && v < 0 ? v + length : v, low, high);
        int start = Bound(Start, step > 0 ? 0 : length - 1), stop = Bound(Stop, step > 0 ? length : -1);
        int count = step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step;
        return (start, Math.Max(0, count), step);
    }
}

/// <summary>What can be called with Python's arguments.</summary>
internal interface ICallable
{
    object? Call(Arguments arguments);
}

/// <summary>The arguments of a call, in order and by name.</summary>
internal sealed record Arguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    static readonly Dictionary<string, object?> NoNames = [];

    public static Arguments Of(params object?[] positional) => new(positional, NoNames);

    public Arguments Prepend(object? first) => this with { Positional = [first, .. Positional] };
}

/// <summary>A module or another thing with named parts: what it lacks is a missing feature, not an error of the text.</summary>
internal sealed class Module(string name) : Dictionary<string, object?>
{
    public string FullName => name;

    public object? Get(string member) =>
        TryGetValue(member, out var value) ? value : throw new MissingFeatureException($"{name}.{member}");

    /// <summary>Adds a function given its Python signature; several spellings may share one meaning.</summary>
    public void Add(string signature, Func<BoundArguments, object?> meaning)
    {
        var function = new NativeFunction(signature, meaning);
        Add(function.Name, function);
    }
}

/// <summary>A part of Theano, NumPy or Lasagne that is not mapped onto this library.</summary>
internal sealed class MissingFeatureException(string feature) : Exception($"{feature} has no counterpart yet")
{
    public string Feature => feature;
}

/// <summary>A class: its members, then those of its parent.</summary>
internal sealed class PythonClass(string name, PythonClass? parent) : ICallable
{
    public string Name => name;

    public Dictionary<string, object?> Members { get; } = [];

    public bool TryFind(string member, out object? value) =>
        Members.TryGetValue(member, out value) || (parent?.TryFind(member, out value) ?? false);

    public void Add(string signature, Func<BoundArguments, object?> meaning)
    {
        var function = new NativeFunction(signature, meaning);
        Members.Add(function.Name, function);
    }

    public object? Call(Arguments arguments)
    {
        var instance = new PythonInstance(this);
        if (TryFind("__init__", out var constructor))
            ((ICallable)constructor!).Call(arguments.Prepend(instance));
        return instance;
    }
}

/// <summary>An object of a <see cref="PythonClass"/>.</summary>
internal sealed class PythonInstance(PythonClass type) : ICallable
{
    public PythonClass Type => type;

    public Dictionary<string, object?> Fields { get; } = [];

    public object? Get(string name) =>
        Fields.TryGetValue(name, out var value) ? value
        : !type.TryFind(name, out value) ? throw new MissingFeatureException($"{type.Name}.{name}")
        : value is ICallable function and not PythonClass ? new BoundMethod(this, function)
        : value;

    public object? Call(Arguments arguments) => ((ICallable)Get("__call__")!).Call(arguments);
}

/// <summary>A function with its first argument filled in.</summary>
internal sealed record BoundMethod(object? Target, ICallable Function) : ICallable
{
    public object? Call(Arguments arguments) => Function.Call(arguments.Prepend(Target));
}
