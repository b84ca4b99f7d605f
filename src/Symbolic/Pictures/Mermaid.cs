using System.Globalization;
using System.Text;

namespace DeepSym.Pictures;

/// <summary>Drawings in the language of Mermaid, which many pages of documentation show; steps and bodies are subgraphs.</summary>
static class Mermaid
{
    public static string Write(Drawing whole)
    {
        var text = new StringBuilder("flowchart TB\n");
        var prefixes = whole.All().Select((drawing, i) => (drawing, i)).ToDictionary(pair => pair.drawing, pair => $"g{pair.i}n");
        foreach (var (drawing, prefix) in prefixes)
        {
            if (drawing != whole) text.Append(CultureInfo.InvariantCulture, $"  subgraph {prefix}[{Quoted(drawing.Title)}]\n");
            foreach (var group in drawing.Boxes.GroupBy(box => box.Kind == BoxKind.Op ? box.Step : -1))
            {
                if (group.Key >= 0) text.Append(CultureInfo.InvariantCulture, $"  subgraph {prefix}s{group.Key}[{Quoted(drawing.Steps[group.Key])}]\n");
                foreach (var box in group) text.Append(CultureInfo.InvariantCulture, $"  {prefix}{box.Number}{Shaped(box)}\n");
                if (group.Key >= 0) text.Append("  end\n");
            }
            if (drawing != whole) text.Append("  end\n");
        }
        foreach (var (drawing, prefix) in prefixes)
        {
            foreach (var (from, to, label) in drawing.Arrows)
                text.Append(CultureInfo.InvariantCulture, $"  {prefix}{from.Number} -->{(label.Length > 0 ? $"|{Quoted(label)}|" : "")} {prefix}{to.Number}\n");
            foreach (var box in drawing.Boxes)
                foreach (var inner in box.Inner) text.Append(CultureInfo.InvariantCulture, $"  {prefixes[inner]} -. body .-> {prefix}{box.Number}\n");
        }
        return text.ToString();
    }

    static string Shaped(Box box) => box.Kind switch
    {
        BoxKind.Op or BoxKind.Step => $"[{Quoted(box.Label)}]",
        BoxKind.Constant => $"({Quoted(box.Label)})",
        _ => $"([{Quoted(box.Label)}])",
    };

    // Whatever may mean something to Mermaid is written as a code.
    static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
            if (c == '\n') quoted.Append("<br/>");
            else if (c is '"' or '#' or '<' or '>' or '&' or '`' or ';' or '\\' || char.IsControl(c)) quoted.Append(CultureInfo.InvariantCulture, $"#{(int)c};");
            else quoted.Append(c);
        return quoted.Append('"').ToString();
    }
}
