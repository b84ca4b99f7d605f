using static DeepSym.Tests.Acceptance.Row;

namespace DeepSym.Tests.Acceptance;

/// <summary>Which dtype comes out: rows D of Theano's behaviour; where this library decided otherwise, the deviation is here too, and named in the README.</summary>
public sealed class DtypeRows
{
    static Variable Of(DType dtype) => T.Vector("v", dtype: dtype);

    public static TheoryData<string, DType, DType, DType> Sums => new()
    {
        { "D1", DType.Int8, DType.UInt8, DType.Int16 },
        { "D2", DType.Int32, DType.Float32, DType.Float32 },    // Theano: float64
        { "D3", DType.Int16, DType.Float32, DType.Float32 },
        { "D4", DType.Int64, DType.Float32, DType.Float32 },    // Theano: float64
        { "D5", DType.UInt64, DType.Int64, DType.Float64 },
        { "D6", DType.Float16, DType.Float32, DType.Float32 },
        { "D7", DType.UInt32, DType.Int32, DType.Int64 },
        { "D8", DType.Bool, DType.Bool, DType.Bool },
    };

    [Theory, MemberData(nameof(Sums))]
    public void D1_to_D8_A_sum_of_two_dtypes(string row, DType left, DType right, DType expected) => Assert.Equal((row, expected), (row, (Of(left) + Of(right)).DType));

    public static TheoryData<string, Func<Expr>, DType> Results => new()
    {
        { "D9", () => Of(DType.Float64) + 1.1, DType.Float64 },
        { "D10", () => Of(DType.Float32) + 1.1, DType.Float32 },
        { "D11", () => Of(DType.Float32) + 1.0, DType.Float32 },
        { "D12", () => Of(DType.Float32) + T.Constant(Tensor.Scalar(1.1)), DType.Float64 },
        { "D13", () => Of(DType.Int64) + T.Constant(Tensor.Scalar((sbyte)1)), DType.Int64 },
        { "D14", () => Of(DType.Int32) + T.Constant(Tensor.Scalar((sbyte)1)), DType.Int32 },
        { "D15", () => Of(DType.Int16) + T.Constant(Tensor.Scalar((sbyte)1)), DType.Int16 },
        { "D16", () => Of(DType.Int8) + T.Constant(Tensor.Scalar((sbyte)1)), DType.Int8 },
        { "D17", () => Of(DType.Int8) + 1000, DType.Int16 },
        { "D18", () => 1, DType.Int64 },                         // Theano: int8
        { "D19", () => 1L << 40, DType.Int64 },
        { "D20", () => T.Constant(Tensor.From<long>([1, 2], 1, 2)), DType.Int64 },
        { "D21", () => T.Exp(Of(DType.Int8)), DType.Float32 },
        { "D22", () => T.Exp(Of(DType.Int32)), DType.Float32 },  // Theano: float64
        { "D23", () => T.Sum(Of(DType.Int8)), DType.Int64 },
        { "D24", () => T.Sum(Of(DType.UInt8)), DType.UInt64 },
        { "D25", () => T.Mean(Of(DType.Bool)), DType.Float32 },  // Theano: float64
        { "D26", () => T.CumSum(Of(DType.Int8)), DType.Int8 },
        { "D27", () => Of(DType.Int8) / Of(DType.Int8), DType.Float32 },  // Theano: floatX
        { "D28", () => T.FloorDivide(Of(DType.Int32), Of(DType.Int32)), DType.Int32 },
        { "D29", () => Of(DType.Int32) % Of(DType.Int32), DType.Int32 },
        { "D30", () => T.Arange(T.Scalar("s", DType.Float32)), DType.Float32 },
    };

    [Theory, MemberData(nameof(Results))]
    public void D9_to_D30_A_result(string row, Func<Expr> make, DType expected) => Assert.Equal((row, expected), (row, make().DType));

    [Fact]
    public void D31_A_sum_in_float32_keeps_what_is_small()
    {
        var value = Value(a => T.Sum(a[0]), [Tensor.From([1e8f, 1, -1e8f])], Backend.Cpu);
        Assert.Equal((DType.Float32, 1f), (value.DType, value.ToScalar<float>()));
    }

    [Fact]
    public void D32_D33_Quotients_and_remainders_of_all_signs()
    {
        var (x, y) = (Tensor.From([7, -7, 7, -7]), Tensor.From([2, 2, -2, -2]));
        Gives(Tensor.From([3, -4, -4, 3]), T.FloorDivide, x, y);
        Gives(Tensor.From([1, 1, -1, -1]), T.Mod, x, y);
        Gives(V(3.5, -3.5, -3.5, 3.5), T.Divide, x, y);
        Gives(V(1.5, .5, -.5, -1.5), T.Mod, V(5.5, -5.5, 5.5, -5.5), V(2, 2, -2, -2));
    }

    [Fact]
    public void D34_Rounding()
    {
        var x = V(-2.5, -1.5, -.5, .5, 1.5, 2.5);
        Gives(V(-2, -2, 0, 0, 2, 2), T.RoundEven, x);
        Gives(V(-3, -2, -1, 1, 2, 3), T.RoundAway, x);
        Assert.Equal(DType.Int64, T.RoundToInteger(Of(DType.Float64)).DType);
    }

    [Fact]
    public void D35_The_largest_keeps_its_dtype_and_its_place_is_int64()
    {
        Assert.Equal(DType.Int8, T.Max(Of(DType.Int8)).DType);
        Assert.Equal(DType.Int64, T.ArgMax(Of(DType.Int8)).DType);
    }

    [Fact]
    public void D36_A_gradient_has_the_dtype_of_what_it_belongs_to()
    {
        var (x, i) = (T.FScalar("x"), T.LScalar("i"));
        Assert.Equal(DType.Float32, T.Grad(x * 2 + i, x).DType);
        Assert.Equal(DType.Float32, T.Grad(T.Cast(x, DType.Float64) * T.DScalar("y"), x).DType);
    }

    [Fact]
    public void D37_An_integer_has_no_gradient() =>
        Assert.Contains("int", Assert.Throws<GradientException>(() => T.Grad(T.Cast(T.IScalar("i"), DType.Float64), T.IScalar("i"))).Message, StringComparison.Ordinal);
}
