using System.Runtime.InteropServices;

namespace DeepSym;

/// <summary>To and from CLR arrays of any rank, rectangular or jagged.</summary>
public sealed unsafe partial class Tensor
{
    /// <summary>A copy of an array: of any rank, <c>T[,]</c>, or of equally long rows, <c>T[][]</c>; throws <see cref="ShapeException"/> naming the
    /// first row that differs.</summary>
    public static Tensor From(Array any)
    {
        ArgumentNullException.ThrowIfNull(any);
        var shape = BoxOf(any, out var elementType);
        var result = Empty(Element.Of(elementType).Type, shape);
        var target = result.Pointer;
        CopyRows(any, shape, 0, [], ref target);
        GC.KeepAlive(result);
        return result;
    }

    /// <summary>A copy of an array, see <see cref="From(Array)"/>.</summary>
    public static implicit operator Tensor(Array any) => From(any);

    /// <summary>A copy as a CLR array of the same rank, such as <c>float[,]</c>; throws <see cref="ShapeException"/> for rank 0, which has no such
    /// array.</summary>
    public Array ToArray()
    {
        if (Rank == 0)
            throw new ShapeException($"{Describe()} is a scalar and has no array; take it with ToScalar.");
        if (Length > Array.MaxLength)
            throw new ShapeException(
                $"{Describe()} has {Length} elements; an array holds at most {Array.MaxLength}. Take parts with Slice(start, count).");
        var result = Rank == 1
            ? Array.CreateInstanceFromArrayType(DType.ClrType().MakeArrayType(), shape[0])
            : Array.CreateInstanceFromArrayType(DType.ClrType().MakeArrayType(Rank), shape);
        fixed (byte* target = &MemoryMarshal.GetArrayDataReference(result))
            Buffer.MemoryCopy(Pointer, target, Bytes, Bytes);
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>The lengths of all axes, read along the first rows; below an axis of length 0 they are 0.</summary>
    private static int[] BoxOf(Array any, out Type elementType)
    {
        List<int> shape = [];
        Array? part = any;
        elementType = any.GetType();
        while (elementType.IsArray)
        {
            for (var axis = 0; axis < elementType.GetArrayRank(); axis++)
                shape.Add(part?.GetLength(axis) ?? 0);
            elementType = elementType.GetElementType()!;
            part = elementType.IsArray && part is { Length: > 0 } ? part.Cast<Array?>().First() : null;
        }
        return [.. shape];
    }

    /// <summary>Copies an array, row by row where it is jagged; <paramref name="path"/> leads to it from the outermost one.</summary>
    private static void CopyRows(Array? part, int[] shape, int axis, int[] path, ref byte* target)
    {
        if (part is null)
            throw new ShapeException($"Row {Extents.Text(path)} is null; a row without elements is an empty array.");
        var lengths = new int[part.Rank];
        for (var i = 0; i < lengths.Length; i++)
            lengths[i] = part.GetLength(i);
        var expected = shape.AsSpan(axis, lengths.Length);
        if (!expected.SequenceEqual(lengths))
            throw new ShapeException(
                $"Row {Extents.Text(path)} has shape {Extents.Text(lengths)}, the rows before it {Extents.Text(expected)}: " +
                "in a tensor all rows are equally long.");

        if (axis + lengths.Length < shape.Length)
        {
            var i = 0;
            foreach (Array? row in part)
                CopyRows(row, shape, axis + lengths.Length, [.. path, i++], ref target);
            return;
        }
        var bytes = part.LongLength * Element.Of(part.GetType().GetElementType()!).Size;
        fixed (byte* source = &MemoryMarshal.GetArrayDataReference(part))
            Buffer.MemoryCopy(source, target, bytes, bytes);
        target += bytes;
    }
}
