using static DeepSym.Tests.Acceptance.Row;

namespace DeepSym.Tests.Acceptance;

/// <summary>Shapes without values: rows H of Theano's behaviour.</summary>
public sealed class ShapeRows
{
    [Fact]
    public void H1_A_shape_needs_no_values()
    {
        var x = T.DMatrix("x");
        Assert.Equal("", Left(T.Sqr(x).Size(0)));
        Assert.Equal("", Left(T.Pow(x, 3.5).Size(1)));
        Gives(L(5, 4), x => T.Stack([T.Pow(x, 2).Size(0), T.Pow(x, 2).Size(1)]), Tensor.Zeros<double>(5, 4));
    }

    [Fact]
    public void H2_Parts_that_cannot_be_joined_are_found_when_they_are_joined()
    {
        Tensor[] at = [Tensor.Zeros<double>(5, 4), Tensor.Zeros<double>(3, 3)];
        foreach (var backend in new[] { Backend.Interpreter, Backend.Cpu })
        {
            Assert.Throws<ShapeException>(() => Value(a => T.Concatenate([a[0], a[1]]), at, backend));
            Assert.Equal(8, Value(a => T.Concatenate([a[0], a[1]]).Size(0), at, backend).ToScalar<long>());   // as in Theano, nothing is joined for that
        }
        Assert.Throws<ShapeException>(() => T.Concatenate([T.DMatrix("x", 5, 4), T.DMatrix("y", 3, 3)]));
    }

    [Fact]
    public void H3_A_shape_that_is_said_is_known()
    {
        var x = T.SpecifyShape(T.DMatrix("x"), 2, 2);
        Assert.Equal("[2,2]", x.Shape.ToString());
        Assert.IsAssignableFrom<Constant>(Rewritten(x.Size(1)));
        Assert.Throws<ShapeException>(() => Value(a => T.SpecifyShape(a[0], 2, 2), [Tensor.Zeros<double>(2, 3)], Backend.Cpu));
    }

    [Fact]
    public void H4_Shapes_of_convolutions_of_images()
    {
        var (x, w) = (T.Variable("x", DType.Float64, 3, 2, 12, 9), T.Variable("w", DType.Float64, 4, 2, 5, 6));
        foreach (var (padding, expected) in new[] { (Padding.Valid, "[3,4,4,2]"), (Padding.Half, "[3,4,12,5]"), (Padding.Full, "[3,4,20,7]"), (Padding.Of(1, 2), "[3,4,6,4]") })
            Assert.Equal(expected, T.Conv2D(x, w, padding, [1, 2], [2, 1]).Shape.ToString());
    }

    [Fact]
    public void H5_Shapes_of_convolutions_of_volumes()
    {
        var (x, w) = (T.Variable("x", DType.Float64, 3, 2, 12, 9, 7), T.Variable("w", DType.Float64, 4, 2, 5, 6, 4));
        foreach (var (padding, expected) in new[] { (Padding.Valid, "[3,4,4,2,4]"), (Padding.Half, "[3,4,12,5,8]"), (Padding.Full, "[3,4,20,7,10]"), (Padding.Of(1, 2, 3), "[3,4,6,4,10]") })
            Assert.Equal(expected, T.Conv3D(x, w, padding, [1, 2, 1], [2, 1, 1]).Shape.ToString());
    }

    [Fact]
    public void H6_The_arithmetic_of_convolutions()
    {
        for (var i = 5; i <= 8; i++)
            for (var k = 1; k <= 4; k++)
                for (var s = 1; s <= 3; s++)
                    for (var p = 0; p <= 2; p++)
                        for (var d = 1; d <= 2; d++)
                        {
                            var window = k + (k - 1) * (d - 1);
                            if (i + 2 * p < window || window - 1 - p < 0) continue;
                            var (x, w) = (T.Variable("x", DType.Float64, 1, 1, i), T.Variable("w", DType.Float64, 1, 1, k));
                            var o = (i + 2 * p - window) / s + 1;
                            Assert.Equal($"[1,1,{o}]", T.Conv1D(x, w, p, [s], [d]).Shape.ToString());
                            var back = T.Conv1DTransposed(T.Variable("y", DType.Float64, 1, 1, o), w, [i], p, [s], [d]);
                            Assert.Equal($"[1,1,{i}]", back.Shape.ToString());
                            var rest = (i + 2 * p - window) % s;
                            Assert.Equal(i, s * (o - 1) + window - 2 * p + rest);
                        }
    }

    [Fact]
    public void H7_Shapes_of_pools()
    {
        var x = T.DTensor3("x");
        Expr Pool(params Dim[] dims) => T.MaxPool2D(T.Variable("x", DType.Float64, [1, .. dims]), [2, 2], ignoreBorder: false);
        Assert.Equal("[1,9,4,3]", Pool(9, 8, 6).Shape.ToString());
        Assert.Equal("[1,1,4,3]", Pool(1, 8, 6).Shape.ToString());
        Assert.Equal(3, x.Rank);
    }

    [Fact]
    public void H8_Reshapes()
    {
        Gives(V(0, 1, 2, 3, 4, 5), x => T.Reshape(x, 6), Counting(2, 3));
        Gives(V(0, 3, 1, 4, 2, 5), x => T.Reshape(x.Transpose(), x.Size(0) * x.Size(1)), Counting(2, 3));
        var b = T.DMatrix("b");
        var reshaped = T.Reshape(b, b.Size(0), b.Size(1), 1);
        Assert.Equal([false, false, true], reshaped.Shape.Select(size => size.IsOne));
    }

    [Fact]
    public void H9_A_product_of_a_stack_with_a_matrix_is_one_product() =>
        Assert.Equal("contract", Left(T.Dot(T.DTensor3("x"), T.DMatrix("w"))));
}
