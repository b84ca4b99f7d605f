using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace DeepSym;

/// <summary>What is known about one dtype. A new dtype is a member of <see cref="DType"/> and a row of the table here.</summary>
internal abstract unsafe class Element(DType type, string name, int size, DTypeKind kind, int digits, bool isSigned, DType computed, Type clrType)
{
    /// <summary>One row per dtype, in the order of the enum.</summary>
    public static readonly Element[] Table =
    [
        new BoolElement(),
        new NumberElement<sbyte>(DType.Int8, "int8", DTypeKind.Integer, 7, DType.Int32),
        new NumberElement<byte>(DType.UInt8, "uint8", DTypeKind.Integer, 8, DType.Int32),
        new NumberElement<short>(DType.Int16, "int16", DTypeKind.Integer, 15, DType.Int32),
        new NumberElement<ushort>(DType.UInt16, "uint16", DTypeKind.Integer, 16, DType.Int32),
        new NumberElement<int>(DType.Int32, "int32", DTypeKind.Integer, 31, DType.Int32),
        new NumberElement<uint>(DType.UInt32, "uint32", DTypeKind.Integer, 32, DType.Int64),
        new NumberElement<long>(DType.Int64, "int64", DTypeKind.Integer, 63, DType.Int64),
        new NumberElement<ulong>(DType.UInt64, "uint64", DTypeKind.Integer, 64, DType.UInt64),
        new BFloat16Element(),
        new NumberElement<Half>(DType.Float16, "float16", DTypeKind.Floating, 11, DType.Float32),
        new NumberElement<float>(DType.Float32, "float32", DTypeKind.Floating, 24, DType.Float32),
        new NumberElement<double>(DType.Float64, "float64", DTypeKind.Floating, 53, DType.Float64),
    ];

    public static readonly DType[] Types = [.. Table.Select(e => e.Type)];

    public DType Type { get; } = type;

    public string Name { get; } = name;

    public int Size { get; } = size;

    public DTypeKind Kind { get; } = kind;

    /// <summary>So many bits hold every integer up to that length exactly.</summary>
    public int Digits { get; } = digits;

    public bool IsSigned { get; } = isSigned;

    /// <summary>The dtype that computations take place in.</summary>
    public DType Computed { get; } = computed;

    public Type ClrType { get; } = clrType;

    public static Element Of(DType type) => (uint)type < (uint)Table.Length
        ? Table[(int)type]
        : throw new DTypeException($"{type} is not a dtype; these are: {string.Join(", ", Types)}.");

    public static Element Of(Type clrType) => Array.Find(Table, e => e.ClrType == clrType) ?? throw new DTypeException(
        $"{clrType} is not a type of tensor elements; these are: {string.Join(", ", Table.Select(e => e.ClrType))}.");

    /// <summary>Writes <paramref name="count"/> elements as elements of <paramref name="target"/>.</summary>
    public abstract void Convert(byte* from, Element target, byte* to, long count);

    /// <summary>Reads <paramref name="count"/> numbers as elements of this type.</summary>
    public abstract void ConvertFrom<TFrom>(TFrom* from, byte* to, long count) where TFrom : unmanaged, INumber<TFrom>;

    /// <summary>One element as text; of a float at most 8 digits unless it is to be <paramref name="whole"/>.</summary>
    public abstract string Format(byte* element, bool whole);

    protected const int Few = 16;

    // Spans end at 2³¹ elements.
    protected const int Chunk = 1 << 30;
}

/// <summary>Elements that are numbers. A float becomes an integer by truncation, at the ends by saturation, NaN as 0; a longer integer loses its
/// upper bits.</summary>
internal sealed unsafe class NumberElement<T>(DType type, string name, DTypeKind kind, int digits, DType computed)
    : Element(type, name, sizeof(T), kind, digits, T.IsNegative(T.Zero - T.One), computed, typeof(T))
    where T : unmanaged, INumber<T>
{
    public override void Convert(byte* from, Element target, byte* to, long count) => target.ConvertFrom((T*)from, to, count);

    public override void ConvertFrom<TFrom>(TFrom* from, byte* to, long count)
    {
        if (count <= Few)   // vector code would take longer to compile than to run
        {
            for (long i = 0; i < count; i++) ((T*)to)[i] = T.CreateTruncating(from[i]);
            return;
        }
        for (long start = 0; start < count; start += Chunk)
        {
            var length = (int)Math.Min(Chunk, count - start);
            TensorPrimitives.ConvertTruncating(new ReadOnlySpan<TFrom>(from + start, length), new Span<T>((T*)to + start, length));
        }
    }

    public override string Format(byte* element, bool whole)
    {
        var value = *(T*)element;
        if (T.IsNaN(value))
            return "nan";
        if (T.IsInfinity(value))
            return T.IsNegative(value) ? "-inf" : "inf";
        var text = value.ToString(null, CultureInfo.InvariantCulture);
        if (Kind == DTypeKind.Floating && !whole && text.Length > 9)
            text = value.ToString("g8", CultureInfo.InvariantCulture);
        return text.Replace('E', 'e');
    }
}

/// <summary>Elements that are true or false: a byte of 1 or 0. Every number but zero is true, NaN too.</summary>
internal sealed unsafe class BoolElement() : Element(DType.Bool, "bool", 1, DTypeKind.Bool, 1, false, DType.Bool, typeof(bool))
{
    public override void Convert(byte* from, Element target, byte* to, long count) => target.ConvertFrom(from, to, count);

    public override void ConvertFrom<TFrom>(TFrom* from, byte* to, long count)
    {
        for (long i = 0; i < count; i++)
            to[i] = Unsafe.BitCast<bool, byte>(from[i] != TFrom.Zero);
    }

    public override string Format(byte* element, bool whole) => *element != 0 ? "True" : "False";
}

/// <summary>Elements that are the upper halves of 32-bit floats, by way of which all conversions go.</summary>
internal sealed unsafe class BFloat16Element() : Element(DType.BFloat16, "bfloat16", sizeof(BFloat16), DTypeKind.Floating, 8, true, DType.Float32, typeof(BFloat16))
{
    const int Block = 256;

    public override void Convert(byte* from, Element target, byte* to, long count)
    {
        var block = stackalloc float[Block];
        for (long start = 0; start < count; start += Block)
        {
            var length = Math.Min(Block, count - start);
            for (var i = 0; i < length; i++) block[i] = ((BFloat16*)from)[start + i];
            target.ConvertFrom(block, to + start * target.Size, length);
        }
    }

    public override void ConvertFrom<TFrom>(TFrom* from, byte* to, long count)
    {
        for (long i = 0; i < count; i++) ((BFloat16*)to)[i] = (BFloat16)float.CreateTruncating(from[i]);
    }

    public override string Format(byte* element, bool whole)
    {
        float value = *(BFloat16*)element;
        return Of(DType.Float32).Format((byte*)&value, whole);
    }
}
