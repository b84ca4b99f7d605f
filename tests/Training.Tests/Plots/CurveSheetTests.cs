using System.Collections.Immutable;
using System.Xml.Linq;
using DeepSym.Training;

namespace DeepSym.Tests;

public sealed class CurveSheetTests
{
    private static readonly CurvePlot Plain = new CurvePlot { XLabel = "" }.With("", [.5, .3, .2, .15]);

    [Fact]
    public void Title_labels_and_legend_are_seen_in_their_places()
    {
        var dots = Plain with { Title = ".", XLabel = ".", YLabel = ".", Curves = [Plain.Curves[0] with { Name = "." }] };
        AddsInk(dots, dots with { Title = "A title" }, x: (0, 1), y: (0, .08));
        AddsInk(dots, dots with { XLabel = "epochs" }, x: (0, 1), y: (.95, 1));
        AddsInk(dots, dots with { YLabel = "loss" }, x: (0, .035), y: (0, 1));
        AddsInk(dots, dots with { Curves = [Plain.Curves[0] with { Name = "training" }] }, x: (.5, .96), y: (.11, .3));
    }

    [Fact]
    public void The_axes_have_numbers()
    {
        var svg = Svg(Plain);
        Assert.Contains("0.3", Words(svg));
        Assert.Contains("4", Words(svg));
        Assert.DoesNotContain(Words(svg), word => word.StartsWith("1.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_drawing_has_letters_as_strokes_and_no_text_that_needs_a_font()
    {
        var svg = Svg(Plain with { Title = "Loss <&> \"x\"", YLabel = "größe" });
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName is "text" or "image");
        Assert.Contains("Loss <&> \"x\"", Words(svg));
        Assert.Contains("gr\uFFFD\uFFFDe", Words(svg));
        var title = svg.Descendants().Single(element => element.Attribute("aria-label")?.Value == "Loss <&> \"x\"");
        Assert.Equal("Loss<&>\"x\"".Select(letter => Glyphs.Of(letter).Path), title.Elements().Select(letter => letter.Attribute("d")!.Value));
    }

    [Fact]
    public void A_curve_passes_through_its_values()
    {
        var image = Draw(Plain with { Curves = [new("", [1, 2, 3]) { First = 1 }] });
        var blue = Enumerable.Range(0, image.Width * image.Height).Where(i => image.Pixels[3 * i] < 60 && image.Pixels[(3 * i) + 2] > 150).ToArray();
        Assert.True(blue.Length > 300);
        var left = blue.MinBy(i => i % image.Width);
        var right = blue.MaxBy(i => i % image.Width);
        Assert.True(left / image.Width > right / image.Width + 200, "it rises from left to right");
    }

    [Fact]
    public void A_logarithmic_axis_names_its_powers()
    {
        var words = Words(Svg(Plain with { Logarithmic = true, Curves = [new("", [1, .1, .01, 0, -1, 1e-3])] }));
        Assert.Contains("0.001", words);
        Assert.Contains("0.01", words);
        Assert.Contains("0.5", Words(Svg(Plain with { Logarithmic = true, Curves = [new("", [1, .1])] })));
        Assert.Contains("1E-24", Words(Svg(Plain with { Logarithmic = true, Curves = [new("", [1e-25, 1e25])] })));
        var near = Words(Svg(Plain with { Logarithmic = true, Curves = [new("", [.41, .42])] }));
        Assert.True(near.Count(word => word.StartsWith("0.4", StringComparison.Ordinal)) >= 2);
    }

    [Fact]
    public void Numbers_of_an_axis_are_short_and_differ()
    {
        (double[] Values, string Expected)[] axes =
            [([1e30, 0], "1E+30"), ([-.1, .2], "0"), ([.123451, .123459], "0.123455"), ([1e-9, 2e-9], "1.5E-09")];
        foreach (var (values, expected) in axes)
        {
            var words = Words(Svg(Plain with { Curves = [new("", [.. values])] }));
            Assert.Contains(expected, words);
            Assert.All(words, word => Assert.InRange(word.Length, 1, 9));
            Assert.Equal(words.Length, words.Skip(2).Distinct().Count() + 2);
        }
    }

    [Fact]
    public void Curves_of_any_numbers_can_be_drawn()
    {
        double[][] odd =
        [
            [], [.5], [2, 2, 2], [0, 0], [double.NaN, 1, double.PositiveInfinity, 2], [double.NaN],
            [1e300, -1e300], [double.MaxValue, double.MinValue, 1], [double.Epsilon, 0], [1e15, 1e15 + 1], [-5, -4],
            [.. Enumerable.Range(0, 10_000).Select(i => Math.Sin(i))],
        ];
        foreach (var values in odd)
        foreach (var logarithmic in new[] { false, true })
        {
            var image = Draw(Plain with { Title = "odd numbers", Logarithmic = logarithmic, Curves = [new("values", [.. values])] });
            Assert.True(Dark(image, x: (0, 1), y: (0, .08)) > 50);
        }
        Assert.True(Dark(Draw(Plain with { Curves = [] }), x: (0, 1), y: (0, 1)) > 500, "axes without curves");
    }

    [Fact]
    public void Several_plots_stand_side_by_side()
    {
        using var folder = new TemporaryFolder();
        new CurveSheet(Plain with { Title = "one" }, Plain with { Title = "two" }).SavePng(folder["a.png"]);
        var image = Image.Load(folder["a.png"]);
        Assert.Equal((1280, 480), (image.Width, image.Height));
        Assert.True(Dark(image, x: (0, .5), y: (0, .06)) > 50);
        Assert.True(Dark(image, x: (.5, 1), y: (0, .06)) > 50);
        Assert.Throws<ArgumentException>(() => new CurveSheet());
    }

    [Fact]
    public void The_legend_keeps_out_of_the_way_of_the_curves()
    {
        var falling = Place(Svg(new CurvePlot().With("f", [1, .1, .1, .1])), "f");
        var rising = Place(Svg(new CurvePlot().With("r", [.1, 1, 1, 1])), "r");
        Assert.True(falling.Y < 160 && rising.Y > 320);
    }

    private static void AddsInk(CurvePlot before, CurvePlot after, (double From, double To) x, (double From, double To) y) =>
        Assert.True(Dark(Draw(after), x, y) > Dark(Draw(before), x, y) + 40);

    private static Image Draw(CurvePlot plot)
    {
        using var folder = new TemporaryFolder();
        plot.SavePng(folder["a.png"]);
        return Image.Load(folder["a.png"]);
    }

    private static XDocument Svg(CurvePlot plot)
    {
        using var folder = new TemporaryFolder();
        plot.SaveSvg(folder["a.svg"]);
        return XDocument.Load(folder["a.svg"]);
    }

    private static ImmutableArray<string> Words(XDocument svg) =>
        [.. svg.Descendants().Select(element => element.Attribute("aria-label")?.Value).OfType<string>()];

    private static (double X, double Y) Place(XDocument svg, string word)
    {
        var place = svg.Descendants().Single(element => element.Attribute("aria-label")?.Value == word).Attribute("transform")!.Value;
        double[] numbers = [.. place["translate(".Length..^1].Split([' ', ',']).Select(double.Parse)];
        return (numbers[0], numbers[1]);
    }

    private static int Dark(Image image, (double From, double To) x, (double From, double To) y)
    {
        var count = 0;
        for (var row = (int)(y.From * image.Height); row < (int)(y.To * image.Height); row++)
        for (var column = (int)(x.From * image.Width); column < (int)(x.To * image.Width); column++)
            if (image.Pixels[3 * ((row * image.Width) + column)] + image.Pixels[(3 * ((row * image.Width) + column)) + 1] < 200) count++;
        return count;
    }
}
