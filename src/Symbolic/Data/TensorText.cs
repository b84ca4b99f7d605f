using System.Text;

namespace DeepSym;

/// <summary>Prints a tensor: on one line where it fits, else in aligned columns below its type; of a large one only the edges.</summary>
internal sealed unsafe class TensorText
{
    private const int ShownWhole = 1000; // elements; of more, three at each end of an axis are shown
    private const int MostItems = 10_000; // written in any case
    private const int OneLine = 72; // characters, with the type
    private const int LineWidth = 100;

    private readonly Tensor tensor;
    private readonly int edge; // items shown at each end of an axis
    private readonly List<string> items = [];
    private readonly StringBuilder text = new();
    private int next;
    private int width; // of a column; 0 while the items are being collected on one line
    private int lineStart;

    private TensorText(Tensor tensor, int edge) => (this.tensor, this.edge) = (tensor, edge);

    public static string Of(Tensor tensor)
    {
        var type = tensor.Describe();
        if (tensor.Length == 0)
            return type + " []";
        var edge = tensor.Length <= ShownWhole ? ShownWhole : 3;
        while (edge > 0 && ItemsShown(tensor, edge) > MostItems)
            edge--;
        return edge == 0 ? type + " [...]" : new TensorText(tensor, edge).Print(type);
    }

    private static long ItemsShown(Tensor tensor, int edge)
    {
        long count = 1;
        foreach (var n in tensor.Shape)
            count = Math.Min(count * Math.Min(n, 2 * edge), int.MaxValue);
        return count;
    }

    private string Print(string type)
    {
        Write(0, 0);
        GC.KeepAlive(tensor);
        if (tensor.Rank == 0 || type.Length + 1 + text.Length <= OneLine)
            return $"{type} {text}";
        text.Clear();
        width = items.Max(item => item.Length);
        Write(0, 0);
        return $"{type}\n{text}";
    }

    /// <summary>Writes the part that begins at an element; the recursion is as deep as the rank, which is bounded.</summary>
    private void Write(int axis, long position)
    {
        if (axis == tensor.Rank)
        {
            Write(position);
            return;
        }
        text.Append('[');
        var n = tensor.Shape[axis];
        for (var i = 0; i < n; i++)
        {
            if (i > 0)
                Separate(axis);
            if (i == edge && n > 2 * edge)
            {
                text.Append("...");
                i = n - edge - 1;
            }
            else
                Write(axis + 1, position * n + i);
        }
        text.Append(']');
    }

    private void Write(long position)
    {
        if (width == 0)
            items.Add(Element.Of(tensor.DType).Format(tensor.Pointer + position * tensor.DType.Size(), whole: tensor.Rank == 0));
        var item = width == 0 ? items[^1] : items[next++];
        text.Append(' ', Math.Max(0, width - item.Length)).Append(item);
    }

    private void Separate(int axis)
    {
        var ends = tensor.Rank - 1 - axis; // brackets closed before this
        var wraps = ends == 0 && text.Length - lineStart + 2 * width > LineWidth;
        if (width == 0 || ends == 0 && !wraps)
        {
            text.Append(", ");
            return;
        }
        text.Append(',').Append('\n', Math.Max(1, ends));
        lineStart = text.Length;
        text.Append(' ', axis + 1);
    }
}
