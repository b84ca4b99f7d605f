namespace DeepSym;

/// <summary>Rounding of float32 to the numbers of the 16-bit floating dtypes, in vector code: registers hold those as float32.</summary>
static class HalfFloats
{
    // The same number in the other dtype; it has been rounded.
    static readonly ScalarFunction AsFloat16 = Relabelling(DType.Float16), AsBFloat16 = Relabelling(DType.BFloat16);

    static ScalarFunction Relabelling(DType to) => new("as_" + to.Name(), 1, ScalarTypes.Conversion) { IsPrimitive = true, Result = to, Value = (x, _) => x[0] };

    /// <summary>A number of any dtype as the nearest one of a 16-bit floating dtype, of two equally near the even one.</summary>
    public static Expr Rounded(Expr x, DType to)
    {
        var single = T.Cast(x, DType.Float32);
        return new Map(to == DType.Float16 ? AsFloat16 : AsBFloat16).On(to == DType.Float16 ? ToFloat16(single) : ToBFloat16(single));
    }

    // 13 bits fall away; below 2⁻¹⁴ all but multiples of 2⁻²⁴, which adding 1/2 does.
    static Expr ToFloat16(Expr x)
    {
        var magnitude = T.Abs(x);
        var bits = T.Bits(magnitude);
        var normal = T.FromBits(T.ShiftLeft(T.ShiftRight(bits + 0xFFF + (T.ShiftRight(bits, 13) & 1), 13), 13));
        var rounded = T.Switch(magnitude < 6.103515625e-05, magnitude + 0.5 - 0.5, T.Switch(magnitude >= 65520, double.PositiveInfinity, normal));
        return T.Switch(T.IsNaN(x), x, T.WithSign(rounded, x));
    }

    static Expr ToBFloat16(Expr x)
    {
        var bits = T.Bits(x);
        return T.Switch(T.IsNaN(x), double.NaN, T.FromBits((bits + 0x7FFF + (T.ShiftRight(bits, 16) & 1)) & -0x10000));
    }
}
