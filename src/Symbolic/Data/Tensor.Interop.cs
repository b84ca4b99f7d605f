using System.Numerics.Tensors;

namespace DeepSym;

/// <summary>To and from the tensor types of <c>System.Numerics.Tensors</c>.</summary>
public sealed partial class Tensor
{
    /// <summary>A copy of <paramref name="data"/>, in the same shape.</summary>
    public static Tensor From<T>(scoped in ReadOnlyTensorSpan<T> data) where T : unmanaged
    {
        var dtype = DTypes.Of<T>();
        var shape = new int[data.Rank];
        for (var axis = 0; axis < shape.Length; axis++)
            shape[axis] = data.Lengths[axis] <= int.MaxValue
                ? (int)data.Lengths[axis]
                : throw new ShapeException($"Axis {axis} has length {data.Lengths[axis]}; an axis has at most {int.MaxValue} entries.");
        var result = Empty(dtype, shape);
        data.FlattenTo(result.AsSpan<T>());
        return result;
    }

    /// <summary>A copy of <paramref name="data"/>, in the same shape.</summary>
    public static Tensor From<T>(scoped in TensorSpan<T> data) where T : unmanaged => From<T>((ReadOnlyTensorSpan<T>)data);

    /// <summary>A copy of <paramref name="data"/>, in the same shape.</summary>
    public static Tensor From<T>(Tensor<T> data) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        return From(data.AsReadOnlyTensorSpan());
    }

    /// <summary>The elements, to read and to write, in the same shape; a scalar becomes a vector of one. Throws <see cref="DTypeException"/> unless
    /// <typeparamref name="T"/> is their type.</summary>
    public TensorSpan<T> AsTensorSpan<T>() where T : unmanaged
    {
        var lengths = new nint[Math.Max(1, Rank)];
        lengths[0] = 1;
        for (var axis = 0; axis < Rank; axis++)
            lengths[axis] = shape[axis];
        return new TensorSpan<T>(AsSpan<T>(), lengths);
    }
}
