namespace DeepSym.Layers;

/// <summary>What layers demand of their inputs.</summary>
static class InputChecks
{
    /// <summary>The size of an axis, which must be known since parameters depend on it.</summary>
    public static int Known(this TensorType input, int axis)
    {
        var own = axis < 0 ? axis + input.Rank : axis;
        if (own < 0 || own >= input.Rank) throw new ShapeException($"it has no axis {axis}.");
        return input.Shape[own] is { IsStatic: true, Constant: var size }
            ? checked((int)size)
            : throw new ShapeException($"the size of axis {own} must be known, since parameters depend on it. Declare the input with a number there.");
    }

    /// <summary>Demands a number of axes, which <paramref name="what"/> explains.</summary>
    public static void Rank(this TensorType input, int rank, string what)
    {
        if (input.Rank != rank) throw new ShapeException($"{what} have {rank} axes, and this has {input.Rank}.");
    }

    /// <summary>Demands at least a batch axis and one more.</summary>
    public static void Batch(this TensorType input)
    {
        if (input.Rank < 2) throw new ShapeException($"an input has a batch axis and at least one more, and this has {input.Rank} in all.");
    }

    /// <summary>A number that must be above 0, such as ε.</summary>
    public static double AboveZero(double value, string name) => value > 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0.");

    /// <summary>A number of units, filters or such, which must be above 0.</summary>
    public static int Positive(int value, string name) => value > 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0.");
}
