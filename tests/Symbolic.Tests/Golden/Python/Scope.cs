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
                    return value;
            throw new MissingFeatureException(name);
        }
        set => _values[name] = value;
    }

    Scope? Outer => outer;
}
