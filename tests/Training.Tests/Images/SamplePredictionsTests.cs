using DeepSym.Training;

namespace DeepSym.Tests;

public sealed class SamplePredictionsTests
{
    private static readonly LabelledImages Digits = SyntheticDigits.Generate(10);

    [Fact]
    public void Only_wrong_predictions_are_marked_in_red()
    {
        int[] right = [.. Digits.Labels.Select(label => (int)label)];
        Assert.Equal(0, Red(new(Digits, [.. right])));
        var one = Red(new(Digits, [(right[0] + 1) % 10, .. right[1..]]));
        Assert.InRange(one, 84 * 4 * 2, 84 * 4 * 5);
        Assert.InRange(Red(new(Digits, [(right[0] + 1) % 10, (right[1] + 1) % 10, .. right[2..]])), (int)(1.8 * one), (int)(2.2 * one));
    }

    [Fact]
    public void The_digits_are_drawn_in_rows_with_their_own_pixels()
    {
        var image = new SamplePredictions(Digits, [.. Digits.Labels.Select(label => (int)label)]) { Columns = 4, Zoom = 2 }.Draw();
        Assert.Equal(((4 * 66) + 10, (3 * 86) + 10), (image.Width, image.Height));
        for (var y = 0; y < 28; y++)
        for (var x = 0; x < 28; x++)
            Assert.Equal(Digits[5][(y * 28) + x], image.Pixels[3 * (((10 + 86 + (2 * y)) * image.Width) + 10 + 66 + (2 * x))]);
    }

    [Fact]
    public void Each_image_needs_a_prediction() =>
        Assert.Equal(
            "There are 10 images and 1 predictions; at least one image and as many predictions are needed.",
            Assert.Throws<ArgumentException>(() => new SamplePredictions(Digits, [1]).Draw()).Message);

    private static int Red(SamplePredictions samples) =>
        samples.Draw().Pixels.Chunk(3).Count(pixel => pixel[0] > 150 && pixel[1] < 80 && pixel[2] < 80);
}
