using DeepSym.Training;

namespace DeepSym.Tests;

public sealed class ImageGridTests
{
    [Fact]
    public void Tiles_lie_in_rows_between_borders_each_on_its_own_scale()
    {
        var image = new ImageGrid { Columns = 2, BorderValue = 9 }.Draw([-1, 1, 0, 0, 5, 10], height: 1, width: 2);
        Assert.Equal((5, 7, 1), (image.Height, image.Width, image.Channels));
        Assert.Equal(
            [
                9, 9, 9, 9, 9, 9, 9,
                9, 0, 255, 9, 128, 128, 9,
                9, 9, 9, 9, 9, 9, 9,
                9, 0, 255, 9, 9, 9, 9,
                9, 9, 9, 9, 9, 9, 9,
            ],
            image.Pixels);
    }

    [Fact]
    public void One_scale_for_all_tiles_keeps_them_comparable()
    {
        var image = new ImageGrid { Columns = 3, Border = 0, Range = TileRange.Shared }.Draw([0, 10, 5], 1, 1);
        Assert.Equal([0, 255, 128], image.Pixels);
    }

    [Fact]
    public void Zoom_repeats_each_value() =>
        Assert.Equal([0, 0, 255, 255, 0, 0, 255, 255], new ImageGrid { Border = 0, Zoom = 2 }.Draw([1, 2], 1, 2).Pixels);

    [Fact]
    public void Values_that_are_not_finite_are_black_and_spoil_no_scale() =>
        Assert.Equal([0, 0, 0, 255], new ImageGrid { Border = 0 }.Draw([float.NaN, float.PositiveInfinity, 3, 4], 1, 4).Pixels);

    [Fact]
    public void The_whole_range_of_floats_is_no_overflow() =>
        Assert.Equal([0, 255, 128], new ImageGrid { Border = 0 }.Draw([float.MinValue, float.MaxValue, 0], 1, 3).Pixels);

    [Fact]
    public void A_grid_is_about_square_and_images_keep_their_grey()
    {
        var image = new ImageGrid { Border = 0 }.Draw(new LabelledImages([0, 20, 30, 40, 255], [0, 0, 0, 0, 0], 1, 1));
        Assert.Equal((2, 3), (image.Height, image.Width));
        Assert.Equal([0, 20, 30, 40, 255], image.Pixels[..5]);
    }

    [Fact]
    public void The_last_two_axes_of_a_tensor_are_a_tile()
    {
        var grid = new ImageGrid { Border = 0, Columns = 1 };
        Assert.Equal([0, 255, 0, 255, 0, 255], grid.Draw(Tensor.From<double>([1, 2, 3, 4, 5, 6], 3, 1, 1, 2)).Pixels);
        Assert.Throws<ArgumentException>(() => grid.Draw(Tensor.Zeros<float>(4)));
    }

    [Fact]
    public void Values_must_fill_whole_tiles()
    {
        Assert.Equal(
            "5 values are not a whole number of tiles of 2 x 2. (Parameter 'tiles')",
            Assert.Throws<ArgumentException>(() => new ImageGrid().Draw(new float[5], 2, 2)).Message);
        Assert.Throws<ArgumentException>(() => new ImageGrid().Draw([], 2, 2));
    }
}
