namespace DeepSym.Tests.Data;

public sealed class DTypeTests
{
    [Theory]
    [InlineData(DType.Bool, "bool", 1, DTypeKind.Bool, typeof(bool))]
    [InlineData(DType.Int8, "int8", 1, DTypeKind.Integer, typeof(sbyte))]
    [InlineData(DType.UInt8, "uint8", 1, DTypeKind.Integer, typeof(byte))]
    [InlineData(DType.Int16, "int16", 2, DTypeKind.Integer, typeof(short))]
    [InlineData(DType.UInt16, "uint16", 2, DTypeKind.Integer, typeof(ushort))]
    [InlineData(DType.UInt32, "uint32", 4, DTypeKind.Integer, typeof(uint))]
    [InlineData(DType.UInt64, "uint64", 8, DTypeKind.Integer, typeof(ulong))]
    [InlineData(DType.BFloat16, "bfloat16", 2, DTypeKind.Floating, typeof(BFloat16))]
    [InlineData(DType.Float16, "float16", 2, DTypeKind.Floating, typeof(Half))]
    [InlineData(DType.Int32, "int32", 4, DTypeKind.Integer, typeof(int))]
    [InlineData(DType.Int64, "int64", 8, DTypeKind.Integer, typeof(long))]
    [InlineData(DType.Float32, "float32", 4, DTypeKind.Floating, typeof(float))]
    [InlineData(DType.Float64, "float64", 8, DTypeKind.Floating, typeof(double))]
    public void Each_dtype_knows_its_facts(DType dtype, string name, int size, DTypeKind kind, Type clrType)
    {
        Assert.Equal(name, dtype.Name());
        Assert.Equal(size, dtype.Size());
        Assert.Equal(kind, dtype.Kind());
        Assert.Equal(clrType, dtype.ClrType());
        Assert.Equal(kind == DTypeKind.Integer, dtype.IsInteger());
        Assert.Equal(kind == DTypeKind.Floating, dtype.IsFloating());
        Assert.Equal(dtype, DTypes.Parse(name));
    }

    [Fact]
    public void The_table_has_one_row_per_member_in_the_order_of_the_enum() => Assert.Equal(Enum.GetValues<DType>(), DTypes.All.ToArray());

    [Fact]
    public void Clr_types_lead_to_their_dtype()
    {
        Assert.Equal(DType.Bool, DTypes.Of<bool>());
        Assert.Equal(DType.Int32, DTypes.Of<int>());
        Assert.Equal(DType.Int64, DTypes.Of<long>());
        Assert.Equal(DType.Float32, DTypes.Of<float>());
        Assert.Equal(DType.Float64, DTypes.Of<double>());
    }

    [Fact]
    public void Another_clr_type_is_refused_by_name() => Assert.Equal(
        "System.Char is not a type of tensor elements; these are: System.Boolean, System.SByte, System.Byte, System.Int16, System.UInt16, System.Int32, System.UInt32, System.Int64, System.UInt64, DeepSym.BFloat16, System.Half, System.Single, System.Double.",
        Assert.Throws<DTypeException>(() => DTypes.Of<char>()).Message);

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones() => Assert.Equal(
        "'float8' is not the name of a dtype; these are: bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, bfloat16, float16, float32, float64.",
        Assert.Throws<DTypeException>(() => DTypes.Parse("float8")).Message);

    [Fact]
    public void A_number_that_is_no_dtype_is_refused() => Assert.Equal(
        "99 is not a dtype; these are: Bool, Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64, BFloat16, Float16, Float32, Float64.",
        Assert.Throws<DTypeException>(() => ((DType)99).Size()).Message);
}
