using DeepSym.Training;
using CsCheck;

namespace DeepSym.Tests;

public sealed class ImageTests
{
    [Fact]
    public void A_png_gives_back_the_picture_that_was_written() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Bool.Select(colour => colour ? 3 : 1)).SelectMany((height, width, channels) =>
            Gen.Byte.Array[height * width * channels].Select(pixels => new Image(pixels, height, width, channels))).Sample(image =>
        {
            using var folder = new TemporaryFolder();
            image.Save(folder["a.png"]);
            var read = Image.Load(folder["a.png"]);
            Assert.Equal((image.Height, image.Width, image.Channels), (read.Height, read.Width, read.Channels));
            Assert.Equal(image.Pixels, read.Pixels);
        }, iter: 30);

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("a.webp")]
    public void A_lossy_file_comes_close(string name)
    {
        using var folder = new TemporaryFolder();
        new Image([.. Enumerable.Range(0, 64 * 64).Select(i => (byte)(i / 64 * 3))], 64, 64).Save(folder[name]);
        var read = Image.Load(folder[name]);
        for (var y = 0; y < 64; y++) Assert.InRange(read.Pixels[y * 64 * read.Channels], (y * 3) - 8, (y * 3) + 8);
    }

    [Fact]
    public void A_picture_has_as_many_bytes_as_its_shape()
    {
        Assert.Equal(
            "A picture of 2 x 3 x 3 has 18 bytes; there are 6. (Parameter 'pixels')",
            Assert.Throws<ArgumentException>(() => new Image(new byte[6], 2, 3, 3)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(new byte[4], 2, 1, 2));
    }

    [Fact]
    public void A_name_without_a_known_extension_is_an_error() =>
        Assert.Equal(
            "'a.txt': a picture is written as .png, .jpg or .webp. (Parameter 'path')",
            Assert.Throws<ArgumentException>(() => new Image([0], 1, 1).Save("a.txt")).Message);

    [Fact]
    public void A_file_that_is_no_picture_or_only_the_beginning_of_one_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.png"], "no picture");
        Assert.Equal(
            $"{folder["a.png"]}: not a picture in a known format (PNG, JPEG, WebP, BMP, GIF).",
            Assert.Throws<InvalidDataException>(() => Image.Load(folder["a.png"])).Message);

        new Image([.. new byte[10_000].Select((_, i) => (byte)(i * i))], 100, 100).Save(folder["b.png"]);
        File.WriteAllBytes(folder["b.png"], File.ReadAllBytes(folder["b.png"])[..500]);
        Assert.StartsWith(
            $"{folder["b.png"]}: the picture cannot be read to its end",
            Assert.Throws<InvalidDataException>(() => Image.Load(folder["b.png"])).Message, StringComparison.Ordinal);
    }
}
