using DeepSym.Training;

namespace DeepSym.Tests;

public sealed class LabelledImagesTests
{
    private static readonly LabelledImages Three = new([0, 51, 102, 153, 204, 255], [7, 8, 9], height: 1, width: 2);

    [Fact]
    public void Pixels_become_numbers_from_zero_to_one() => Assert.Equal([0f, .2f, .4f, .6f, .8f, 1f], Three.ToFloats());

    [Fact]
    public void Tensors_have_the_shape_of_the_data()
    {
        var (images, labels) = (Three.ToTensor(), Three.LabelsToTensor());
        Assert.Equal((DType.Float32, DType.Int32), (images.DType, labels.DType));
        Assert.Equal([3, 1, 2], images.Shape);
        Assert.Equal([3], labels.Shape);
        Assert.Equal(Three.ToFloats(), images.ToArray<float>());
        Assert.Equal([7, 8, 9], labels.ToArray<int>());
    }

    [Fact]
    public void A_slice_is_a_copy_of_its_images()
    {
        var last = Three.Slice(1, 2);
        Assert.Equal([2, 1, 2], last.Shape.AsEnumerable());
        Assert.Equal([8, 9], last.Labels);
        Assert.Equal([204, 255], last[1].ToArray());
        last.Pixels[0] = 1;
        Assert.Equal(102, Three.Pixels[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Three.Slice(2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Three[3].Length);
    }

    [Fact]
    public void Pixels_and_labels_must_fit_each_other()
    {
        var error = Assert.Throws<ArgumentException>(() => new LabelledImages(new byte[5], [1, 2], 1, 2));
        Assert.Equal("2 labels ask for 2 x 1 x 2 pixels; there are 5. (Parameter 'pixels')", error.Message);
    }
}
