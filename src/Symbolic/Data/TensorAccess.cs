using System.Runtime.InteropServices;

namespace DeepSym;

/// <summary>Access to the elements of tensors for code that knows dtypes only at run time.</summary>
static class TensorAccess
{
    /// <summary>The memory of the elements.</summary>
    public static Span<byte> AsBytes(this Tensor tensor) => tensor.BytesAt(0, checked((int)tensor.Bytes));

    /// <summary>The elements as <typeparamref name="TElement"/>, which must have their size; truth values as bytes 0 and 1.</summary>
    public static Span<TElement> AsRaw<TElement>(this Tensor tensor) where TElement : unmanaged => MemoryMarshal.Cast<byte, TElement>(tensor.AsBytes());

    /// <summary>The distance between neighbours along each axis, in elements.</summary>
    public static long[] Strides(this Tensor tensor)
    {
        var strides = new long[tensor.Rank];
        var stride = 1L;
        for (var axis = tensor.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= tensor.Shape[axis];
        }
        return strides;
    }

    /// <summary>An element as the interpreter holds it; a uint64 by its bits.</summary>
    public static Number Number(this Tensor tensor, long index) => tensor.DType switch
    {
        DType.Float32 => new Number(tensor.AsSpan<float>()[(int)index], 0),
        DType.Float64 => new Number(tensor.AsSpan<double>()[(int)index], 0),
        DType.Float16 => new Number((double)tensor.AsSpan<Half>()[(int)index], 0),
        DType.BFloat16 => new Number(tensor.AsSpan<BFloat16>()[(int)index], 0),
        DType.Int32 => new Number(0, tensor.AsSpan<int>()[(int)index]),
        DType.Int64 => new Number(0, tensor.AsSpan<long>()[(int)index]),
        DType.UInt64 => new Number(0, (long)tensor.AsSpan<ulong>()[(int)index]),
        DType.UInt32 => new Number(0, tensor.AsSpan<uint>()[(int)index]),
        DType.Int16 => new Number(0, tensor.AsSpan<short>()[(int)index]),
        DType.UInt16 => new Number(0, tensor.AsSpan<ushort>()[(int)index]),
        DType.Int8 => new Number(0, tensor.AsSpan<sbyte>()[(int)index]),
        _ => new Number(0, tensor.AsBytes()[(int)index]),
    };

    /// <summary>Stores a number, rounded to the dtype; integers wrap.</summary>
    public static void SetNumber(this Tensor tensor, long index, Number value)
    {
        switch (tensor.DType)
        {
            case DType.Float32: tensor.AsSpan<float>()[(int)index] = (float)value.Real; break;
            case DType.Float64: tensor.AsSpan<double>()[(int)index] = value.Real; break;
            case DType.Float16: tensor.AsSpan<Half>()[(int)index] = (Half)(float)value.Real; break;
            case DType.BFloat16: tensor.AsSpan<BFloat16>()[(int)index] = (BFloat16)(float)value.Real; break;
            case DType.Int32: tensor.AsSpan<int>()[(int)index] = (int)value.Integer; break;
            case DType.Int64: tensor.AsSpan<long>()[(int)index] = value.Integer; break;
            case DType.UInt64: tensor.AsSpan<ulong>()[(int)index] = (ulong)value.Integer; break;
            case DType.UInt32: tensor.AsSpan<uint>()[(int)index] = (uint)value.Integer; break;
            case DType.Int16: tensor.AsSpan<short>()[(int)index] = (short)value.Integer; break;
            case DType.UInt16: tensor.AsSpan<ushort>()[(int)index] = (ushort)value.Integer; break;
            case DType.Int8: tensor.AsSpan<sbyte>()[(int)index] = (sbyte)value.Integer; break;
            case DType.UInt8: tensor.AsSpan<byte>()[(int)index] = (byte)value.Integer; break;
            default: tensor.AsBytes()[(int)index] = value.IsTrue ? (byte)1 : (byte)0; break;
        }
    }

    /// <summary>The text of a scalar in printed expressions.</summary>
    public static string ToScalarText(this Tensor tensor) => tensor.DType switch
    {
        DType.Bool => tensor.Number(0).IsTrue ? "true" : "false",
        DType.Float32 => tensor.AsSpan<float>()[0].ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        DType.Float64 => tensor.AsSpan<double>()[0].ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        DType.Float16 or DType.BFloat16 => ((float)tensor.Number(0).Real).ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        DType.UInt64 => ((ulong)tensor.Number(0).Integer).ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => tensor.Number(0).Integer.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
