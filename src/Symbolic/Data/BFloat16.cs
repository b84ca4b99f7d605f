using System.Globalization;

namespace DeepSym;

/// <summary>The upper half of a 32-bit float: its range with 8 bits of precision. Made for storage; computations take place in float32.</summary>
public readonly record struct BFloat16
{
    const int Dropped = 16;

    BFloat16(ushort bits) => Bits = bits;

    /// <summary>The sign, 8 bits of exponent, and 7 bits of fraction.</summary>
    public ushort Bits { get; }

    /// <summary>The number with the given bits.</summary>
    public static BFloat16 FromBits(ushort bits) => new(bits);

    /// <summary>The nearest number of this type, of two equally near the even one; beyond the largest an infinity.</summary>
    public static explicit operator BFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return new((ushort)((float.IsNaN(value) ? bits | 0x400000 : bits + 0x7FFF + (bits >> Dropped & 1)) >> Dropped));
    }

    /// <summary>The same number.</summary>
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << Dropped);

    /// <summary>The number with as many digits as tell it from its neighbours.</summary>
    public override string ToString() => ((float)this).ToString("g3", CultureInfo.InvariantCulture);
}
