namespace DeepSym.Tests.Ops.Neural;

/// <summary>Convolutions without shared filters, patches, enlarging and sampling of images: definitions in loops, inverses, derivatives, errors.</summary>
public sealed class ImageVerbTests
{
    private static readonly Variable s_x = T.DTensor4("x"), s_w = T.Variable("w", DType.Float64, null, null, null, null, null, null), s_theta = T.DTensor3("theta"), s_grid = T.DTensor4("grid");
    private static readonly Tensor s_images = Numerically.Draw(1, 2, 3, 5, 6);

    [Fact]
    public void Local_filters_that_are_all_equal_are_a_convolution()
    {
        var shared = Numerically.Draw(2, 4, 3, 2, 3);
        foreach (var flip in new[] { false, true })
        {
            var expected = T.Conv2D(s_x, T.Constant(shared), 1, [2, 1], flip: flip);
            var sizes = Numerically.Value(expected, (s_x, s_images)).Shape;
            var local = Numerically.Value(T.Tile(T.Constant(shared.Reshape(4, 1, 1, 3, 2, 3)), 1, sizes[2], sizes[3], 1, 1, 1));
            Numerically.Close(Numerically.Value(expected, (s_x, s_images)), Numerically.Agreed(T.LocallyConnected2D(s_x, s_w, 1, [2, 1], flip: flip), (s_x, s_images), (s_w, local)));
        }
    }

    [Fact]
    public void A_separable_convolution_is_one_with_the_products_of_its_filters()
    {
        var (depth, point) = (Numerically.Draw(3, 6, 1, 2, 2), Numerically.Draw(4, 5, 6, 1, 1));
        var x = T.Constant(s_images);
        var whole = T.Einsum("fk,kij->fkij", T.Constant(point.Reshape(5, 6)), T.Constant(depth.Reshape(6, 2, 2)));   // filter k sees channel k / 2
        var full = T.Sum(T.Reshape(whole, 5, 3, 2, 2, 2), 2);
        Numerically.Close(Numerically.Value(T.Conv2D(x, full)), Numerically.Agreed(T.SeparableConv2D(x, T.Constant(depth), T.Constant(point))));
    }

    [Fact]
    public void Patches_lead_back_to_the_images()
    {
        var images = Numerically.Draw(5, 2, 2, 4, 6);
        var patches = T.ImagesToPatches(s_x, (2, 3));
        Assert.Equal([16, 6], Numerically.Agreed(patches, (s_x, images)).Shape.ToArray());
        Numerically.Close(images, Numerically.Agreed(T.PatchesToImages(patches, (2, 3), s_x.Shape.Dims.AsSpan()), (s_x, images)));
    }

    [Theory]
    [InlineData(PatchMode.IgnoreBorders, 2, 0), InlineData(PatchMode.WrapCentered, 5, 1), InlineData(PatchMode.Half, 5, 1), InlineData(PatchMode.Full, 7, 2)]
    public void Patches_at_borders_are_there_or_not(PatchMode mode, int rows, int before)
    {
        var step = mode == PatchMode.IgnoreBorders ? 2 : 1;
        var value = Numerically.Agreed(T.ImagesToPatches(s_x, (3, 3), (step, step), mode), (s_x, s_images));
        var columns = mode switch { PatchMode.IgnoreBorders => 2, PatchMode.Full => 8, _ => 6 };
        Assert.Equal([2 * 3 * rows * columns, 9], value.Shape.ToArray());
        for (var p = 0; p < rows * columns; p++)
            for (var k = 0; k < 9; k++)
            {
                var (i, j) = (p / columns * step + k / 3 - before, p % columns * step + k % 3 - before);
                if (mode == PatchMode.WrapCentered) (i, j) = ((i + 5) % 5, (j + 6) % 6);
                Assert.Equal(i is >= 0 and < 5 && j is >= 0 and < 6 ? s_images.Get<double>(0, 0, i, j) : 0, value.Get<double>(p, k));
            }
    }

    [Fact]
    public void Patches_that_do_not_cover_the_image_are_an_error()
    {
        Assert.Throws<ShapeException>(() => Numerically.Compiled(T.ImagesToPatches(s_x, (2, 3)), (s_x, s_images)));
        Assert.Throws<ShapeException>(() => T.ImagesToPatches(s_x, (2, 3), (1, 1), PatchMode.WrapCentered));
        Assert.Throws<ShapeException>(() => T.ImagesToPatches(T.DMatrix("m"), (2, 2)));
    }

