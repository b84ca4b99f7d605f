using System.Collections.Immutable;
using System.Reflection;

namespace DeepSym;

/// <summary>Every scalar function of the language, found by reflection: for laws and tables.</summary>
static class ScalarFunctions
{
    /// <summary>The functions, by name.</summary>
    public static ImmutableArray<ScalarFunction> All { get; } =
    [
        .. typeof(T).GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Select(field => field.GetValue(null))
            .SelectMany(value => value is ScalarFunction function ? [function] : value is Dictionary<DType, ScalarFunction> family ? family.Values : Enumerable.Empty<ScalarFunction>())
            .OrderBy(function => function.Name, StringComparer.Ordinal),
    ];
}
