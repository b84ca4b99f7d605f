using System.Numerics;

namespace DeepSym;

/// <summary>Where tensors come from: constants, scalars, ranges and flat data.</summary>
public sealed unsafe partial class Tensor
{
    /// <summary>A tensor whose elements are not set: whoever asks for it writes them all.</summary>
    public static Tensor Empty(DType dtype, params ReadOnlySpan<int> shape)
    {
        var length = Extents.Count(dtype, shape);
        return new Tensor(dtype, shape.ToArray(), length, Storage.Uninitialized(length * dtype.Size()), 0);
    }

    /// <summary>A tensor of zeros (false for booleans).</summary>
    public static Tensor Zeros(DType dtype, params ReadOnlySpan<int> shape)
    {
        var length = Extents.Count(dtype, shape);
        return new Tensor(dtype, shape.ToArray(), length, Storage.Zeroed(length * dtype.Size()), 0);
    }

    /// <summary>A tensor of zeros (false for booleans).</summary>
    public static Tensor Zeros<T>(params ReadOnlySpan<int> shape) where T : unmanaged => Zeros(DTypes.Of<T>(), shape);

    /// <summary>A tensor of ones (true for booleans).</summary>
    public static Tensor Ones(DType dtype, params ReadOnlySpan<int> shape)
    {
        byte one = 1;
        var result = Empty(dtype, shape);
        var pattern = stackalloc byte[dtype.Size()];
        Element.Of(DType.Bool).Convert(&one, Element.Of(dtype), pattern, 1);
        result.Fill(new ReadOnlySpan<byte>(pattern, dtype.Size()));
        return result;
    }

    /// <summary>A tensor of ones (true for booleans).</summary>
    public static Tensor Ones<T>(params ReadOnlySpan<int> shape) where T : unmanaged => Ones(DTypes.Of<T>(), shape);

    /// <summary>A tensor whose elements all are <paramref name="value"/>.</summary>
    public static Tensor Full<T>(T value, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        var result = Empty(DTypes.Of<T>(), shape);
        result.Fill(new ReadOnlySpan<byte>(&value, sizeof(T)));
        return result;
    }

    /// <summary>A tensor of rank 0.</summary>
    public static Tensor Scalar<T>(T value) where T : unmanaged => Full(value, []);

    /// <summary>A tensor of rank 0.</summary>
    public static implicit operator Tensor(double value) => Scalar(value);

    /// <summary>A tensor of rank 0.</summary>
    public static implicit operator Tensor(float value) => Scalar(value);

    /// <summary>A tensor of rank 0.</summary>
    public static implicit operator Tensor(long value) => Scalar(value);

    /// <summary>A tensor of rank 0.</summary>
    public static implicit operator Tensor(int value) => Scalar(value);

    /// <summary>A tensor of rank 0.</summary>
    public static implicit operator Tensor(bool value) => Scalar(value);

    /// <summary>The vector 0, 1, ..., <paramref name="count"/> - 1.</summary>
    public static Tensor Arange(int count) => Arange(0, count, 1);

    /// <summary>The vector <c>start, start + step, ...</c> up to and without <paramref name="stop"/>: element i is <c>start + i * step</c>.</summary>
    public static Tensor Arange<T>(T start, T stop, T step) where T : unmanaged, INumber<T>
    {
        var dtype = DTypes.Of<T>();
        if (T.IsZero(step) || T.IsNaN(step) || !T.IsFinite(start) || !T.IsFinite(stop))
            throw new ArgumentException($"Arange({start}, {stop}, {step}) is not a range: its ends must be finite and its step not zero.");
        var steps = Math.Ceiling((double.CreateChecked(stop) - double.CreateChecked(start)) / double.CreateChecked(step));
        if (steps > int.MaxValue)
            throw new ShapeException($"Arange({start}, {stop}, {step}) has {steps} elements; an axis has at most {int.MaxValue}.");
        var result = Empty(dtype, Math.Max(0, (int)steps));
        var elements = result.AsSpan<T>();
        for (var i = 0; i < elements.Length; i++)
            elements[i] = start + T.CreateTruncating(i) * step;
        return result;
    }

    /// <summary>A copy of <paramref name="data"/> as a vector.</summary>
    public static Tensor From<T>(ReadOnlySpan<T> data) where T : unmanaged => From(data, [data.Length]);

    /// <summary>A copy of <paramref name="data"/> as a vector.</summary>
    public static Tensor From<T>(T[] data) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        return From<T>(data.AsSpan());
    }

    /// <summary>A copy of <paramref name="data"/>, in row-major order, in the given shape; throws <see cref="ShapeException"/> where the counts
    /// differ.</summary>
    public static Tensor From<T>(ReadOnlySpan<T> data, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        var dtype = DTypes.Of<T>();
        var length = Extents.Count(dtype, shape);
        if (length != data.Length)
            throw new ShapeException($"{Extents.Text(dtype, shape)} has {length} elements; the data has {data.Length}.");
        var result = Empty(dtype, shape);
        data.CopyTo(result.AsSpan<T>());
        return result;
    }

    /// <summary>The tensor whose elements are the memory given.</summary>
    internal static Tensor Over(Storage storage, DType dtype, int[] shape) => new(dtype, shape, Extents.Count(dtype, shape), storage, 0);

    /// <summary>Repeats one element over the whole memory, by doubling.</summary>
    private void Fill(ReadOnlySpan<byte> pattern)
    {
        if (Length == 0)
            return;
        pattern.CopyTo(BytesAt(0, pattern.Length));
        for (long done = pattern.Length; done < Bytes; done *= 2)
            Buffer.MemoryCopy(Pointer, Pointer + done, Bytes - done, Math.Min(done, Bytes - done));
        GC.KeepAlive(this);
    }
}
