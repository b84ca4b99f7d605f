using CsCheck;

namespace DeepSym.Tests.Data;

public sealed class ConversionTests
{
    private static readonly Gen<double> Reals = Gen.OneOf(Gen.Double, Gen.Double.Special, Gen.Double[-3e9, 3e9], Gen.Int.Select(i => (double)i));

    [Fact]
    public void Float64_becomes_int32_by_truncation_and_saturation() => Agrees(Reals, x => (int)Saturate(x, int.MinValue, int.MaxValue));

    [Fact]
    public void Float64_becomes_int64_by_truncation_and_saturation() => Agrees(Reals, x => Saturate(x, long.MinValue, long.MaxValue));

    [Fact]
    public void Float32_becomes_int32_by_truncation_and_saturation() =>
        Agrees(Reals.Select(x => (float)x), x => (int)Saturate(x, int.MinValue, int.MaxValue));

    [Fact]
    public void Float32_becomes_int64_by_truncation_and_saturation() =>
        Agrees(Reals.Select(x => (float)x), x => Saturate(x, long.MinValue, long.MaxValue));

    [Fact]
    public void Float64_becomes_the_nearest_float32() => Agrees(Reals, x => (float)x);

    [Fact]
    public void Float32_becomes_float64_exactly() => Agrees(Gen.OneOf(Gen.Float, Gen.Float.Special), x => (double)x);

    [Fact]
    public void Int64_becomes_int32_by_its_lower_bits() => Agrees(Gen.Long, x => unchecked((int)x));

    [Fact]
    public void Int64_becomes_the_nearest_float() => Agrees(Gen.Long, x => (float)x);

    [Fact]
    public void Int64_becomes_the_nearest_double() => Agrees(Gen.Long, x => (double)x);

    [Fact]
    public void Int32_becomes_int64_exactly() => Agrees(Gen.Int, x => (long)x);

    [Fact]
    public void Every_number_but_zero_is_true()
    {
        Agrees(Gen.OneOf(Gen.Float, Gen.Float.Special, Gen.OneOf(0f, -0f)), x => x != 0);
        Agrees(Gen.Long[-2, 2], x => x != 0);
    }

    [Fact]
    public void True_is_one()
    {
        Agrees(Gen.Bool, x => x ? 1f : 0f);
        Agrees(Gen.Bool, x => x ? 1L : 0L);
        Agrees(Gen.Bool, x => x);
    }

    [Fact]
    public void Widening_and_back_is_the_identity() => Tensors.Any.Sample(x =>
    {
        foreach (var wide in DTypes.All.ToArray().Where(d => d.Holds(x.DType)))
            Assert.True(x.To(wide).To(x.DType).ContentEquals(x));
    });

    [Fact]
    public void A_conversion_is_a_copy_with_the_same_shape()
    {
        var x = Tensor.Arange(6).Reshape(2, 3).Slice(1, 1);
        var y = x.To(DType.Int32);
        y.Set(-1, 0, 0);
        Assert.Equal("int32[1,3]", y.Describe());
        Assert.Equal([3, 4, 5], x.ToArray<int>());
    }

    [Fact]
    public void A_scalar_converts_like_a_tensor() => Tensors.Of(Reals).Where(x => x.Length > 0).Sample(x =>
    {
        var first = x.Reshape(-1).Slice(0, 1);
        Assert.Equal(first.To(DType.Int64).Get<long>(0), first.ToScalar<long>());
        Assert.Equal(first.To(DType.Bool).Get<bool>(0), first.ToScalar<bool>());
    });

    private static long Saturate(double x, long least, long most) =>
        double.IsNaN(x) ? 0 : x >= most ? most : x <= least ? least : (long)Math.Truncate(x);

    private static void Agrees<TFrom, TTo>(Gen<TFrom> gen, Func<TFrom, TTo> expected) where TFrom : unmanaged where TTo : unmanaged =>
        gen.Array[0, 70].Sample(data => Assert.Equal(data.Select(expected), Tensor.From(data).To(DTypes.Of<TTo>()).ToArray<TTo>()));
}
