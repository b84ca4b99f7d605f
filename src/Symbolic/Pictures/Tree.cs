using System.Globalization;
using System.Text;

namespace DeepSym.Pictures;

/// <summary>Expressions as a tree of lines, each node with its number, its type, its name and the line where it was built; what was shown above is not shown again.</summary>
static class Tree
{
    const int MaxDepth = 200;   // levels: deeper ones begin anew below

    public static string Write(IEnumerable<(string Label, Expr Root)> roots)
    {
        var (text, numbers, bodies, later) = (new StringBuilder(), new Dictionary<Expr, int>(), new List<Expr>(), new Queue<Expr>());
        foreach (var (label, root) in roots)
        {
            if (label.Length > 0) text.Append(label).Append('\n');
            Below(root);
        }
        while (later.TryDequeue(out var deep))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n#{numbers[deep]}, from above\n");
            Below(deep);
        }
        for (var i = 0; i < bodies.Count; i++)   // more may come while they are written
            foreach (var body in ((TupleOp)bodies[i].Op!).Bodies)
            {
                text.Append(CultureInfo.InvariantCulture, $"\nbody of #{numbers[bodies[i]]}: {string.Join(", ", body.Parameters.Select(p => $"{p.Name}: {p.Type}"))}\n");
                foreach (var result in body.Results) Below(result);
            }
        return text.ToString();

        void Below(Expr top)
        {
            var stack = new Stack<(Expr Node, string Indent, string Branch, int Depth)>();
            stack.Push((top, "", "", 0));
            while (stack.TryPop(out var next))
            {
                var (node, indent, branch, depth) = next;
                text.Append(indent).Append(branch);
                var isKnown = numbers.ContainsKey(node);
                Line(node);
                if (isKnown && depth > 0 || node.Inputs.Length == 0)
                {
                    text.Append(node.Inputs.Length > 0 ? " …\n" : "\n");
                    continue;
                }
                if (depth == MaxDepth)
                {
                    text.Append(" … below\n");
                    later.Enqueue(node);
                    continue;
                }
                text.Append('\n');
                var inner = indent + branch switch { "" => "", "├─ " => "│  ", _ => "   " };
                for (var i = node.Inputs.Length - 1; i >= 0; i--) stack.Push((node.Inputs[i], inner, i == node.Inputs.Length - 1 ? "└─ " : "├─ ", depth + 1));
            }
        }

        void Line(Expr node)
        {
            if (node is Apply && numbers.TryAdd(node, numbers.Count + 1) && node.Op is TupleOp { Bodies.Count: > 0 }) bodies.Add(node);
            text.Append(node switch { Constant constant => ExprPrinter.Literal(constant), Leaf leaf => leaf.Name, { Op: TupleOp op } => op.Name, _ => node.Op!.ToString() });
            if (node is Apply) text.Append(CultureInfo.InvariantCulture, $" #{numbers[node]}");
            if (node is not Constant { Rank: > 0 }) text.Append(": ").Append(node.Type);
            if (node is Apply && node.Name is { } name) text.Append(" '").Append(name).Append('\'');
            if (Origins.Of(node) is { } origin) text.Append(" (").Append(origin).Append(')');
        }
    }
}
