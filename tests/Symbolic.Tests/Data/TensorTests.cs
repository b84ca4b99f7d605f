using CsCheck;

namespace DeepSym.Tests.Data;

public sealed class TensorTests
{
    [Fact]
    public void Factories_fill_every_element()
    {
        Assert.All(Tensor.Zeros<float>(3, 5).ToArray<float>(), x => Assert.Equal(0f, x));
        Assert.All(Tensor.Ones<float>(3, 5).ToArray<float>(), x => Assert.Equal(1f, x));
        Assert.All(Tensor.Ones<long>(7).ToArray<long>(), x => Assert.Equal(1L, x));
        Assert.All(Tensor.Ones<bool>(2, 3).ToArray<bool>(), Assert.True);
        Assert.All(Tensor.Full(2.5, 3, 5, 7).ToArray<double>(), x => Assert.Equal(2.5, x));
        Assert.All(Tensor.Zeros(DType.Bool, 9).ToArray<bool>(), Assert.False);
        Assert.Empty(Tensor.Full(2.5, 3, 0).ToArray<double>());
    }

    [Fact]
    public void A_tensor_knows_dtype_shape_rank_and_length()
    {
        var x = Tensor.Empty(DType.Int64, 2, 3, 4);
        Assert.Equal(DType.Int64, x.DType);
        Assert.Equal([2, 3, 4], x.Shape.ToArray());
        Assert.Equal(3, x.Rank);
        Assert.Equal(24, x.Length);
        Assert.Equal("int64[2,3,4]", x.Describe());
    }

    [Fact]
    public void A_scalar_has_rank_0_and_one_element()
    {
        var x = Tensor.Scalar(2.5f);
        Assert.Equal(0, x.Rank);
        Assert.Equal(1, x.Length);
        Assert.Equal(2.5f, x.Get<float>());
        Assert.Equal(2.5f, x.ToScalar<float>());
    }

    [Fact]
    public void Numbers_become_scalars_of_their_own_dtype()
    {
        Tensor[] scalars = [true, 1, 2L, 3f, 4.0];
        Assert.Equal([DType.Bool, DType.Int32, DType.Int64, DType.Float32, DType.Float64], scalars.Select(x => x.DType));
        Assert.Equal([1.0, 1, 2, 3, 4], scalars.Select(x => x.ToScalar<double>()));
    }

    [Fact]
    public void Ranges_count_from_start_to_before_stop()
    {
        Assert.Equal([0, 1, 2, 3], Tensor.Arange(4).ToArray<int>());
        Assert.Equal([5L, 3, 1], Tensor.Arange(5L, 0, -2).ToArray<long>());
        Assert.Equal([0.0, 0.5, 1.0], Tensor.Arange(0, 1.25, 0.5).ToArray<double>());
        Assert.Empty(Tensor.Arange(3f, 2, 1).ToArray<float>());
        Assert.Empty(Tensor.Arange(0).ToArray<int>());
    }

    [Fact]
    public void A_range_without_end_is_refused()
    {
        Assert.Equal("Arange(0, 1, 0) is not a range: its ends must be finite and its step not zero.",
            Assert.Throws<ArgumentException>(() => Tensor.Arange(0, 1, 0)).Message);
        Assert.Throws<ArgumentException>(() => Tensor.Arange(0, double.NaN, 1));
        Assert.Throws<ArgumentException>(() => Tensor.Arange(0, 1, double.NaN));
        Assert.Equal("Arange(0, 5000000000, 1) has 5000000000 elements; an axis has at most 2147483647.",
            Assert.Throws<ShapeException>(() => Tensor.Arange(0, 5_000_000_000, 1)).Message);
    }

    [Fact]
    public void Elements_are_read_and_written_by_index()
    {
        var x = Tensor.Zeros<int>(2, 3);
        x.Set(7, 1, 2);
        Assert.Equal(7, x.Get<int>(1, 2));
        Assert.Equal([0, 0, 0, 0, 0, 7], x.ToArray<int>());
    }

