namespace DeepSym.Tests.Data;

public sealed class DTypeTests
{
    [Theory]
    [InlineData(DType.Bool, "bool", 1, DTypeKind.Bool, typeof(bool))]
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
        "System.Byte is not a type of tensor elements; these are: System.Boolean, System.Int32, System.Int64, System.Single, System.Double.",
        Assert.Throws<DTypeException>(() => DTypes.Of<byte>()).Message);

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones() => Assert.Equal(
        "'float16' is not the name of a dtype; these are: bool, int32, int64, float32, float64.",
        Assert.Throws<DTypeException>(() => DTypes.Parse("float16")).Message);

    [Fact]
    public void A_number_that_is_no_dtype_is_refused() => Assert.Equal(
        "9 is not a dtype; these are: Bool, Int32, Int64, Float32, Float64.",
        Assert.Throws<DTypeException>(() => ((DType)9).Size()).Message);
}
