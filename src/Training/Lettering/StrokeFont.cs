using System.Text;
using ScottPlot;
using SkiaSharp;

namespace DeepSym.Training;

/// <summary>
/// The one font of all pictures: the shapes of <see cref="Glyphs"/> drawn with a round pen and made a typeface in memory.
/// A machine without fonts shows the same text as any other; a font of the machine is never used.
/// </summary>
internal static class StrokeFont
{
    /// <summary>The family name by which ScottPlot finds the font once it was asked for here.</summary>
    public static string Family { get; } = Register("DeepSym Stroke");

    /// <summary>The height of the base line, the room before and after a letter, and the size of an em, all in the measure of
    /// <see cref="Glyphs"/>.</summary>
    public const float BaseLine = 14, Bearing = 2, Em = 20;

    private const int UnitsPerEm = 1000, Ascent = 820, Descent = 260;
    private const float Scale = UnitsPerEm / Em;

    private static readonly Lazy<SKTypeface> RegularFace = new(() => Create(bold: false)), BoldFace = new(() => Create(bold: true));

    /// <summary>The width of the pen in the measure of <see cref="Glyphs"/>.</summary>
    public static float Pen(bool bold) => bold ? 2.6f : 1.65f;

    /// <summary>The typeface, made once.</summary>
    public static SKTypeface Typeface(bool bold) => (bold ? BoldFace : RegularFace).Value;

    /// <summary>The text with each character that has no shape replaced by one that is seen: a crossed box; white space is one blank each.</summary>
    public static string Writable(string text)
    {
        var written = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            written.Append(Rune.IsWhiteSpace(rune) ? ' ' : rune.IsBmp && Glyphs.Has((char)rune.Value) ? (char)rune.Value : Glyphs.Missing.Character);
        return written.ToString();
    }

    private static SKTypeface Create(bool bold)
    {
        using var data = SKData.CreateCopy(Build(bold));
        return SKTypeface.FromData(data)
            ?? throw new InvalidOperationException("DeepSym broke an invariant: the built-in font was refused. Report it with your system.");
    }

    internal static byte[] Build(bool bold)
    {
        using var pen = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = Pen(bold) };
        (pen.StrokeCap, pen.StrokeJoin) = (SKStrokeCap.Round, SKStrokeJoin.Round);
        TrueType.Outline[] outlines = [.. Glyphs.All.Prepend(Glyphs.Missing).Select(glyph => Outline(glyph, pen))];
        return TrueType.Build("DeepSym Stroke", bold, UnitsPerEm, Ascent, Descent, outlines);
    }

    private static TrueType.Outline Outline(Glyphs.Glyph glyph, SKPaint pen)
    {
        using var lines = SKPath.ParseSvgPathData(glyph.Path)
            ?? throw new InvalidOperationException($"DeepSym broke an invariant: the path of '{glyph.Character}' cannot be read.");
        using var ink = pen.GetFillPath(lines);
        return new(glyph.Character, (int)((glyph.Width + (2 * Bearing)) * Scale), ink is null ? [] : Contours(ink));
    }

    private static List<List<TrueType.Point>> Contours(SKPath path)
    {
        var contours = new List<List<TrueType.Point>>();
        using var verbs = path.CreateRawIterator();
        Span<SKPoint> points = stackalloc SKPoint[4];
        for (var verb = verbs.Next(points); verb != SKPathVerb.Done; verb = verbs.Next(points))
            switch (verb)
            {
                case SKPathVerb.Move:
                    contours.Add([At(points[0], onCurve: true)]);
                    break;
                case SKPathVerb.Line:
                    contours[^1].Add(At(points[1], onCurve: true));
                    break;
                case SKPathVerb.Quad:
                    contours[^1].AddRange([At(points[1], onCurve: false), At(points[2], onCurve: true)]);
                    break;
                case SKPathVerb.Conic:
                    var quads = SKPath.ConvertConicToQuads(points[0], points[1], points[2], verbs.ConicWeight(), pow2: 1);
                    for (var i = 1; i < quads.Length; i++) contours[^1].Add(At(quads[i], onCurve: i % 2 == 0));
                    break;
                case SKPathVerb.Close:
                    break;
                default:
                    throw new InvalidOperationException($"DeepSym broke an invariant: the outline of a stroke has a {verb}, which TrueType has not.");
            }
        return contours;
    }

    private static TrueType.Point At(SKPoint point, bool onCurve) =>
        new((short)MathF.Round((point.X + Bearing) * Scale), (short)MathF.Round((BaseLine - point.Y) * Scale), onCurve);

    private static string Register(string family)
    {
        Fonts.FontResolvers.Add(new Resolver(family));
        return family;
    }

    private sealed class Resolver(string family) : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName == family ? Typeface(weight >= FontWeight.SemiBold) : null;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == family ? Typeface(bold) : null;
    }
}
