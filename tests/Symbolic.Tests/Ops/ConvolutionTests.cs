using CsCheck;

namespace DeepSym.Tests.Ops;

/// <summary>Convolutions: against the windows that define them, their derivatives, and the numbers that Theano gives.</summary>
public sealed class ConvolutionTests
{
    private static readonly Gen<Padding> s_padding = Gen.OneOf(
        Gen.Const(Padding.Valid), Gen.Const(Padding.Half), Gen.Const(Padding.Full), Gen.Const(Padding.Same), Gen.Int[0, 2].Select(w => (Padding)w),
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], (a, b, c, d) => Padding.Of((a, b), (c, d))));

    private static readonly Gen<(int N, int Channels, int Filters, int Groups, int[] Image, int[] Filter, int[] Strides, int[] Dilations, Padding Padding, bool Flip)> s_plane =
        from n in Gen.Int[1, 2]
        from channels in Gen.Int[1, 2]
        from filters in Gen.Int[1, 2]
        from groups in Gen.Int[1, 2]
        from image in Gen.Int[5, 7].Array[2]
        from filter in Gen.Int[1, 3].Array[2]
        from strides in Gen.Int[1, 3].Array[2]
        from dilations in Gen.Int[1, 2].Array[2]
        from padding in s_padding
        from flip in Gen.Bool
        select (n, channels * groups, filters * groups, groups, image, filter, strides, dilations, padding, flip);

    [Fact]
    public void A_convolution_is_a_contraction_over_windows_of_the_padded_images() => s_plane.Sample(
        s =>
        {
            var (x, w) = (T.DTensor4("x"), T.DTensor4("w"));
            var (images, filters) = (Numerically.Draw(1, s.N, s.Channels, s.Image[0], s.Image[1]), Numerically.Draw(2, s.Filters, s.Channels / s.Groups, s.Filter[0], s.Filter[1]));
            var actual = T.Conv2D(x, w, s.Padding, s.Strides, s.Dilations, s.Groups, s.Flip);
            var (xs, ws) = (T.Constant(images), T.Constant(filters));
            Numerically.Close(Numerically.Value(Windowed(xs, ws, s.Padding, s.Strides, s.Dilations, s.Groups, s.Flip)), Numerically.Value(actual, (x, images), (w, filters)));
        },
        iter: 60);

    // The definition, for sizes that are known.
    private static Expr Windowed(Expr x, Expr w, Padding padding, int[] strides, int[] dilations, int groups, bool flip)
    {
        var widths = Enumerable.Range(0, 2).Select(a => padding.Along(a, x.Shape[a + 2], (w.Shape[a + 2] - 1) * dilations[a] + 1, strides[a])).ToArray();
        if (flip) w = w[T.Ellipsis, T.Range(null, null, -1), T.Range(null, null, -1)];
        var windows = new Windows([2, 3], [w.Shape[2].ToStatic("size"), w.Shape[3].ToStatic("size")], strides.ToEquatable(), dilations.ToEquatable())
            .On(T.Pad(x, (0, 0), (0, 0), widths[0], widths[1]));
        var (channels, filters) = (w.Shape[1].ToStatic("channels"), w.Shape[0].ToStatic("filters") / groups);
        Expr[] parts = [.. Enumerable.Range(0, groups).Select(g => T.TensorDot(windows[.., (g * channels)..((g + 1) * channels)], w[(g * filters)..((g + 1) * filters)], [1, 4, 5], [1, 2, 3]))];
        return T.Concatenate(parts, axis: 3).Transpose(0, 3, 1, 2);
    }

    [Fact]
    public void The_three_modes_are_one_form_in_three_factors() => s_plane.Sample(
        s =>
        {
            var (images, filters) = (Numerically.Draw(1, s.N, s.Channels, s.Image[0], s.Image[1]), Numerically.Draw(2, s.Filters, s.Channels / s.Groups, s.Filter[0], s.Filter[1]));
            var (x, w) = (T.Constant(images), T.Constant(filters));
            var y = T.Conv2D(x, w, s.Padding, s.Strides, s.Dilations, s.Groups, s.Flip);
            var other = T.Constant(Numerically.Draw(3, [.. y.Shape.Select(d => d.ToStatic("size"))]));
            var dx = T.Conv2DTransposed(other, w, [x.Shape[2], x.Shape[3]], s.Padding, s.Strides, s.Dilations, s.Groups, s.Flip);
            var dw = T.Conv2DGradWeights(x, other, [w.Shape[2], w.Shape[3]], s.Padding, s.Strides, s.Dilations, s.Groups, s.Flip);
            var form = Numerically.Value(T.Sum(other * y));
            Numerically.Close(form, Numerically.Value(T.Sum(x * dx)));
            Numerically.Close(form, Numerically.Value(T.Sum(w * dw)));
        },
        iter: 60);

    [Fact]
    public void Gradients_and_gradients_of_gradients_equal_differences() => s_plane.Sample(
        s =>
        {
            var (x, w) = (T.DTensor4("x"), T.DTensor4("w"));
            var y = T.Conv2D(x, w, s.Padding, s.Strides, s.Dilations, s.Groups, s.Flip);
            Numerically.CheckGradient(T.Sum(T.Sqr(y)), twice: true,
                (x, Numerically.Draw(1, s.N, s.Channels, s.Image[0], s.Image[1])), (w, Numerically.Draw(2, s.Filters, s.Channels / s.Groups, s.Filter[0], s.Filter[1])));
        },
        iter: 4);

    [Fact]
    public void A_convolution_of_one_or_three_axes_is_one_of_two_whose_other_axes_have_size_one()
    {
        var (x, w) = (T.Constant(Numerically.Draw(1, 2, 4, 7)), T.Constant(Numerically.Draw(2, 6, 2, 3)));
        var plane = T.Conv2D(T.ExpandDims(x, 2), T.ExpandDims(w, 2), Padding.Of(0, 2), [1, 2], [1, 2], groups: 2, flip: true);
        Numerically.Close(Numerically.Value(T.Squeeze(plane, 2)), Numerically.Value(T.Conv1D(x, w, 2, [2], [2], groups: 2, flip: true)));
        var space = T.Conv3D(x.Reshape(2, 4, 1, 7, 1), w.Reshape(6, 2, 1, 3, 1), Padding.Of(0, 2, 0), [1, 2, 1], [1, 2, 1], groups: 2, flip: true);
        Numerically.Close(Numerically.Value(T.Squeeze(plane, 2)), Numerically.Value(space.Reshape(2, 6, 4)));
    }

    [Fact]
    public void Convolutions_of_spaces_have_the_gradients_of_differences()
    {
        var x = T.Variable("x", DType.Float64, null, null, null, null, null);
        var w = T.Variable("w", DType.Float64, null, null, null, null, null);
        Numerically.CheckGradient(Numerically.Weighted(T.Conv3D(x, w, Padding.Of(1, 0, 1), [2, 1, 2])), twice: true,
            (x, Numerically.Draw(1, 1, 2, 3, 4, 3)), (w, Numerically.Draw(2, 2, 2, 2, 2, 2)));
    }

    [Fact]
    public void A_transposed_convolution_gives_the_smallest_images_by_default()
    {
        var (y, w) = (T.Constant(Tensor.From<double>([1, 2, 3, 4], 1, 1, 2, 2)), T.Constant(Tensor.From<double>([1, 2, 3, 4], 1, 1, 2, 2)));
        Numerically.Close(Tensor.From<double>([1, 2, 2, 4, 3, 4, 6, 8, 3, 6, 4, 8, 9, 12, 12, 16], 1, 1, 4, 4), Numerically.Value(T.Conv2DTransposed(y, w, strides: [2])));
        Numerically.Close(Tensor.From<double>([1, 4, 4, 6, 20, 16, 9, 24, 16], 1, 1, 3, 3), Numerically.Value(T.Conv2DTransposed(y, w)));
        Assert.Equal("[1,1,6,6]", T.Conv2DTransposed(y, w, padding: Padding.Same, strides: [3]).Shape.ToString());
    }

    [Theory]
    [InlineData("valid flipped", new double[] { 16, 26, 36, 56, 66, 76, 96, 106, 116 })]
    [InlineData("valid", new double[] { 34, 44, 54, 74, 84, 94, 114, 124, 134 })]
    [InlineData("half flipped", new double[] { 0, 1, 4, 7, 6, 4, 16, 26, 36, 26, 20, 56, 66, 76, 50, 36, 96, 106, 116, 74, 36, 87, 94, 101, 60 })]
    [InlineData("by two flipped", new double[] { 16, 36, 96, 116 })]
    [InlineData("padded", new double[] { 0, 4, 11, 18, 9, 16, 34, 44, 54, 24, 40, 74, 84, 94, 40, 64, 114, 124, 134, 56, 24, 38, 41, 44, 15 })]
    [InlineData("dilated", new double[] { 68, 78, 108, 118 })]
    [InlineData("keras same", new double[] { 34, 44, 54, 24, 74, 84, 94, 40, 114, 124, 134, 56, 38, 41, 44, 15 })]
    public void Convolutions_give_the_numbers_of_Theano_and_Keras(string what, double[] expected)
    {
        var (x, w) = (T.Constant(Tensor.Arange<double>(0, 16, 1).Reshape(1, 1, 4, 4)), T.Constant(Tensor.From<double>([1, 2, 3, 4], 1, 1, 2, 2)));
        var y = what switch
        {
            "valid flipped" => T.Conv2D(x, w, flip: true),
            "valid" => T.Conv2D(x, w),
            "half flipped" => T.Conv2D(x, w, Padding.Half, flip: true),
            "by two flipped" => T.Conv2D(x, w, strides: [2, 2], flip: true),
            "padded" => T.Conv2D(x, w, 1),
            "dilated" => T.Conv2D(x, w, dilations: [2]),
            _ => T.Conv2D(x, w, Padding.Same),
        };
        Assert.Equal(expected, Numerically.Agreed(y).ToArray<double>());
    }

    [Theory]
    [InlineData(28, 1), InlineData(28, 2), InlineData(29, 2), InlineData(30, 3), InlineData(5, 7)]
    public void Padding_same_gives_as_many_positions_as_strides_begin(int size, int stride)
    {
        foreach (var filter in new[] { 1, 2, 3, 4, 5 })
        {
            var y = T.Conv1D(T.Variable("x", DType.Float32, "batch", 3, size), T.Variable("w", DType.Float32, 8, 3, filter), Padding.Same, [stride]);
            Assert.Equal((size + stride - 1) / stride, y.Shape[2].ToStatic("size"));
        }
    }

    [Fact]
    public void The_gradients_keep_symbolic_sizes()
    {
        var x = T.Variable("x", DType.Float64, "batch", 3, "height", "width");
        var w = T.Variable("w", DType.Float64, 8, 3, 3, 3);
        var cost = T.Sum(T.Sqr(T.Conv2D(x, w, Padding.Half, [2])));
        var (dx, dw) = T.Grad(cost, x, w);
        Assert.Equal("[batch,3,height,width]", dx.Shape.ToString());
        Assert.Equal("[8,3,3,3]", dw.Shape.ToString());
        Assert.Equal([2, 3, 6, 7], Numerically.Agreed(dx, (x, Numerically.Draw(1, 2, 3, 6, 7)), (w, Numerically.Draw(2, 8, 3, 3, 3))).Shape.ToArray());
    }

    [Fact]
    public void A_batch_of_no_images_has_no_results() =>
        Assert.Equal([0, 2, 3, 3], Numerically.Value(T.Conv2D(T.Constant(Tensor.Zeros<double>(0, 1, 4, 4)), T.Constant(Tensor.Zeros<double>(2, 1, 2, 2)))).Shape.ToArray());

    [Fact]
    public void Channels_that_do_not_fit_are_named() => Says<ShapeException>(
        "conv2d(x: float32[batch,1,28,28], w: float32[20,3,5,5]): the images have 1 channels; the filters are for 3.",
        () => T.Conv2D(T.Tensor4("x", "batch", 1, 28, 28), T.Tensor4("w", 20, 3, 5, 5)));

    [Fact]
    public void Channels_that_do_not_fit_into_groups_are_named() => Says<ShapeException>(
        "conv2d(x: float32[batch,4,28,28], w: float32[20,4,5,5]): the images have 4 channels; the filters are for 4 in each of 2 groups.",
        () => T.Conv2D(T.Tensor4("x", "batch", 4, 28, 28), T.Tensor4("w", 20, 4, 5, 5), groups: 2));

    [Fact]
    public void Filters_that_cannot_be_divided_are_named() => Says<ShapeException>(
        "conv2d(x: float32[batch,6,28,28], w: float32[20,2,5,5]): 20 filters cannot be divided into 3 groups.",
        () => T.Conv2D(T.Tensor4("x", "batch", 6, 28, 28), T.Tensor4("w", 20, 2, 5, 5), groups: 3));

    [Fact]
    public void A_filter_larger_than_the_image_is_named() => Says<ShapeException>(
        "conv2d(x: float32[batch,1,4,4], w: float32[2,1,5,5]): along axis 2 the filter covers 5 elements, more than the 4 that there are with padding. Pad the images, or make the filter smaller.",
        () => T.Conv2D(T.Tensor4("x", "batch", 1, 4, 4), T.Tensor4("w", 2, 1, 5, 5)));

    [Fact]
    public void A_filter_larger_than_the_image_of_a_call_is_named()
    {
        var (x, w) = (T.DTensor4("x"), T.DTensor4("w"));
        var error = Assert.Throws<ShapeException>(() => Numerically.Value(T.Conv2D(x, w), (x, Tensor.Zeros<double>(1, 1, 4, 4)), (w, Tensor.Zeros<double>(1, 1, 5, 5))));
        Assert.Contains("the filter covers w.2 elements", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_and_counts_that_do_not_fit_are_named()
    {
        Says<ShapeException>("conv2d(x: float32[x.0,x.1], w: float32[w.0,w.1,w.2,w.3]): x: float32[x.0,x.1] has 2 axes and needs 4: images [n, channels, sizes...], filters [filters, channels per group, sizes...].",
            () => T.Conv2D(T.FMatrix("x"), T.FTensor4("w")));
        Says<ShapeException>("conv2d has 2 spatial axes, and 3 strides are given: give 2, or one for all.", () => T.Conv2D(T.FTensor4("x"), T.FTensor4("w"), strides: [1, 1, 1]));
        Says<ShapeException>("conv2d has 2 spatial axes, and padding is given for 3.", () => T.Conv2D(T.FTensor4("x"), T.FTensor4("w"), Padding.Of(1, 1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => T.Conv2D(T.FTensor4("x"), T.FTensor4("w"), strides: [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Padding.Of(-1));
    }

    private static void Says<TException>(string message, Func<Expr> build) where TException : Exception => Assert.Equal(message, Assert.Throws<TException>(build).Message);
}
