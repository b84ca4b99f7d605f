namespace DeepSym.Layers;

/// <summary>A height and a width, of filters, windows and strides. A number stands for a square; a pair is read as height, width.</summary>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>A square.</summary>
    public static implicit operator Size2D(int side) => new(side, side);

    /// <summary>Height and width.</summary>
    public static implicit operator Size2D((int Height, int Width) size) => new(size.Height, size.Width);

    internal int[] Axes => [Height, Width];

    // Itself, when both numbers are above 0.
    internal Size2D Positive(string name) => Height > 0 && Width > 0
        ? this
        : throw new ArgumentOutOfRangeException(name, $"{this}", $"{name}: height and width must be above 0.");

    /// <summary>As in <c>3x3</c>.</summary>
    public override string ToString() => $"{Height}x{Width}";
}
