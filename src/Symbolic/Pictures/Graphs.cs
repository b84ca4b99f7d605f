using DeepSym.Pictures;

namespace DeepSym;

/// <summary>
/// Expressions and compiled functions as text and pictures. Names given by the user and, where <see cref="Origins"/> were recorded, lines of the program are shown;
/// bodies of loops and branches are nested.
/// </summary>
public static class Graphs
{
    /// <summary>
    /// The expressions as a tree of lines: op, number, type, name, line of the program. What was shown above is cut short by an ellipsis; bodies follow. (Theano: <c>debugprint</c>.)
    /// </summary>
    public static string Tree(params IEnumerable<Expr> exprs) => Pictures.Tree.Write(exprs.Select(expr => ("", expr)));

    /// <summary>The graph of a function as a tree of lines.</summary>
    /// <param name="function">The function.</param>
    /// <param name="stage">Before or after rewriting; the default is after. <see cref="GraphStage.Steps"/> gives the kernels as loops.</param>
    public static string Tree(Function function, GraphStage stage = GraphStage.Rewritten)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (stage == GraphStage.Steps && function.Executable.Host is { } host) return Kernels.SchedulePrinter.Print(host.Schedule);
        var graph = stage == GraphStage.Written ? function.Graph : function.Executable.Graph;
        return Pictures.Tree.Write([.. graph.Outputs.Select((output, k) => ($"output {k}", output)), .. graph.Updates.Select(update => ($"new {update.Variable.Name}", update.Value))]);
    }

    /// <summary>The expression as mathematics writes it; parts that occur again are written once, on lines below. (Theano: <c>pp</c>.)</summary>
    public static string Infix(Expr expr)
    {
        ArgumentNullException.ThrowIfNull(expr);
        return DeepSym.Infix.Print(expr);
    }

    /// <summary>The expressions in the language of Graphviz.</summary>
    public static string ToDot(params IEnumerable<Expr> exprs) => Dot.Write(ExprDrawing.Of("expressions", exprs));

    /// <summary>The graph or the steps of a function in the language of Graphviz; the nodes that one step computes are a cluster.</summary>
    public static string ToDot(Function function, GraphStage stage = GraphStage.Rewritten) => Dot.Write(Draw(function, stage));

    /// <summary>The expressions in the language of Mermaid.</summary>
    public static string ToMermaid(params IEnumerable<Expr> exprs) => Mermaid.Write(ExprDrawing.Of("expressions", exprs));

    /// <summary>The graph or the steps of a function in the language of Mermaid; the nodes that one step computes are a subgraph.</summary>
    public static string ToMermaid(Function function, GraphStage stage = GraphStage.Rewritten) => Mermaid.Write(Draw(function, stage));

    /// <summary>Writes a page with a picture of the expressions to look around in: it needs no network and nothing but a browser.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there before is still there.</exception>
    public static void SaveHtml(string path, params IEnumerable<Expr> exprs) => HtmlPage.Save(path, "Expressions", [ExprDrawing.Of("expressions", exprs)]);

    /// <summary>
    /// Writes a page with pictures of a function to look around in: as it was written, as it was rewritten, and its steps with their memory and, if the function was compiled
    /// with <see cref="CompileOptions.Profile"/> and called, their times. The page needs no network and nothing but a browser.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written; what was there before is still there.</exception>
    public static void SaveHtml(string path, Function function)
    {
        ArgumentNullException.ThrowIfNull(function);
        HtmlPage.Save(path, function.Name, [.. Enum.GetValues<GraphStage>().Where(stage => stage == GraphStage.Written || function.Executable.Host is not null).Select(stage => Draw(function, stage))]);
    }

    static Drawing Draw(Function function, GraphStage stage)
    {
        ArgumentNullException.ThrowIfNull(function);
        return (stage, function.Executable.Host) switch
        {
            (GraphStage.Written, _) or (_, null) => ExprDrawing.Of("written", function.Graph),
            (GraphStage.Rewritten, var host) => StepDrawing.Nodes(host),
            (_, var host) => StepDrawing.Steps(host, "steps", function.Name),
        };
    }
}

/// <summary>Which form of a function is shown. The interpreter has only the first.</summary>
public enum GraphStage
{
    /// <summary>As it was written.</summary>
    Written,

    /// <summary>After rewriting, with the steps that compute each node.</summary>
    Rewritten,

    /// <summary>The steps: kernels, products, loops, and the buffers between them.</summary>
    Steps,
}
