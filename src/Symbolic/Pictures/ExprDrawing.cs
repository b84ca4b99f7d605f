using DeepSym.Kernels;

namespace DeepSym.Pictures;

/// <summary>Draws expressions: a box for each node, nested drawings for the bodies of loops and branches.</summary>
static class ExprDrawing
{
    const int MaxFact = 600;   // characters

    /// <summary>The drawing of expressions; <paramref name="more"/> adds to what there is to know of a node.</summary>
    public static Drawing Of(string title, IEnumerable<Expr> exprs, Action<Expr, Box>? more = null)
    {
        var (roots, drawing) = (exprs.ToList(), new Drawing(title));
        Draw(drawing, roots, more);
        for (var i = 0; i < roots.Count; i++) End(drawing, BoxKind.Output, roots.Count == 1 ? "result" : $"result {i}", roots[i]);
        return drawing;
    }

    /// <summary>The drawing of the graph of a function.</summary>
    public static Drawing Of(string title, Graph graph, Action<Expr, Box>? more = null)
    {
        var drawing = new Drawing(title);
        Draw(drawing, [.. graph.Inputs, .. graph.Roots], more);
        for (var i = 0; i < graph.Outputs.Length; i++) End(drawing, BoxKind.Output, $"output {i}", graph.Outputs[i]);
        foreach (var (variable, value) in graph.Updates) End(drawing, BoxKind.Update, $"new {variable.Name}", value);
        return drawing;
    }

    static void End(Drawing drawing, BoxKind kind, string label, Expr value)
    {
        var box = drawing.Box(new object(), kind, label);
        box.Facts.Add(("type", value.Type.ToString()));
        drawing.Arrow(drawing.Box(value, BoxKind.Op, ""), box);
    }

    // Bodies wait in a queue: they may lie in each other as deep as they like.
    static void Draw(Drawing whole, IReadOnlyList<Expr> whole_roots, Action<Expr, Box>? more)
    {
        var pending = new Queue<(Drawing Drawing, IReadOnlyList<Expr> Roots)>([(whole, whole_roots)]);
        while (pending.TryDequeue(out var next))
        {
            var (drawing, roots) = next;
            foreach (var node in Traversal.Topological(roots))
            {
                var box = drawing.Box(node, KindOf(node), Label(node));
                foreach (var input in node.Inputs) drawing.Arrow(drawing.Box(input, BoxKind.Op, ""), box);
                Tell(node, box);
                if (drawing == whole) more?.Invoke(node, box);
                foreach (var body in (node.Op as TupleOp)?.Bodies ?? [])
                {
                    var inner = new Drawing($"body of {node.Op!.Name}");
                    box.Inner.Add(inner);
                    pending.Enqueue((inner, [.. body.Parameters, .. body.Results]));
                }
            }
            if (drawing == whole) continue;
            var results = roots.Skip(roots.TakeWhile(root => root is Variable).Count()).ToList();
            for (var i = 0; i < results.Count; i++) End(drawing, BoxKind.Output, $"result {i}", results[i]);
        }
    }

    static void Tell(Expr node, Box box)
    {
        box.Facts.Add(("type", node.Type.ToString()));
        if (node.Name is { Length: > 0 } name) box.Facts.Add(("name", name));
        if (node.Op is { } op) box.Facts.AddRange([("expression", Cut(Unnamed(node))), ("op", Cut(op.ToString()))]);
        if (Origins.Of(node) is { } origin) box.Facts.Add(("built at", origin.File is null ? origin.Method : $"{origin.File}:{origin.Line} in {origin.Method}"));
    }

    static string Unnamed(Expr node) => node.Name is null ? Infix.Short(node, 200) : Infix.Print(node).Split('\n')[0];

    static string Cut(string text) => text.Length <= MaxFact ? text : text[..MaxFact] + "…";

    static BoxKind KindOf(Expr node) => node switch
    {
        SharedVariable => BoxKind.Shared,
        Constant => BoxKind.Constant,
        Leaf => BoxKind.Input,
        _ => BoxKind.Op,
    };

    static string Label(Expr node)
    {
        var text = node switch
        {
            Constant constant => ExprPrinter.Literal(constant),
            Leaf leaf => leaf.Name!,
            { Op: Map { Function.Symbol: { } symbol } } => symbol,
            { Op: Project(var index) } => $".{index}",
            { Op: DimValue size } => size.Dim.ToString()!,
            _ => node.Op!.Name,
        };
        if (node is Apply && node.Name is { } name) text = $"{name} = {text}";
        return node.Type.Parts.Count > 0 || node is Constant { Rank: > 0 } ? text : $"{text}\n{node.Type}";
    }
}
