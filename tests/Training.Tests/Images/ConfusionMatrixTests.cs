using DeepSym.Training;

namespace DeepSym.Tests;

public sealed class ConfusionMatrixTests
{
    private static readonly ConfusionMatrix Matrix = ConfusionMatrix.Count([0, 0, 0, 1, 2, 2], [0, 0, 1, 1, 1, 2], 4);

    [Fact]
    public void Rows_are_true_classes_and_columns_predicted_ones()
    {
        Assert.Equal((2, 1, 0), (Matrix[0, 0], Matrix[0, 1], Matrix[1, 0]));
        Assert.Equal((1, 1), (Matrix[2, 1], Matrix[2, 2]));
        Assert.Equal(6, Matrix.Total);
    }

    [Fact]
    public void Shares_follow_from_the_counts()
    {
        Assert.Equal(4.0 / 6, Matrix.Accuracy);
        Assert.Equal([2.0 / 3, 1, .5, 0], Matrix.Recall.AsEnumerable());
        Assert.Equal([1, 1.0 / 3, 1, 0], Matrix.Precision.AsEnumerable());
        Assert.Equal(0, ConfusionMatrix.Count([], [], 2).Accuracy);
    }

    [Fact]
    public void Classes_out_of_range_and_unequal_lengths_are_errors()
    {
        Assert.StartsWith(
            "Sample 1 has the true class 4; with 4 classes they are 0 to 3.",
            Assert.Throws<ArgumentException>(() => ConfusionMatrix.Count([0, 4], [0, 0], 4)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Sample 0 has the predicted class -1; with 4 classes they are 0 to 3.",
            Assert.Throws<ArgumentException>(() => ConfusionMatrix.Count([0], [-1], 4)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "There are 1 true classes and 2 predicted ones; each sample needs both.",
            Assert.Throws<ArgumentException>(() => ConfusionMatrix.Count([0], [0, 0], 4)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Matrix[0, 4]);
    }

    [Fact]
    public void The_picture_shows_right_counts_blue_and_wrong_ones_red()
    {
        var image = new ConfusionMatrixPlot(Matrix).Draw();
        Assert.True(Count(image, (r, _, b) => b > r + 40) > 3 * 52 * 52 / 2, "three blue cells");
        Assert.True(Count(image, (r, _, b) => r > b + 100) > 2 * 52 * 52 / 2, "two red cells");
    }

    [Fact]
    public void Names_of_classes_and_the_title_are_drawn()
    {
        var plain = new ConfusionMatrixPlot(Matrix) { Names = ["", "", "", ""] };
        var named = plain with { Names = ["cat", "dog", "mouse", "a very long name"] };
        Assert.True(Dark(named.Draw()) > Dark(plain.Draw()) + 300);
        Assert.True(Dark((plain with { Title = "another, much longer title" }).Draw()) > Dark((plain with { Title = "" }).Draw()) + 200);
        Assert.Equal(
            "There are 3 names for 4 classes.",
            Assert.Throws<ArgumentException>(() => (plain with { Names = ["a", "b", "c"] }).Draw()).Message);
    }

    private static int Dark(Image image) => Count(image, (r, g, b) => r + g + b < 200);

    private static int Count(Image image, Func<int, int, int, bool> which) =>
        image.Pixels.Chunk(3).Count(pixel => which(pixel[0], pixel[1], pixel[2]));
}
