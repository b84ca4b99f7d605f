namespace DeepSym.Tests.Ops.Types;

/// <summary>Every dtype through every function that takes it: compiled code gives the numbers of the definition, and conversions those of tensors.</summary>
public sealed class NarrowTypeTests
{
    static readonly double[] Numbers =
    [
        0, 1, 2, 3, 5, 7, 100, 127, 128, 129, 200, 255, 256, 300, 32767, 32768, 65535, 65536, 70000, 2147483647, 2147483648, 4294967295, 4294967296, 1e15, 9.2e18, 1.2e19, -1, -2, -3, -7, -100, -128, -129, -32768,
        -32769, -2147483648, -3e9, 0.5, 1.5, -0.75, 3.25, 1e-3, 6e-5, 5.9e-5, 1e-7, 3e-8, 65504, 65519, 65520, 1e30, -1e30, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0,
    ];

    static Tensor ValuesOf(DType dtype) => dtype.IsFloating() || !dtype.IsInteger() ? Tensor.From<double>(Numbers, Numbers.Length).To(dtype)
        : Tensor.From<double>([.. Numbers.Where(double.IsFinite)], Numbers.Count(double.IsFinite)).To(dtype);

    public static TheoryData<DType, DType> Pairs => [.. DTypes.All.ToArray().SelectMany(from => DTypes.All.ToArray().Select(to => (from, to)))];

    public static TheoryData<DType> All => [.. DTypes.All.ToArray()];

    [Theory, MemberData(nameof(Pairs))]
    public void A_cast_in_code_is_the_conversion_of_tensors(DType from, DType to)
    {
        var values = ValuesOf(from);
        var x = T.Vector("x", dtype: from);
        var expected = values.To(to);
        AssertEqual(expected, Run(T.Cast(x, to), Backend.Interpreter, (x, values)), $"{from} to {to}, by the definition");
        AssertEqual(expected, Run(T.Cast(x, to), Backend.Cpu, (x, values)), $"{from} to {to}, compiled");
    }

    [Theory, MemberData(nameof(All))]
    public void Functions_of_every_dtype_are_those_of_the_definition(DType dtype)
    {
        var values = ValuesOf(dtype);
        var (x, y) = (T.Vector("x", dtype: dtype), T.Vector("y", dtype: dtype));
        var count = (int)values.Length;
        var repeated = Repeat(values, count, each: true);
        var tiled = Repeat(values, count, each: false);
        List<(string, Expr)> cases =
        [
            ("add", x + y), ("subtract", x - y), ("multiply", x * y), ("maximum", T.Maximum(x, y)), ("minimum", T.Minimum(x, y)), ("less", x < y), ("greater or equal", x >= y), ("equal", T.Eq(x, y)),
            ("switch", T.Switch(x < y, x, y)), ("clip", T.Clip(x, y, 100)), ("square", T.Sqr(x)), ("strided", T.Maximum(x[T.Range(0, null, 3)], y[T.Range(0, null, 3)])), ("gathered", x[T.Arange(10) * 2]),
            ("largest", T.Max(T.Switch(T.Eq(x, x), x, T.ZerosLike(x)))), ("argmax", T.ArgMax(x)), ("doubled", T.Concatenate([x, y], 0)),
        ];
        if (dtype != DType.Bool) cases.AddRange([("negate", -x), ("abs", T.Abs(x)), ("sign", T.Sign(x)), ("relu", T.Relu(x)), ("floor divide", T.FloorDivide(x, y))]);
        if (dtype is DType.Bool || dtype.IsInteger()) cases.AddRange([("and", x & y), ("or", x | y), ("xor", x ^ y), ("invert", ~x)]);
        if (dtype.IsInteger()) cases.AddRange([("sum along", T.Sum(T.Reshape(x, (Dim)count, (Dim)count), 1)), ("mod", x % y), ("power", T.Pow(x, y & 7)), ("quotient", T.Cast(x, DType.Float64) / 3)]);
        foreach (var (name, expr) in cases)
            AssertEqual(Run(expr, Backend.Interpreter, (x, repeated), (y, tiled)), Run(expr, Backend.Cpu, (x, repeated), (y, tiled)), $"{name} of {dtype}");
    }

    [Theory, InlineData(DType.Float16), InlineData(DType.BFloat16)]
    public void Matrices_of_16_bit_floats_multiply_in_float32(DType dtype)
    {
        var (a, b) = (T.Matrix("a", dtype: dtype), T.Matrix("b", dtype: dtype));
        var (left, right) = (Numerically.Draw(1, 9, 33).To(dtype), Numerically.Draw(2, 33, 7).To(dtype));
        var exact = Numerically.Value(T.Dot(T.Constant(left.To(DType.Float64)), T.Constant(right.To(DType.Float64)))).To(dtype);
        foreach (var backend in new[] { Backend.Interpreter, Backend.Cpu })
        {
            var product = Run(T.Dot(a, b), backend, (a, left), (b, right));
            Assert.Equal(dtype, product.DType);
            Numerically.Close(exact.To(DType.Float64), product.To(DType.Float64), dtype == DType.Float16 ? 2e-3 : 2e-2);
        }
    }

