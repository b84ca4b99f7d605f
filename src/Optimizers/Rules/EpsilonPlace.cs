using System.Text.Json.Serialization;

namespace DeepSym.Optimizers;

/// <summary>Where the ε that keeps a root from being 0 is added.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EpsilonPlace>))]
public enum EpsilonPlace
{
    /// <summary><c>√(a + ε)</c>.</summary>
    InsideRoot,

    /// <summary><c>√a + ε</c>.</summary>
    OutsideRoot,
}

static class Roots
{
    public static Expr Root(this EpsilonPlace place, Expr square, double epsilon) =>
        place == EpsilonPlace.InsideRoot ? T.Sqrt(square + epsilon) : T.Sqrt(square) + epsilon;
}
