using System.Text;

namespace DeepSym;

/// <summary>
/// Prints expressions as text. A node that is used more than once, or that lies deep, is printed once as a numbered <c>let</c> line,
/// so that the text is as long as the graph and never as long as the tree.
/// </summary>
static class ExprPrinter
{
    const int MaxLine = 160;

    /// <summary>The expression as <c>let</c> lines and a last line; at most <paramref name="maxLines"/> lines, the first ones left out.</summary>
    public static string Print(Expr expr, int maxLines = 200)
    {
        var lines = Lines([expr], out var names);
        var text = new StringBuilder();
        if (lines.Count > maxLines) text.Append("... ").Append(lines.Count - maxLines).AppendLine(" lines before this one");
        foreach (var line in lines.Skip(Math.Max(0, lines.Count - maxLines))) text.AppendLine(line);
        return text.Append(names[expr]).ToString();
    }

    /// <summary>One line at most: the op and the names or ops of its inputs.</summary>
    public static string Brief(Expr expr) => expr switch
    {
        Constant constant => Literal(constant),
        Leaf leaf => leaf.Name!,
        _ => $"{expr.Op}({string.Join(", ", expr.Inputs.Select(i => i is Constant c ? Literal(c) : i.Name ?? i.Op?.Name))})",
    };

    /// <summary>The lines of a graph with several outputs, and how each node is written in them.</summary>
    public static List<string> Lines(IEnumerable<Expr> roots, out Dictionary<Expr, string> texts)
    {
        var order = Traversal.Topological(roots);
        var uses = new Dictionary<Expr, int>();
        foreach (var node in order)
            foreach (var input in node.Inputs) uses[input] = uses.GetValueOrDefault(input) + 1;
        var lines = new List<string>();
        texts = new Dictionary<Expr, string>(order.Count);
        var number = 0;
        foreach (var node in order)
        {
            var text = Text(node, texts);
            var shared = node is Apply && (uses.GetValueOrDefault(node) > 1 || text.Length > MaxLine || node.Name is not null && uses.ContainsKey(node));
            if (shared)
            {
                var name = node.Name ?? "%" + ++number;
                lines.Add($"let {name}: {node.Type} = {text}");
                text = name;
            }
            texts[node] = text;
        }
        return lines;
    }

    static string Text(Expr node, Dictionary<Expr, string> texts) => node switch
    {
        Constant constant => Literal(constant),
        Leaf leaf => leaf.Name!,
        { Op: Map { Function: var f }, Inputs: [var a, var b] } when f.Symbol is { } symbol => $"({texts[a]} {symbol} {texts[b]})",
        _ => $"{node.Op}({string.Join(", ", node.Inputs.Select(input => texts[input]))})",
    };

    /// <summary>A number, or the type of an array.</summary>
    public static string Literal(Constant constant) => constant.Value.Rank == 0 ? constant.Value.ToScalarText() : $"const {constant.Type}";
}
