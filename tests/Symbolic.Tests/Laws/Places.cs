using DeepSym.Tests.Ops;

namespace DeepSym.Tests.Laws;

/// <summary>How the elements of an input lie in memory.</summary>
enum Place
{
    /// <summary>Side by side in their order.</summary>
    Together,

    /// <summary>With the axes in reverse order.</summary>
    Transposed,

    /// <summary>Backwards along every axis, each second one.</summary>
    Apart,
}

/// <summary>A variable and its value, or others through whose views the same elements are read.</summary>
sealed class Places(Variable variable, Tensor value)
{
    readonly Dictionary<Place, (Variable Variable, Tensor Value)> _at = Enum.GetValues<Place>().ToDictionary(place => place, place => Store(place, variable, value));

    public static Place[] All { get; } = Enum.GetValues<Place>();

    public Variable Variable => variable;

    public Tensor Value => value;

    /// <summary>The variable that holds the elements.</summary>
    public Variable At(Place place) => _at[place].Variable;

    public Tensor ValueAt(Place place) => _at[place].Value;

    /// <summary>From what has the shape of the variable at the place to what has the shape of the first.</summary>
    public Expr View(Place place, Expr stored) => place switch
    {
        Place.Together => stored,
        Place.Transposed => T.Transpose(stored),
        _ => stored.Rank == 0 ? stored : stored[[.. stored.Shape.Select(_ => (AxisIndex)T.Range(null, null, -2))]],
    };

    static (Variable, Tensor) Store(Place place, Variable variable, Tensor value)
    {
        if (place == Place.Together || value.Rank == 0) return (variable, value);
        var inverse = place == Place.Transposed ? T.Transpose(variable)
            : new Pad([.. variable.Shape.Select(dim => 2 * dim - 1)], [.. variable.Shape.Select(_ => -2)], Shape.Of(variable.Shape.Select(dim => 2 * dim))).On(variable);
        var stored = Numerically.Value(inverse, (variable, value));
        return (new Variable(variable.Name, variable.DType, [.. stored.Shape.ToArray().Select(size => (Dim?)size)]), stored);
    }
}
