namespace DeepSym.Tests.Golden.Python;

/// <summary>Names and their values; a name is looked up outwards and set inside.</summary>
internal sealed class Scope(Scope? outer)
{
    readonly Dictionary<string, object?> _values = [];

    public IReadOnlyDictionary<string, object?> Values => _values;

    public object? this[string name]
    {
        get
        {
            for (var scope = this; scope is not null; scope = scope.Outer)
                if (scope._values.TryGetValue(name, out var value))
                    return value is Lazy<object?> lazy ? lazy.Value : value;
            throw new MissingFeatureException(name);
        }
        set => _values[name] = value;
    }

    /// <summary>A name whose value is made when it is first used.</summary>
    public void Define(string name, Func<object?> make) => _values[name] = new Lazy<object?>(make);

    Scope? Outer => outer;
}
