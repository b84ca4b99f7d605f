using CsCheck;

namespace DeepSym.Tests.Ops;

/// <summary>Pooling: against plain loops over windows, its derivatives, and the numbers that Theano and Keras give.</summary>
public sealed class PoolingTests
{
    private static readonly Gen<PoolMode> s_mode = Gen.Enum<PoolMode>();

    private static readonly Gen<(int[] Image, int[] Size, int[] Strides, int[] Padding, bool IgnoreBorder, PoolMode Mode)> s_pool =
        from image in Gen.Int[3, 7].Array[2]
        from size in Gen.Int[1, 3].Array[2]
        from strides in Gen.Int[1, 4].Array[2]
        from padding in Gen.Int[0, 2].Array[2]
        from ignoreBorder in Gen.Bool
        from mode in s_mode
        select (image, size, strides, ignoreBorder ? padding.Select((p, i) => Math.Min(p, size[i] - 1)).ToArray() : [0, 0], ignoreBorder, mode);

    [Fact]
    public void Pooling_equals_plain_loops_over_windows() => s_pool.Sample(
        s =>
        {
            var images = Numerically.Draw(1, 2, 1, s.Image[0], s.Image[1]);
            var x = T.Variable("x", DType.Float64, null, null, null, null);
            var pooled = T.Pool2D(x, s.Size, s.Strides, Padding.Of(s.Padding), s.IgnoreBorder, s.Mode);
            Numerically.Close(Loops(images, s.Size, s.Strides, s.Padding, s.IgnoreBorder, s.Mode), Numerically.Value(pooled, (x, images)));
            var sized = T.Pool2D(T.Constant(images), s.Size, s.Strides, Padding.Of(s.Padding), s.IgnoreBorder, s.Mode);
            Numerically.Close(Numerically.Value(sized), Numerically.Value(pooled, (x, images)));
        },
        iter: 150);

    // As Theano's own definition goes: a window is cut at the padded image, and where padding does not count, at the image.
    private static Tensor Loops(Tensor images, int[] size, int[] strides, int[] padding, bool ignoreBorder, PoolMode mode)
    {
        int[] positions = [Positions(0), Positions(1)];
        var result = Tensor.Zeros<double>(images.Shape[0], 1, positions[0], positions[1]);
        for (var n = 0; n < images.Shape[0]; n++)
            for (var i = 0; i < positions[0]; i++)
                for (var j = 0; j < positions[1]; j++)
                {
                    var (values, count) = (new List<double>(), 0);
                    for (var p = i * strides[0]; p < Math.Min(i * strides[0] + size[0], images.Shape[2] + 2 * padding[0]); p++)
                        for (var q = j * strides[1]; q < Math.Min(j * strides[1] + size[1], images.Shape[3] + 2 * padding[1]); q++)
                        {
                            count++;
                            var (r, c) = (p - padding[0], q - padding[1]);
                            if (r >= 0 && r < images.Shape[2] && c >= 0 && c < images.Shape[3]) values.Add(images.Get<double>(n, 0, r, c));
                        }
                    result.Set(mode switch
                    {
                        PoolMode.Max => values.Max(),
                        PoolMode.Sum => values.Sum(),
                        PoolMode.AverageIncludingPadding => values.Sum() / count,
                        _ => values.Average(),
                    }, n, 0, i, j);
                }
        return result;

        int Positions(int axis)
        {
            var length = images.Shape[axis + 2] + 2 * padding[axis];
            if (ignoreBorder) return (length - size[axis]) / strides[axis] + 1;
            return strides[axis] >= size[axis] ? (length - 1) / strides[axis] + 1 : Math.Max(0, (length - 1 - size[axis] + strides[axis]) / strides[axis]) + 1;
        }
    }

    [Fact]
    public void Gradients_and_gradients_of_gradients_equal_differences() => s_pool.Sample(
        s =>
        {
            var x = T.DTensor3("x");
            var pooled = T.Pool2D(x, s.Size, s.Strides, Padding.Of(s.Padding), s.IgnoreBorder, s.Mode);
            Numerically.CheckGradient(T.Sum(pooled * T.Sqr(pooled)), twice: true, (x, Numerically.Draw(3, 1, s.Image[0], s.Image[1])));
        },
        iter: 8);

    [Fact]
    public void Max_pooling_without_padding_is_a_maximum_over_windows()
    {
        var x = T.FTensor4("x");
        Assert.Same(new Reduce(Monoid.Max, [4, 5]).On(new Windows([2, 3], [2, 2], [2, 2], [1, 1]).On(x)), T.MaxPool2D(x, [2]));
    }

    [Fact]
    public void Infinities_and_NaN_pass_through_padded_maxima()
    {
        var x = T.Constant(Tensor.From<double>([double.NegativeInfinity, double.NegativeInfinity, 1, double.NaN], 4));
        var pooled = Numerically.Agreed(T.Pool1D(x, 3, 1, 1)).ToArray<double>();
        Assert.Equal([double.NegativeInfinity, 1, double.NaN, double.NaN], pooled);
        var whole = T.Constant(Tensor.From<int>([int.MinValue, -3, -2], 3));
        Assert.Equal([int.MinValue, -2], Numerically.Agreed(T.Pool1D(whole, 2, 2, Padding.Of((1, 0)))).ToArray<int>());
    }

