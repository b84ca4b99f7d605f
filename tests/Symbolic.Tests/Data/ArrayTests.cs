using CsCheck;

namespace DeepSym.Tests.Data;

public sealed class ArrayTests
{
    [Fact]
    public void Arrays_of_every_form_become_tensors()
    {
        Assert.Equal("int32[3] [1, 2, 3]", Tensor.From(new[] { 1, 2, 3 }).ToString());
        Assert.Equal("int32[2,2] [[1, 2], [3, 4]]", Tensor.From(new[,] { { 1, 2 }, { 3, 4 } }).ToString());
        Assert.Equal("float64[2,2] [[1, 2], [3, 4]]", Tensor.From(new double[][] { [1, 2], [3, 4] }).ToString());
        Assert.Equal("bool[1,2,1] [[[True], [False]]]", Tensor.From(new bool[1, 2, 1] { { { true }, { false } } }).ToString());
        Assert.Equal("int64[2,1,2] [[[1, 2]], [[3, 4]]]", Tensor.From(new[] { new long[,] { { 1, 2 } }, new long[,] { { 3, 4 } } }).ToString());
        Assert.Equal("int64[1,2,2] [[[1, 2], [3, 4]]]", Tensor.From(new long[,][] { { [1, 2], [3, 4] } }).ToString());
        Assert.Equal("float32[3] [1, 2, 3]", Tensor.From([1f, 2f, 3f]).ToString());
        Assert.Equal("float32[2] [2, 3]", Tensor.From(new[] { 1f, 2f, 3f }.AsSpan(1)).ToString());
        Assert.Equal("float32[1,3] [[1, 2, 3]]", Tensor.From<float>([1f, 2f, 3f], 1, 3).ToString());
        Assert.Equal("int32[2,0] []", Tensor.From(new int[][] { [], [] }).ToString());
        Assert.Equal("int32[0,0] []", Tensor.From(Array.Empty<int[]>()).ToString());
    }

    [Fact]
    public void Rows_of_different_lengths_are_refused_by_name()
    {
        Assert.Equal("Row [1] has shape [3], the rows before it [2]: in a tensor all rows are equally long.",
            Assert.Throws<ShapeException>(() => Tensor.From(new int[][] { [1, 2], [3, 4, 5] })).Message);
        Assert.Equal("Row [1,0] has shape [1], the rows before it [2]: in a tensor all rows are equally long.",
            Assert.Throws<ShapeException>(() => Tensor.From(new int[][][] { [[1, 2]], [[3]] })).Message);
        Assert.Equal("Row [1] is null; a row without elements is an empty array.",
            Assert.Throws<ShapeException>(() => Tensor.From(new int[]?[] { [1, 2], null })).Message);
        Assert.Equal("Row [0] is null; a row without elements is an empty array.",
            Assert.Throws<ShapeException>(() => Tensor.From(new int[]?[] { null, [1, 2] })).Message);
    }

    [Fact]
    public void Arrays_of_other_elements_are_refused() => Assert.Equal(
        "System.String is not a type of tensor elements; these are: System.Boolean, System.SByte, System.Byte, System.Int16, System.UInt16, System.Int32, System.UInt32, System.Int64, System.UInt64, DeepSym.BFloat16, System.Half, System.Single, System.Double.",
        Assert.Throws<DTypeException>(() => Tensor.From(new[,] { { "a" } })).Message);

    [Fact]
    public void A_tensor_becomes_an_array_of_its_rank()
    {
        Assert.Equal(new[,] { { 0, 1, 2 }, { 3, 4, 5 } }, Assert.IsType<int[,]>(Tensor.Arange(6).Reshape(2, 3).ToArray()));
        Assert.Equal([3, 4, 5], Assert.IsType<int[]>(Tensor.Arange(6).Reshape(2, 3).Row(1).ToArray()));
        Assert.Equal("float32[] is a scalar and has no array; take it with ToScalar.",
            Assert.Throws<ShapeException>(() => Tensor.Scalar(1f).ToArray()).Message);
    }

    [Fact]
    public void A_tensor_survives_the_way_into_an_array_and_back() => Tensors.Any.Where(x => x.Rank > 0).Sample(x =>
        Assert.True(Tensor.From(x.ToArray()).ContentEquals(x)));
}
