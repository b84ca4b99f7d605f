using System.Globalization;
using System.Text;

namespace DeepSym;

/// <summary>Checks and prints the lengths of a tensor's axes.</summary>
internal static class Extents
{
    /// <summary>The most axes, as in CLR arrays.</summary>
    public const int MaxRank = 32;

    /// <summary>The number of elements; throws <see cref="ShapeException"/> for a negative axis or for more than memory can hold.</summary>
    public static long Count(DType dtype, ReadOnlySpan<int> shape)
    {
        if (shape.Length > MaxRank)
            throw new ShapeException($"A shape of {shape.Length} axes is impossible; a tensor has at most {MaxRank}.");
        long count = 1;
        foreach (var n in shape)
            if (n < 0)
                throw new ShapeException($"Shape {Text(shape)} has an axis of length {n}; no length may be negative.");
            else if (n == 0)
                count = 0;
        var most = Storage.MaxBytes / dtype.Size();
        foreach (var n in shape)
        {
            if (count > 0 && count > most / n)
                throw new ShapeException($"{Text(dtype, shape)} is too large: a tensor holds at most {most} elements of {dtype.Name()}.");
            count *= n;
        }
        return count;
    }

    /// <summary>The shape in brackets: <c>[2,3]</c>.</summary>
    public static string Text(ReadOnlySpan<int> shape)
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < shape.Length; i++)
            text.Append(i == 0 ? "" : ",").Append(shape[i].ToString(CultureInfo.InvariantCulture));
        return text.Append(']').ToString();
    }

    /// <summary>The type of a tensor: <c>float32[2,3]</c>.</summary>
    public static string Text(DType dtype, ReadOnlySpan<int> shape) => dtype.Name() + Text(shape);
}
