using System.Globalization;
using System.Text;

namespace DeepSym.Pictures;

/// <summary>Drawings in the language of Graphviz; steps and bodies are clusters.</summary>
static class Dot
{
    static readonly string[] Colours = ["#dbeafe", "#dcfce7", "#fef9c3", "#fee2e2", "#f3e8ff", "#cffafe", "#ffedd5", "#e5e7eb"];

    public static string Write(Drawing whole)
    {
        var text = new StringBuilder();
        var prefixes = whole.All().Select((drawing, i) => (drawing, i)).ToDictionary(pair => pair.drawing, pair => $"g{pair.i}n");
        text.Append(CultureInfo.InvariantCulture, $"digraph {Quoted(whole.Title)} {{\n  rankdir=TB;\n  node [fontname=\"sans-serif\", fontsize=11, style=filled, fillcolor=white];\n  edge [fontname=\"sans-serif\", fontsize=9];\n");
        foreach (var (drawing, prefix) in prefixes)
        {
            if (drawing != whole) text.Append(CultureInfo.InvariantCulture, $"  subgraph cluster_{prefix} {{\n  label={Quoted(drawing.Title)}; style=dashed;\n");
            foreach (var group in drawing.Boxes.GroupBy(box => box.Kind == BoxKind.Op ? box.Step : -1))
            {
                if (group.Key >= 0) text.Append(CultureInfo.InvariantCulture, $"  subgraph cluster_{prefix}s{group.Key} {{\n  label={Quoted(drawing.Steps[group.Key])}; style=filled; color={Quoted(Colours[group.Key % Colours.Length])};\n");
                foreach (var box in group) text.Append(CultureInfo.InvariantCulture, $"  {prefix}{box.Number} [label={Quoted(box.Label)}, {Look(box.Kind)}];\n");
                if (group.Key >= 0) text.Append("  }\n");
            }
            if (drawing != whole) text.Append("  }\n");
        }
        foreach (var (drawing, prefix) in prefixes)
        {
            foreach (var (from, to, label) in drawing.Arrows)
                text.Append(CultureInfo.InvariantCulture, $"  {prefix}{from.Number} -> {prefix}{to.Number}{(label.Length > 0 ? $" [label={Quoted(label)}]" : "")};\n");
            foreach (var box in drawing.Boxes)
                foreach (var inner in box.Inner)
                    if (inner.Boxes.LastOrDefault() is { } last) text.Append(CultureInfo.InvariantCulture, $"  {prefixes[inner]}{last.Number} -> {prefix}{box.Number} [style=dashed, label=\"body\"];\n");
        }
        return text.Append("}\n").ToString();
    }

    static string Look(BoxKind kind) => kind switch
    {
        BoxKind.Input => "shape=ellipse, fillcolor=\"#bbf7d0\"",
        BoxKind.Shared => "shape=ellipse, fillcolor=\"#a5f3fc\"",
        BoxKind.Constant => "shape=plain",
        BoxKind.Output => "shape=ellipse, fillcolor=\"#bfdbfe\"",
        BoxKind.Update => "shape=ellipse, fillcolor=\"#fde68a\"",
        _ => "shape=box",
    };

    static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
