using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace DeepSym.Training;

/// <summary>Replaces the text of an SVG drawing by the pen strokes of its letters, since whoever opens it has not the font.</summary>
internal static class SvgLetters
{
    public static byte[] ToStrokes(byte[] svg)
    {
        using var source = new MemoryStream(svg);
        var drawing = XDocument.Load(source);
        foreach (var text in drawing.Descendants().Where(element => element.Name.LocalName == "text").ToArray())
            text.ReplaceWith(Strokes(text));
        using var result = new MemoryStream();
        using (var writer = XmlWriter.Create(result, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) }))
            drawing.Save(writer);
        return result.ToArray();
    }

    // The canvas writes a text with the place of each letter, and one height where it is the same for all.
    private static XElement Strokes(XElement text)
    {
        var family = text.Attribute("font-family")?.Value;
        if (family != StrokeFont.Family)
            throw new InvalidOperationException(
                $"DeepSym broke an invariant: a plot has text in the font '{family}', not in its own. Please report it with the plot.");
        var letters = text.Value.Trim('\n', '\t');
        var (xs, ys) = (Numbers(text, "x"), Numbers(text, "y"));
        var scale = Numbers(text, "font-size")[0] / StrokeFont.Em;
        var bold = text.Attribute("font-weight")?.Value is "bold" or "600" or "700";
        var strokes = new XElement(
            text.Name.Namespace + "g",
            new XAttribute("aria-label", letters),
            new XAttribute("fill", "none"),
            new XAttribute("stroke", text.Attribute("fill")?.Value ?? "black"),
            new XAttribute("stroke-width", StrokeFont.Pen(bold)),
            new XAttribute("stroke-linecap", "round"),
            new XAttribute("stroke-linejoin", "round"),
            text.Attributes().Where(attribute => attribute.Name.LocalName is "transform" or "opacity" or "clip-path"));
        foreach (var (i, letter) in letters.Index())
        {
            var path = Glyphs.Of(letter).Path;
            if (path.Length == 0) continue;
            var x = xs[i] + (scale * StrokeFont.Bearing);
            var y = ys[Math.Min(i, ys.Length - 1)] - (scale * StrokeFont.BaseLine);
            var place = string.Create(CultureInfo.InvariantCulture, $"translate({x:0.###},{y:0.###})scale({scale:0.####})");
            strokes.Add(new XElement(text.Name.Namespace + "path", new XAttribute("transform", place), new XAttribute("d", path)));
        }
        return strokes;
    }

    private static float[] Numbers(XElement text, string name)
    {
        var numbers = text.Attribute(name)!.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        return [.. numbers.Select(number => float.Parse(number, CultureInfo.InvariantCulture))];
    }
}