    [Fact]
    public void An_index_outside_is_refused()
    {
        var x = Tensor.Zeros<int>(2, 3);
        Assert.StartsWith("The index [2,0] leaves int32[2,3] on axis 0.",
            Assert.Throws<ArgumentOutOfRangeException>(() => x.Get<int>(2, 0)).Message, StringComparison.Ordinal);
        Assert.StartsWith("The index [0,-1] leaves int32[2,3] on axis 1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => x.Get<int>(0, -1)).Message, StringComparison.Ordinal);
        Assert.StartsWith("int32[2,3] has 2 axes; the index [0] has 1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => x.Set(1, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_span_of_another_type_is_refused_with_the_cure()
    {
        const string Message = "float32[2] holds elements of float32, not of float64. Convert with .To(DType.Float64).";
        var x = Tensor.Zeros<float>(2);
        Assert.Equal(Message, Assert.Throws<DTypeException>(() => x.AsSpan<double>()).Message);
        Assert.Equal(Message, Assert.Throws<DTypeException>(() => x.ToArray<double>()).Message);
        Assert.Equal(Message, Assert.Throws<DTypeException>(() => x.Get<double>(0)).Message);
        Assert.Equal(Message, Assert.Throws<DTypeException>(() => x.Set(1.0, 0)).Message);
    }

    [Fact]
    public void Only_one_element_is_a_scalar()
    {
        Assert.Equal(5, Tensor.Full(5.75f, 1, 1).ToScalar<int>());
        Assert.Equal("float32[2] has 2 elements; ToScalar needs exactly one. Use Get(index), or ToArray for all.",
            Assert.Throws<ShapeException>(() => Tensor.Zeros<float>(2).ToScalar<float>()).Message);
        Assert.Throws<ShapeException>(() => Tensor.Zeros<float>(0).ToScalar<float>());
    }

    [Fact]
    public void Impossible_shapes_are_refused()
    {
        Assert.Equal("Shape [2,-1] has an axis of length -1; no length may be negative.",
            Assert.Throws<ShapeException>(() => Tensor.Zeros<float>(2, -1)).Message);
        Assert.Equal("Shape [0,-1] has an axis of length -1; no length may be negative.",
            Assert.Throws<ShapeException>(() => Tensor.Zeros<float>(0, -1)).Message);
        Assert.Equal("float32[2147483647,2147483647,2147483647] is too large: a tensor holds at most 4294967134 elements of float32.",
            Assert.Throws<ShapeException>(() => Tensor.Zeros<float>(int.MaxValue, int.MaxValue, int.MaxValue)).Message);
        Assert.Equal("float64[65536,65536] is too large: a tensor holds at most 2147483567 elements of float64.",
            Assert.Throws<ShapeException>(() => Tensor.Empty(DType.Float64, 65536, 65536)).Message);
        Assert.Equal("A shape of 33 axes is impossible; a tensor has at most 32.",
            Assert.Throws<ShapeException>(() => Tensor.Zeros<float>(Enumerable.Repeat(1, 33).ToArray())).Message);
        Assert.Equal(0, Tensor.Zeros<float>(int.MaxValue, int.MaxValue, 0).Length);
    }

    [Fact]
    public void A_span_over_too_many_elements_is_refused()
    {
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < 6L << 30)
            Assert.Skip("too little memory for a tensor of 2 GiB");
        var x = Tensor.Empty(DType.Bool, 2, 1 << 30);
        Assert.Equal(1L << 31, x.Length);
        Assert.Equal("bool[2,1073741824] has 2147483648 elements; a span holds at most 2147483647. Take parts with Slice(start, count).",
            Assert.Throws<ShapeException>(() => x.AsSpan<bool>()).Message);
        Assert.Equal(1 << 30, x.Row(1).AsSpan<bool>().Length);
        Assert.Throws<ShapeException>(() => x.ToArray());
    }

    [Fact]
    public void Reshape_shares_memory_and_finds_an_open_length()
    {
        var x = Tensor.Arange(12);
        var y = x.Reshape(3, -1);
        Assert.Equal("int32[3,4]", y.Describe());
        y.Set(-1, 2, 3);
        Assert.Equal(-1, x.Get<int>(11));
        Assert.Equal("int32[0,5]", Tensor.Zeros<int>(0, 2).Reshape(-1, 5).Describe());
        Assert.Equal("int32[]", Tensor.Ones<int>(1, 1).Reshape().Describe());
    }

    [Theory]
    [InlineData("int32[12] of 12 elements cannot become [5,2]", 5, 2)]
    [InlineData("int32[12] of 12 elements cannot become [5,-1]", 5, -1)]
    [InlineData("int32[12] of 12 elements cannot become [-1,-1]", -1, -1)]
    [InlineData("int32[12] of 12 elements cannot become [0,-1]", 0, -1)]
    public void A_reshape_that_does_not_fit_is_refused(string begin, params int[] shape) => Assert.Equal(
        begin + ": the numbers of elements must agree, and at most one length may be -1.",
        Assert.Throws<ShapeException>(() => Tensor.Arange(12).Reshape(shape)).Message);

    [Fact]
    public void Slices_and_rows_share_memory()
    {
        var x = Tensor.Arange(12).Reshape(4, 3);
        var middle = x.Slice(1, 2);
        Assert.Equal([3, 4, 5, 6, 7, 8], middle.ToArray<int>());
        Assert.Equal("int32[2,3]", middle.Describe());
        middle.Row(1).Set(-1, 0);
        Assert.Equal(-1, x.Get<int>(2, 0));
        Assert.Equal("int32[3]", x.Row(3).Describe());
        Assert.Equal([9, 10, 11], x.Row(3).ToArray<int>());
        Assert.Equal("int32[4,3]", x.Slice(0, 4).Describe());
        Assert.Equal("int32[0,3]", x.Slice(4, 0).Describe());
        Assert.Equal("int32[2,0]", Tensor.Zeros<int>(5, 0).Slice(3, 2).Describe());
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(3, 2)]
    [InlineData(0, -1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_slice_beyond_the_end_is_refused(int start, int count) => Assert.StartsWith(
        $"Slice({start}, {count}) leaves int32[4,3]: its first axis has 4 entries.",
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Zeros<int>(4, 3).Slice(start, count)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_row_beyond_the_end_is_refused() => Assert.StartsWith("Row(4) leaves int32[4,3]: its first axis has 4 entries.",
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Zeros<int>(4, 3).Row(4)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_scalar_has_no_slice() => Assert.Equal("int32[] has no axis to slice.",
        Assert.Throws<ShapeException>(() => Tensor.Scalar(1).Slice(0, 1)).Message);

    [Fact]
    public void Copies_are_independent()
    {
        var x = Tensor.Arange(4);
        var y = x.Slice(1, 2).Copy();
        y.Set(-1, 0);
        Assert.Equal([0, 1, 2, 3], x.ToArray<int>());
        x.Slice(2, 2).CopyFrom(y);
        Assert.Equal([0, 1, -1, 2], x.ToArray<int>());
        x.Slice(0, 3).CopyTo(x.Slice(1, 3));
        Assert.Equal([0, 0, 1, -1], x.ToArray<int>());
    }

    [Fact]
    public void A_copy_into_another_dtype_or_shape_is_refused()
    {
        var x = Tensor.Zeros<float>(2, 3);
        Assert.Equal("float32[2,3] cannot be copied into float64[2,3]: the dtypes differ. Convert with .To(DType.Float64).",
            Assert.Throws<DTypeException>(() => x.CopyTo(Tensor.Zeros<double>(2, 3))).Message);
        Assert.Equal("float32[2,3] cannot be copied into float32[3,2]: the shapes differ.",
            Assert.Throws<ShapeException>(() => x.CopyTo(Tensor.Zeros<float>(3, 2))).Message);
    }

    [Fact]
    public void Content_is_compared_bit_by_bit()
    {
        var nan = Tensor.From([float.NaN, 0f]);
        Assert.True(nan.ContentEquals(Tensor.From([float.NaN, 0f])));
        Assert.False(nan.ContentEquals(Tensor.From([float.NaN, -0f])));
        Assert.False(nan.ContentEquals(nan.Reshape(1, 2)));
        Assert.False(Tensor.Zeros<int>(2).ContentEquals(Tensor.Zeros<float>(2)));
        Assert.False(nan.ContentEquals(null));
        Assert.True(Tensor.Zeros<int>(0).ContentEquals(Tensor.Zeros<int>(0)));
    }

    [Fact]
    public void Reading_and_writing_allocates_nothing()
    {
        var x = Tensor.Zeros<float>(4, 4);
        double Use()
        {
            x.Set(2f, 1, 1);
            x.AsSpan<float>()[0] = x.Get<float>(1, 1);
            return x.AsSpan<float>().Length;
        }
        var scalar = Tensor.Scalar(2.5f);
        for (var i = 0; i < 3; i++)
            Use();
        scalar.ToScalar<double>();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Use();
        scalar.ToScalar<double>();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Data_survives_the_way_into_a_tensor_and_back() => Tensors.Shape.Sample(shape =>
    {
        var data = Gen.Float.Array[shape.Aggregate(1, (a, b) => a * b)].Single();
        Assert.Equal(data, Tensor.From<float>(data, shape).ToArray<float>());
    });

    [Fact]
    public void A_count_that_does_not_fill_the_shape_is_refused() => Assert.Equal("int32[2,2] has 4 elements; the data has 3.",
        Assert.Throws<ShapeException>(() => Tensor.From<int>([1, 2, 3], 2, 2)).Message);
}