    [Fact]
    public void Every_tied_maximum_receives_the_gradient()
    {
        var x = T.DTensor4("x");
        var gradient = T.Grad(T.Sum(T.MaxPool2D(x, [2])), x);
        Assert.Equal([1, 1, 1, 1], Numerically.Agreed(gradient, (x, Tensor.Ones<double>(1, 1, 2, 2))).ToArray<double>());
    }

    [Theory]
    [InlineData("max 2", new double[] { 6, 8, 16, 18 })]
    [InlineData("max 2 to the border", new double[] { 6, 8, 9, 16, 18, 19, 21, 23, 24 })]
    [InlineData("max 3 by 1", new double[] { 12, 13, 14, 17, 18, 19, 22, 23, 24 })]
    [InlineData("mean including padding 2", new double[] { 3, 5, 13, 15 })]
    [InlineData("mean excluding padding 3 by 2 padded 1", new double[] { 3, 4.5, 6, 10.5, 12, 13.5, 18, 19.5, 21 })]
    [InlineData("mean including padding 3 by 2 padded 1", new double[] { 4 / 3.0, 3, 8 / 3.0, 7, 12, 9, 8, 13, 28 / 3.0 })]
    [InlineData("sum 2", new double[] { 12, 20, 52, 60 })]
    public void Pooling_gives_the_numbers_of_Theano(string what, double[] expected)
    {
        var x = T.Constant(Tensor.Arange<double>(0, 25, 1).Reshape(1, 1, 5, 5));
        var y = what switch
        {
            "max 2" => T.MaxPool2D(x, [2]),
            "max 2 to the border" => T.MaxPool2D(x, [2], ignoreBorder: false),
            "max 3 by 1" => T.MaxPool2D(x, [3], [1]),
            "mean including padding 2" => T.Pool2D(x, [2], mode: PoolMode.AverageIncludingPadding),
            "mean excluding padding 3 by 2 padded 1" => T.AveragePool2D(x, [3], [2], 1),
            "mean including padding 3 by 2 padded 1" => T.Pool2D(x, [3], [2], 1, mode: PoolMode.AverageIncludingPadding),
            _ => T.Pool2D(x, [2], mode: PoolMode.Sum),
        };
        Numerically.Close(Tensor.From<double>(expected).Reshape(1, 1, (int)Math.Sqrt(expected.Length), (int)Math.Sqrt(expected.Length)), Numerically.Agreed(y));
    }

    [Fact]
    public void Padding_same_gives_the_numbers_of_Keras()
    {
        var x = T.Constant(Tensor.Arange<double>(0, 16, 1).Reshape(1, 1, 4, 4));
        Assert.Equal([10, 11, 14, 15], Numerically.Agreed(T.MaxPool2D(x, [3], [2], Padding.Same)).ToArray<double>());
        Assert.Equal([5, 6.5, 11, 12.5], Numerically.Agreed(T.AveragePool2D(x, [3], [2], Padding.Same)).ToArray<double>());
    }

    [Fact]
    public void Pooling_of_lines_and_spaces_pools_the_last_axes()
    {
        var x = T.Constant(Tensor.Arange<double>(0, 24, 1).Reshape(2, 3, 4));
        Assert.Equal([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23], Numerically.Value(T.Pool1D(x, 2)).ToArray<double>());
        Assert.Equal([(0 + 1 + 4 + 5 + 12 + 13 + 16 + 17) / 8.0, (2 + 3 + 6 + 7 + 14 + 15 + 18 + 19) / 8.0], Numerically.Value(T.Pool3D(x, [2], mode: PoolMode.AverageExcludingPadding)).ToArray<double>());
    }

    [Fact]
    public void Global_pooling_leaves_images_and_channels()
    {
        var x = T.Variable("x", DType.Float32, "batch", 3, null, null);
        Assert.Equal("[batch,3]", T.GlobalPool(x, PoolMode.AverageExcludingPadding).Shape.ToString());
        Assert.Equal("[batch,3,1,1]", T.GlobalPool(x, PoolMode.Max, keepDims: true).Shape.ToString());
        Assert.Equal([5, 22, 39, 56], Numerically.Value(T.GlobalPool(T.Constant(Tensor.Arange<double>(0, 16, 1).Reshape(2, 2, 2, 2)) * 4.25 - 1.375, PoolMode.AverageIncludingPadding)).ToArray<double>());
    }

    [Fact]
    public void Mistakes_are_named()
    {
        var x = T.Tensor4("x", "batch", 3, 5, 5);
        Says("pool2d(x: float32[batch,3,5,5]): a padding of 2 along axis 2 must be smaller than the window of 2.", () => T.MaxPool2D(x, [2], padding: 2));
        Says("pool2d(x: float32[batch,3,5,5]): padding needs ignoreBorder: true; without it the last windows are cut at the border instead.", () => T.MaxPool2D(x, [2], padding: 1, ignoreBorder: false));
        Says("A window of 6 does not fit into axis 2 of x: float32[batch,3,5,5]: make it smaller or pad the input.", () => T.MaxPool2D(x, [6]));
        Says("pool2d has 2 spatial axes, and 3 sizes are given: give 2, or one for all.", () => T.MaxPool2D(x, [2, 2, 2]));
        Says("pool3d(v: float32[v.0]) needs at least 3 axes.", () => T.Pool3D(T.FVector("v"), [2]));
        Says("global_pool(m: float32[m.0,m.1]): images [n, channels, sizes...] have at least three axes.", () => T.GlobalPool(T.FMatrix("m"), PoolMode.Max));
    }

    private static void Says(string message, Func<Expr> build) => Assert.Equal(message, Assert.Throws<ShapeException>(build).Message);
}