    [Fact]
    public void An_image_is_enlarged_by_repeating_or_by_straight_lines()
    {
        var x = T.Constant(Tensor.From<double>([0, 4, 8], 1, 1, 3));
        Assert.Equal([0.0, 0, 4, 4, 8, 8], Numerically.Agreed(T.Upsample(x, [2])).ToArray<double>());
        Assert.Equal([0.0, 1, 3, 5, 7, 8], Numerically.Agreed(T.Upsample(x, [2], UpsampleMode.Bilinear)).ToArray<double>());
        Assert.Equal([0.0, 2, 4, 6, 8, 8], Numerically.Agreed(T.Upsample(x, [2], UpsampleMode.BilinearFromCorner)).ToArray<double>());
        Numerically.Close(Numerically.Value(T.Upsample(x, [3], UpsampleMode.Bilinear)), Numerically.Agreed(T.Upsample(x, [3], UpsampleMode.BilinearFromCorner)));
        Assert.Equal([2, 3, 10, 18], Numerically.Agreed(T.Upsample(s_x, [2, 3], UpsampleMode.Bilinear), (s_x, s_images)).Shape.ToArray());
        Assert.Throws<ShapeException>(() => T.Upsample(s_x, [2]));
    }

    [Fact]
    public void The_identity_map_samples_the_image_itself()
    {
        var identity = Tensor.From<double>([1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0], 2, 2, 3);
        Numerically.Close(s_images, Numerically.Agreed(T.BilinearSample(s_x, T.AffineGrid(s_theta, 5, 6)), (s_x, s_images), (s_theta, identity)), 1e-10);
        var mirrored = Tensor.From<double>([-1, 0, 0, 0, 1, 0, -1, 0, 0, 0, 1, 0], 2, 2, 3);
        Numerically.Close(Numerically.Value(T.Flip(s_x, 3), (s_x, s_images)), Numerically.Agreed(T.BilinearSample(s_x, T.AffineGrid(s_theta, 5, 6)), (s_x, s_images), (s_theta, mirrored)), 1e-10);
    }

    [Fact]
    public void A_sample_lies_between_its_four_neighbours()
    {
        var x = T.Constant(Tensor.From<double>([0, 10, 20, 30], 1, 1, 2, 2));
        var grid = T.Constant(Tensor.From<double>([0, 0, -0.5, 1, 3, -3], 1, 1, 3, 2));
        Assert.Equal([15.0, 22.5, 10], Numerically.Agreed(T.BilinearSample(x, grid)).ToArray<double>());
    }

    [Fact]
    public void Only_the_largest_of_each_patch_stays()
    {
        var x = T.Constant(Tensor.From<double>([1, 5, 2, 4, 3, 2, 0, 9, 8, 7, 6, 5], 1, 1, 3, 4));
        Assert.Equal([0.0, 5, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0], Numerically.Agreed(T.MaxPool2DSameSize(x, [2, 2])).ToArray<double>());
    }

    [Fact]
    public void Derivatives_equal_differences()
    {
        var small = Numerically.Draw(6, 1, 2, 3, 4);
        Numerically.CheckGradient(Numerically.Weighted(T.LocallyConnected2D(s_x, s_w)), twice: false, (s_x, small), (s_w, Numerically.Draw(7, 2, 2, 2, 2, 2, 3)));
        Numerically.CheckGradient(Numerically.Weighted(T.ImagesToPatches(s_x, (3, 3), (1, 2), PatchMode.WrapCentered)), twice: false, (s_x, small));
        Numerically.CheckGradient(Numerically.Weighted(T.Upsample(s_x, [2, 3], UpsampleMode.Bilinear)), twice: false, (s_x, small));
        Numerically.CheckGradient(Numerically.Weighted(T.BilinearSample(s_x, s_grid)), twice: false, (s_x, small), (s_grid, Numerically.Draw(8, 1, 3, 2, 2)));
        Numerically.CheckGradient(Numerically.Weighted(T.BilinearSample(s_x, T.AffineGrid(s_theta, 2, 2))), twice: false, (s_x, small), (s_theta, Numerically.Draw(9, 1, 2, 3)));
    }
}
