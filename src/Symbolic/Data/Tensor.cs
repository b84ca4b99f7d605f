using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DeepSym;

/// <summary>A value: elements of one dtype in a box of any rank, contiguous, the last axis fastest. Needs no disposal.</summary>
public sealed unsafe partial class Tensor
{
    private readonly Storage storage;
    private readonly long offset; // of the first element in the storage, in bytes
    private readonly int[] shape;

    private Tensor(DType dtype, int[] shape, long length, Storage storage, long offset)
    {
        (DType, Length) = (dtype, length);
        (this.shape, this.storage, this.offset) = (shape, storage, offset);
    }

    /// <summary>The type of the elements.</summary>
    public DType DType { get; }

    /// <summary>The lengths of the axes; empty for a scalar.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>The number of axes.</summary>
    public int Rank => shape.Length;

    /// <summary>The number of elements: the product of <see cref="Shape"/>.</summary>
    public long Length { get; }

    /// <summary>The number of bytes of all elements.</summary>
    internal long Bytes => Length * DType.Size();

    /// <summary>The first element. Good while this tensor is alive: end what uses it with <see cref="GC.KeepAlive"/>. A slice need not be
    /// aligned.</summary>
    internal byte* Pointer => storage.Pointer + offset;

    /// <summary>The elements, to read and to write, in row-major order; throws <see cref="DTypeException"/> unless <typeparamref name="T"/> is
    /// their type.</summary>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        Demand<T>();
        if (Length > int.MaxValue)
            throw new ShapeException(
                $"{Describe()} has {Length} elements; a span holds at most {int.MaxValue}. Take parts with Slice(start, count).");
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref storage.At(offset)), (int)Length);
    }

    /// <summary>A copy of the elements in row-major order; throws <see cref="DTypeException"/> unless <typeparamref name="T"/> is their
    /// type.</summary>
    public T[] ToArray<T>() where T : unmanaged => AsSpan<T>().ToArray();

    /// <summary>The element of a tensor that has only one, as a <typeparamref name="T"/>: converted like <see cref="To"/> where the types
    /// differ.</summary>
    public T ToScalar<T>() where T : unmanaged
    {
        if (Length != 1)
            throw new ShapeException($"{Describe()} has {Length} elements; ToScalar needs exactly one. Use Get(index), or ToArray for all.");
        T result;
        Element.Of(DType).Convert(Pointer, Element.Of(DTypes.Of<T>()), (byte*)&result, 1);
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>The element at <paramref name="index"/>; throws unless <typeparamref name="T"/> is the element type and the index is
    /// inside.</summary>
    public T Get<T>(params ReadOnlySpan<int> index) where T : unmanaged => At<T>(index);

    /// <summary>Writes the element at <paramref name="index"/>; throws unless <typeparamref name="T"/> is the element type and the index is
    /// inside.</summary>
    public void Set<T>(T value, params ReadOnlySpan<int> index) where T : unmanaged => At<T>(index) = value;

    /// <summary>This tensor with elements of <paramref name="dtype"/>, always a copy. Floats that become integers are truncated towards zero, and
    /// saturate (NaN gives 0); int64 that become int32 lose their upper bits; every number but zero is true.</summary>
    public Tensor To(DType dtype)
    {
        var result = Empty(dtype, shape);
        Element.Of(DType).Convert(Pointer, Element.Of(dtype), result.Pointer, Length);
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>The same elements in another shape, in shared memory; one length may be -1 and follows from the others.</summary>
    public Tensor Reshape(params ReadOnlySpan<int> newShape)
    {
        var resolved = newShape.ToArray();
        var open = Array.IndexOf(resolved, -1);
        if (open >= 0)
        {
            resolved[open] = 1;
            var rest = Array.IndexOf(resolved, -1) < 0 ? Extents.Count(DType, resolved) : 0;
            if (rest == 0 || Length % rest != 0 || Length / rest > int.MaxValue)
                throw CannotReshape(newShape);
            resolved[open] = (int)(Length / rest);
        }
        if (Extents.Count(DType, resolved) != Length)
            throw CannotReshape(newShape);
        return new Tensor(DType, resolved, Length, storage, offset);
    }

    /// <summary>The <paramref name="count"/> entries of the first axis from <paramref name="start"/> on, in shared memory.</summary>
    public Tensor Slice(int start, int count)
    {
        if (Rank == 0)
            throw new ShapeException($"{Describe()} has no axis to slice.");
        if (start < 0 || count < 0 || start > shape[0] - count)
            throw new ArgumentOutOfRangeException(nameof(start),
                $"Slice({start}, {count}) leaves {Describe()}: its first axis has {shape[0]} entries.");
        var part = (int[])shape.Clone();
        part[0] = count;
        var entry = shape[0] == 0 ? 0 : Length / shape[0];
        return new Tensor(DType, part, entry * count, storage, offset + entry * start * DType.Size());
    }

    /// <summary>The entry <paramref name="index"/> of the first axis, without that axis, in shared memory: a row of a matrix.</summary>
    public Tensor Row(int index)
    {
        if (Rank > 0 && (uint)index >= (uint)shape[0])
            throw new ArgumentOutOfRangeException(nameof(index), $"Row({index}) leaves {Describe()}: its first axis has {shape[0]} entries.");
        var slice = Slice(index, 1);
        return new Tensor(DType, shape[1..], slice.Length, storage, slice.offset);
    }

    /// <summary>A tensor of the same content in memory of its own.</summary>
    public Tensor Copy()
    {
        var result = Empty(DType, shape);
        CopyTo(result);
        return result;
    }

    /// <summary>Writes every element into <paramref name="target"/>, of the same dtype and shape; the two may share memory.</summary>
    public void CopyTo(Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.DType != DType)
            throw new DTypeException(
                $"{Describe()} cannot be copied into {target.Describe()}: the dtypes differ. Convert with .To(DType.{target.DType}).");
        if (!target.Shape.SequenceEqual(Shape))
            throw new ShapeException($"{Describe()} cannot be copied into {target.Describe()}: the shapes differ.");
        Buffer.MemoryCopy(Pointer, target.Pointer, target.Bytes, Bytes);
        GC.KeepAlive(this);
        GC.KeepAlive(target);
    }

    /// <summary>Overwrites every element with those of <paramref name="source"/>, of the same dtype and shape.</summary>
    public void CopyFrom(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        source.CopyTo(this);
    }

    /// <summary>Whether dtype, shape and every bit of the elements are equal: NaN equals the same NaN, -0 is not 0.</summary>
    public bool ContentEquals(Tensor? other)
    {
        if (other is null || other.DType != DType || !other.Shape.SequenceEqual(Shape))
            return false;
        for (long start = 0; start < Bytes; start += int.MaxValue)
        {
            var count = (int)Math.Min(int.MaxValue, Bytes - start);
            if (!BytesAt(start, count).SequenceEqual(other.BytesAt(start, count)))
                return false;
        }
        return true;
    }

    /// <summary>Dtype and shape: <c>float32[2,3]</c>.</summary>
    public string Describe() => Extents.Text(DType, shape);

    /// <summary>Dtype, shape and elements, like <c>float32[2,3] [[1, 2, 3], [4, 5, 6]]</c>; of more than 1000 elements only the edges.</summary>
    public override string ToString() => TensorText.Of(this);

    /// <summary>Part of the memory as bytes.</summary>
    internal Span<byte> BytesAt(long start, int count) => MemoryMarshal.CreateSpan(ref storage.At(offset + start), count);

    private ref T At<T>(ReadOnlySpan<int> index) where T : unmanaged
    {
        Demand<T>();
        if (index.Length != Rank)
            throw new ArgumentOutOfRangeException(nameof(index),
                $"{Describe()} has {Rank} axes; the index {Extents.Text(index)} has {index.Length}.");
        long position = 0;
        for (var axis = 0; axis < index.Length; axis++)
        {
            if ((uint)index[axis] >= (uint)shape[axis])
                throw new ArgumentOutOfRangeException(nameof(index), $"The index {Extents.Text(index)} leaves {Describe()} on axis {axis}.");
            position = position * shape[axis] + index[axis];
        }
        return ref Unsafe.As<byte, T>(ref storage.At(offset + position * sizeof(T)));
    }

    private void Demand<T>()
    {
        var asked = DTypes.Of<T>();
        if (asked != DType)
            throw new DTypeException($"{Describe()} holds elements of {DType.Name()}, not of {asked.Name()}. Convert with .To(DType.{asked}).");
    }

    private ShapeException CannotReshape(ReadOnlySpan<int> newShape) => new(
        $"{Describe()} of {Length} elements cannot become {Extents.Text(newShape)}: " +
        "the numbers of elements must agree, and at most one length may be -1.");
}
