namespace DeepSym;

/// <summary>The type of a tensor's elements. Where two meet, <see cref="Promotion"/> says which comes out.</summary>
public enum DType
{
    /// <summary>True or false, one byte.</summary>
    Bool,

    /// <summary>Signed integer of 8 bits; computed in int32.</summary>
    Int8,

    /// <summary>Unsigned integer of 8 bits; computed in int32.</summary>
    UInt8,

    /// <summary>Signed integer of 16 bits; computed in int32.</summary>
    Int16,

    /// <summary>Unsigned integer of 16 bits; computed in int32.</summary>
    UInt16,

    /// <summary>Signed integer of 32 bits.</summary>
    Int32,

    /// <summary>Unsigned integer of 32 bits; computed in int64.</summary>
    UInt32,

    /// <summary>Signed integer of 64 bits.</summary>
    Int64,

    /// <summary>Unsigned integer of 64 bits.</summary>
    UInt64,

    /// <summary>The upper half of a float32: 8 bits of precision; computed in float32. See <see cref="DeepSym.BFloat16"/>.</summary>
    BFloat16,

    /// <summary>IEEE 754 number of 16 bits: 11 bits of precision, at most 65504; computed in float32.</summary>
    Float16,

    /// <summary>IEEE 754 number of 32 bits.</summary>
    Float32,

    /// <summary>IEEE 754 number of 64 bits.</summary>
    Float64,
}

/// <summary>The family of a dtype, in the order in which families promote: a sum of an integer and a float is a float.</summary>
public enum DTypeKind
{
    /// <summary>True or false.</summary>
    Bool,

    /// <summary>Whole numbers.</summary>
    Integer,

    /// <summary>Floating-point numbers.</summary>
    Floating,
}

/// <summary>The facts about dtypes; all come from the one table of <see cref="Element"/>.</summary>
public static class DTypes
{
    /// <summary>Every dtype: by kind, and in a kind by size.</summary>
    public static ReadOnlySpan<DType> All => Element.Types;

    /// <summary>The dtype of the CLR type <typeparamref name="T"/>; throws <see cref="DTypeException"/> when there is none.</summary>
    public static DType Of<T>() => TypeOf<T>.Known ?? Element.Of(typeof(T)).Type;

    /// <summary>The dtype called <paramref name="name"/>, such as "float32"; throws <see cref="DTypeException"/> for an unknown name.</summary>
    public static DType Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var element in Element.Table)
            if (element.Name == name)
                return element.Type;
        throw new DTypeException($"'{name}' is not the name of a dtype; these are: {string.Join(", ", Element.Table.Select(e => e.Name))}.");
    }

    extension(DType dtype)
    {
        /// <summary>The number of bytes of one element.</summary>
        public int Size() => Element.Of(dtype).Size;

        /// <summary>The family: boolean, integer or floating.</summary>
        public DTypeKind Kind() => Element.Of(dtype).Kind;

        /// <summary>Whether the elements are floating-point numbers.</summary>
        public bool IsFloating() => dtype.Kind() == DTypeKind.Floating;

        /// <summary>Whether negative elements exist.</summary>
        public bool IsSigned() => Element.Of(dtype).IsSigned;

        /// <summary>Whether every element of <paramref name="other"/> is an element of this dtype too.</summary>
        public bool Holds(DType other)
        {
            var (wide, narrow) = (Element.Of(dtype), Element.Of(other));
            return wide.Digits >= narrow.Digits && wide.Kind >= narrow.Kind && (wide.IsSigned || !narrow.IsSigned)
                && (narrow.Kind != DTypeKind.Floating || wide.Size > narrow.Size || wide == narrow);
        }

        /// <summary>The dtype in which elements are computed: itself for bool, int32, int64, uint64, float32 and float64, a wider one for the others.</summary>
        public DType Computed() => Element.Of(dtype).Computed;

        /// <summary>Whether the elements are whole numbers; booleans are not.</summary>
        public bool IsInteger() => dtype.Kind() == DTypeKind.Integer;

        /// <summary>NumPy's name of the type, such as "float32".</summary>
        public string Name() => Element.Of(dtype).Name;

        /// <summary>The CLR type of an element, such as <see cref="float"/>.</summary>
        public Type ClrType() => Element.Of(dtype).ClrType;
    }

    private static class TypeOf<T>
    {
        public static readonly DType? Known = Array.Find(Element.Table, e => e.ClrType == typeof(T))?.Type;
    }
}
