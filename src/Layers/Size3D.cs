namespace DeepSym.Layers;

/// <summary>A depth, a height and a width, of filters, windows and strides. A number stands for a cube; a triple is read as depth, height, width.</summary>
public readonly record struct Size3D(int Depth, int Height, int Width)
{
    /// <summary>A cube.</summary>
    public static implicit operator Size3D(int side) => new(side, side, side);

    /// <summary>Depth, height and width.</summary>
    public static implicit operator Size3D((int Depth, int Height, int Width) size) => new(size.Depth, size.Height, size.Width);

    internal int[] Axes => [Depth, Height, Width];

    // Itself, when all numbers are above 0.
    internal Size3D Positive(string name) => Depth > 0 && Height > 0 && Width > 0
        ? this
        : throw new ArgumentOutOfRangeException(name, $"{this}", $"{name}: depth, height and width must be above 0.");

    /// <summary>As in <c>3x3x3</c>.</summary>
    public override string ToString() => $"{Depth}x{Height}x{Width}";
}
