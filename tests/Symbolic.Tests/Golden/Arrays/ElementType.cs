namespace DeepSym.Tests.Golden.Arrays;

/// <summary>NumPy's element types, in the order in which one widens to the next.</summary>
internal enum ElementType { Bool, Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64, Float32, Float64 }

internal enum ElementKind { Bool, Integer, Float }

internal static class ElementTypes
{
    public static ElementType Parse(string name) =>
        Enum.TryParse<ElementType>(name, ignoreCase: true, out var type) ? type : throw new FormatException($"'{name}' is not the name of an element type");

    extension(ElementType type)
    {
        public bool IsFloat => type >= ElementType.Float32;

        public ElementKind Kind => type == ElementType.Bool ? ElementKind.Bool : type.IsFloat ? ElementKind.Float : ElementKind.Integer;

        public string NumpyName => type.ToString().ToLowerInvariant();

        /// <summary>The value as this type holds it.</summary>
        public double Round(double value) => type switch
        {
            ElementType.Float64 => value,
            ElementType.Float32 => (float)value,
            ElementType.Bool => value != 0 ? 1 : 0,
            _ => Math.Truncate(value),
        };
    }

    /// <summary>The type of arithmetic between two arrays; cases keep to pairs in which the wider of the two will do.</summary>
    public static ElementType Promote(ElementType a, ElementType b)
    {
        var (narrow, wide) = a < b ? (a, b) : (b, a);
        return wide == ElementType.Float32 && narrow is >= ElementType.Int32 and < ElementType.Float32 ? ElementType.Float64 : wide;
    }
}
