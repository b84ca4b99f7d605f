using CsCheck;

namespace DeepSym.Tests.Data;

public sealed class PrintingTests
{
    [Fact]
    public void Small_tensors_print_on_one_line()
    {
        Assert.Equal("float32[2,3] [[1, 2, 3], [4, 5, 6]]", Tensor.From<float>([1, 2, 3, 4, 5, 6], 2, 3).ToString());
        Assert.Equal("int64[2] [-1, 10]", Tensor.From([-1L, 10L]).ToString());
        Assert.Equal("bool[2] [True, False]", Tensor.From([true, false]).ToString());
        Assert.Equal("float64[] 2.5", Tensor.Scalar(2.5).ToString());
        Assert.Equal("float32[0] []", Tensor.Zeros<float>(0).ToString());
        Assert.Equal("float32[2,0,3] []", Tensor.Zeros<float>(2, 0, 3).ToString());
    }

    [Fact]
    public void Special_numbers_print_as_in_NumPy() => Assert.Equal("float64[6] [nan, inf, -inf, -0, 1e-07, 1e+20]",
        Tensor.From([double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 1e-7, 1e20]).ToString());

    [Fact]
    public void Among_others_a_number_has_8_digits_and_alone_all()
    {
        Assert.Equal("float64[3] [0.33333333, 0.3, 1.2345679e+11]", Tensor.From([1 / 3.0, 0.1 + 0.2, 123456789012]).ToString());
        Assert.Equal("float64[] 0.30000000000000004", Tensor.Scalar(0.1 + 0.2).ToString());
        Assert.Equal("float32[3] [0.3, 0.33333334, 16777216]", Tensor.From([0.3f, 1 / 3f, 16777216f]).ToString());
        Assert.Equal("int64[1] [9223372036854775807]", Tensor.From([long.MaxValue]).ToString());
    }

    [Fact]
    public void Larger_matrices_print_in_columns() => Assert.Equal(
        """
        float32[3,4]
        [[       -1,       0.5, 33333.332,      1000],
         [        0,         1,         2,         3],
         [      nan,      -inf,     1e-07,       -12]]
        """,
        Tensor.From<float>([-1, 0.5f, 100000 / 3f, 1000, 0, 1, 2, 3, float.NaN, float.NegativeInfinity, 1e-7f, -12], 3, 4).ToString());

    [Fact]
    public void A_large_tensor_shows_its_edges() => Assert.Equal(
        """
        int32[100,20]
        [[   0,    1,    2, ...,   17,   18,   19],
         [  20,   21,   22, ...,   37,   38,   39],
         [  40,   41,   42, ...,   57,   58,   59],
         ...,
         [1940, 1941, 1942, ..., 1957, 1958, 1959],
         [1960, 1961, 1962, ..., 1977, 1978, 1979],
         [1980, 1981, 1982, ..., 1997, 1998, 1999]]
        """,
        Tensor.Arange(2000).Reshape(100, 20).ToString());

    [Fact]
    public void Matrices_of_a_cube_are_set_apart() => Assert.Equal(
        """
        int32[2,3,4]
        [[[ 0,  1,  2,  3],
          [ 4,  5,  6,  7],
          [ 8,  9, 10, 11]],

         [[12, 13, 14, 15],
          [16, 17, 18, 19],
          [20, 21, 22, 23]]]
        """,
        Tensor.Arange(24).Reshape(2, 3, 4).ToString());

    [Fact]
    public void A_long_vector_is_wrapped()
    {
        Assert.Equal("int32[2000] [0, 1, 2, ..., 1997, 1998, 1999]", Tensor.Arange(2000).ToString());
        var lines = Tensor.Arange(1000).ToString().Split('\n');
        Assert.Equal("int32[1000]", lines[0]);
        Assert.Equal(" 980, 981, 982, 983, 984, 985, 986, 987, 988, 989, 990, 991, 992, 993, 994, 995, 996, 997, 998, 999]", lines[^1]);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 102));
    }

    [Fact]
    public void A_tensor_of_many_axes_prints_in_bounded_space()
    {
        var many = Enumerable.Repeat(2, 20).ToArray();
        Assert.Equal(Tensor.Zeros<bool>(many).Describe() + " [...]", Tensor.Zeros<bool>(many).ToString());
        Assert.InRange(Tensor.Zeros<bool>(7, 7, 7, 7, 7, 7).ToString().Length, 100, 100_000);
    }

    [Fact]
    public void Every_tensor_prints_beginning_with_its_type() => Tensors.Any.Sample(x =>
        Assert.StartsWith(x.Describe(), x.ToString(), StringComparison.Ordinal));
}