    [Fact]
    public void A_literal_widens_an_integer_only_where_it_lies_beyond()
    {
        var x = T.Vector("x", dtype: DType.UInt8);
        Assert.Equal(DType.UInt8, (x + 255).DType);
        Assert.Equal(DType.Int16, (x + 256).DType);
        Assert.Equal(DType.Int16, (x + -1).DType);
        Assert.Equal(DType.Int32, (T.Vector("i", dtype: DType.Int8) * 40000).DType);
        Assert.Equal(DType.Float32, (x * 0.5).DType);
    }

    [Fact]
    public void A_gradient_flows_through_16_bit_floats()
    {
        var x = T.Vector("x", dtype: DType.Float16);
        var gradient = T.Grad(T.Sum(T.Sqr(x)), x);
        Assert.Equal(DType.Float16, gradient.DType);
        Assert.Equal([(Half)2, (Half)(-3)], Run(gradient, Backend.Cpu, (x, Tensor.From<Half>([(Half)1, (Half)(-1.5)], 2))).ToArray<Half>());
    }

    // NumPy's table within each kind, and a higher kind as it is.
    [Theory]
    [InlineData(DType.Int8, DType.UInt8, DType.Int16), InlineData(DType.Int8, DType.UInt16, DType.Int32), InlineData(DType.Int8, DType.UInt32, DType.Int64), InlineData(DType.Int8, DType.UInt64, DType.Float64)]
    [InlineData(DType.Int16, DType.UInt8, DType.Int16), InlineData(DType.Int32, DType.UInt16, DType.Int32), InlineData(DType.Int64, DType.UInt32, DType.Int64), InlineData(DType.Int64, DType.UInt64, DType.Float64)]
    [InlineData(DType.UInt8, DType.UInt16, DType.UInt16), InlineData(DType.UInt32, DType.UInt64, DType.UInt64), InlineData(DType.Bool, DType.UInt8, DType.UInt8), InlineData(DType.Bool, DType.Bool, DType.Bool)]
    [InlineData(DType.Float16, DType.BFloat16, DType.Float32), InlineData(DType.Float16, DType.Float32, DType.Float32), InlineData(DType.Float32, DType.Float64, DType.Float64)]
    [InlineData(DType.Int64, DType.Float16, DType.Float16), InlineData(DType.Int64, DType.Float32, DType.Float32), InlineData(DType.Bool, DType.BFloat16, DType.BFloat16)]
    public void Two_dtypes_meet_in_the_smallest_that_holds_both(DType left, DType right, DType meeting)
    {
        Assert.Equal(meeting, Promotion.Common(left, right));
        Assert.Equal(meeting, Promotion.Common(right, left));
    }

    [Fact]
    public void A_float_survives_rounding_to_bfloat16_where_it_is_one()
    {
        for (var bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var number = BFloat16.FromBits((ushort)bits);
            if (float.IsNaN(number)) Assert.True(float.IsNaN((BFloat16)(float)number));
            else Assert.Equal(number, (BFloat16)(float)number);
        }
        Assert.Equal((BFloat16)1f, (BFloat16)1.00390625f);            // a tie goes to the even neighbour
        Assert.Equal(BFloat16.FromBits(0x3F82), (BFloat16)1.01171875f);
        Assert.True(float.IsPositiveInfinity((BFloat16)float.MaxValue));
    }

    static Tensor Repeat(Tensor values, int times, bool each)
    {
        var x = T.Vector("x", dtype: values.DType);
        Expr ones = T.Zeros([times, times], DType.Int64);
        var index = ones + (each ? T.ExpandDims(T.Arange(times), 1) : T.Arange(times));
        return Run(x[T.Flatten(index)], Backend.Interpreter, (x, values));
    }

    static Tensor Run(Expr expr, Backend backend, params (Variable Variable, Tensor Value)[] inputs)
    {
        using var function = Function.Compile([.. inputs.Select(i => (In)i.Variable)], [expr], options: new CompileOptions { Backend = backend, AllowUnusedInputs = true });
        return function.Invoke([.. inputs.Select(i => i.Value)])[0];
    }

    static void AssertEqual(Tensor expected, Tensor got, string what)
    {
        Assert.Equal(expected.DType, got.DType);
        Assert.Equal(expected.Shape.ToArray(), got.Shape.ToArray());
        for (var i = 0L; i < expected.Length; i++)
        {
            var (e, g) = (expected.Number(i), got.Number(i));
            if (!(e.Real.Equals(g.Real) && e.Integer == g.Integer)) Assert.Fail($"{what}: element {i} is {g}, expected {e}");
        }
    }
}
