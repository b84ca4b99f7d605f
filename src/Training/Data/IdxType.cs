namespace DeepSym.Training;

/// <summary>The element types of the IDX format; the values are the format's own codes.</summary>
public enum IdxType
{
    /// <summary>Unsigned bytes: the pixels and labels of MNIST.</summary>
    UInt8 = 0x08,

    /// <summary>Signed bytes.</summary>
    Int8 = 0x09,

    /// <summary>16-bit signed integers.</summary>
    Int16 = 0x0B,

    /// <summary>32-bit signed integers.</summary>
    Int32 = 0x0C,

    /// <summary>32-bit floating point numbers.</summary>
    Float32 = 0x0D,

    /// <summary>64-bit floating point numbers.</summary>
    Float64 = 0x0E,
}
