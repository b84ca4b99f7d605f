using DeepSym.Training;
using SkiaSharp;

namespace DeepSym.Tests;

public sealed class StrokeFontTests
{
    [Fact]
    public void Every_printable_ascii_character_has_a_shape_of_its_own_and_ink()
    {
        var shapes = Enumerable.Range(' ', 95).Select(character => Glyphs.Of((char)character)).ToArray();
        Assert.DoesNotContain(Glyphs.Missing, shapes);
        Assert.Equal(95, shapes.Select(shape => shape.Path).Distinct().Count());
        Assert.Equal([' '], shapes.Where(shape => shape.Path.Length == 0).Select(shape => shape.Character));
    }

    [Fact]
    public void The_text_engine_finds_each_shape_in_both_weights()
    {
        foreach (var bold in new[] { false, true })
        {
            using var font = new SKFont(StrokeFont.Typeface(bold), 20) { Hinting = SKFontHinting.None, LinearMetrics = true };
            Assert.Equal("DeepSym Stroke", font.Typeface.FamilyName);
            Assert.Equal(bold, font.Typeface.IsBold);
            Assert.Equal(Glyphs.All.Length + 1, font.Typeface.GlyphCount);
            foreach (var (index, shape) in Glyphs.All.Index())
            {
                var glyph = font.GetGlyph(shape.Character);
                Assert.Equal(index + 1, glyph);
                Assert.Equal(shape.Width + 4, font.GetGlyphWidths([glyph])[0], .05);
                using var path = font.GetGlyphPath(glyph);
                Assert.Equal(shape.Path.Length == 0, path.IsEmpty);
            }
        }
    }

    [Fact]
    public void A_letter_covers_the_height_of_its_shape()
    {
        using var font = new SKFont(StrokeFont.Typeface(bold: false), 20);
        using var path = font.GetGlyphPath(font.GetGlyph('L'));
        var pen = StrokeFont.Pen(bold: false) / 2;
        Assert.Equal(-14 - pen, path.TightBounds.Top, .1);
        Assert.Equal(pen, path.TightBounds.Bottom, .1);
        Assert.Equal(2 - pen, path.TightBounds.Left, .1);
        Assert.Equal(9.5 + pen, path.TightBounds.Right, .1);
    }

    [Fact]
    public void Bold_letters_have_more_ink() => Assert.True(Ink("Hamburg", bold: true) > 1.2 * Ink("Hamburg", bold: false));

    [Fact]
    public void A_character_without_a_shape_is_seen_as_a_crossed_box()
    {
        Assert.Equal("a\uFFFDb \uFFFD \uFFFD", StrokeFont.Writable("aéb\t漢\n😀"));
        Assert.True(Ink("é", bold: false) > Ink("e", bold: false));
    }

    private static int Ink(string text, bool bold)
    {
        using var sheet = new Drawing(300, 40);
        sheet.Text(text, 150, 20, 24, SKColors.Black, bold: bold);
        return sheet.ToImage().Pixels.Count(value => value < 128);
    }
}
