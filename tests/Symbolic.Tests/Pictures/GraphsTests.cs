using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DeepSym.Tests.Pictures;

/// <summary>Expressions and functions as text and pictures.</summary>
public sealed class GraphsTests
{
    const string Nasty = "</script><b>\"quoted\" \\ #1; & `x`\nnew";

    [Fact]
    public void A_tree_shows_shared_parts_once_with_numbers_types_and_names()
    {
        var (x, w) = (T.FMatrix("x", "n", 3), T.Shared(Tensor.Zeros<float>(3, 2), "w"));
        var y = T.Tanh(T.Dot(x, w)).Named("y");
        Assert.Equal("""
            mul #1: float32[n,2]
            ├─ tanh #2: float32[n,2] 'y'
            │  └─ dot[1·0] #3: float32[n,2]
            │     ├─ x: float32[n,3]
            │     └─ w: float32[3,2]
            └─ sqr #4: float32[n,2]
               └─ tanh #2: float32[n,2] 'y' …

            """, Graphs.Tree(y * T.Sqr(y)));
    }

    [Fact]
    public void A_tree_shows_bodies_and_lines_of_the_program()
    {
        using var scope = Origins.Record();
        var x = T.DVector("x");
        var (last, _) = T.Scan([T.Constant(Tensor.Scalar(0.5))], [x], (carry, xs) => ([T.Tanh(carry[0] + xs[0])], []));
        var text = Graphs.Tree(last[0]);
        Assert.Contains("└─ scan #2: ", text, StringComparison.Ordinal);
        Assert.Contains("\nbody of #2: carry", text, StringComparison.Ordinal);
        Assert.Matches(@"tanh #3: float64 \(GraphsTests\.cs:\d+\)\n└─ add #4: ", text);
    }

    [Fact]
    public void A_deep_tree_begins_anew_below()
    {
        Expr x = T.DScalar("x");
        for (var i = 0; i < 1000; i++) x = T.Sin(x);
        var text = Graphs.Tree(x);
        Assert.Equal(1000, Regex.Count(text, "sin #[0-9]+: float64\n"));
        Assert.Equal(4, Regex.Count(text, "#[0-9]+, from above"));
    }

    [Fact]
    public void Infix_text_has_no_more_brackets_than_needed()
    {
        var (a, b, c) = (T.DScalar("a"), T.DScalar("b"), T.DScalar("c"));
        Assert.Equal("a - (b - c) * 2", Graphs.Infix(a - (b - c) * 2));
        Assert.Equal("a - b - c", Graphs.Infix(a - b - c));
        Assert.Equal("a / (b / c)", Graphs.Infix(a / (b / c)));
        Assert.Equal("-(a + b) ** 2", Graphs.Infix(-T.Pow(a + b, 2)));
        Assert.Equal("(-a) ** b ** c", Graphs.Infix(T.Pow(-a, T.Pow(b, c))));
        Assert.Equal("a - -1 * b", Graphs.Infix(a - -1 * b));
        var (x, i) = (T.DMatrix("x", "n", 4), T.LVector("i"));
        Assert.Equal("dot(x.T, x)[1:3, :]", Graphs.Infix(T.Dot(x.Transpose(), x)[1..3, ..]));
        var z = T.DMatrix("z", 5, 4);
        Assert.Equal("z[1:, :2] + z[:4, ::-1][:, 2:]", Graphs.Infix(z[1.., ..2] + z[..^1, T.Range(null, null, -1)][.., 2..]));
        Assert.Equal("sum(x[i] + 1, axis 1)", Graphs.Infix(T.Sum(x[i] + 1, 1)));
    }

    [Fact]
    public void Infix_text_has_shared_and_named_parts_below()
    {
        var x = T.DVector("x");
        var (s, named) = (T.Exp(x) / T.Sum(T.Exp(x)), T.Sqr(x).Named("energy"));
        Assert.Equal("%1 * %1 + energy\nwhere energy = sqr(x)\nwhere %1 = exp(x) / sum(exp(x))", Graphs.Infix(s * s + named));
        Expr deep = x;
        for (var i = 0; i < 3000; i++) deep = T.Sin(deep + 1);
        Assert.True(Graphs.Infix(deep).Length < 100_000);
    }

    [Fact]
    public void Names_of_the_user_cannot_break_out_of_any_language()
    {
        var x = T.DVector(Nasty);
        var y = (x + 1).Named(Nasty);
        Assert.DoesNotMatch("(?<!\\\\)\"quoted", Graphs.ToDot(y));
        Assert.DoesNotContain("</script", Graphs.ToMermaid(y), StringComparison.Ordinal);
        Assert.DoesNotContain("\"quoted", Graphs.ToMermaid(y), StringComparison.Ordinal);
        var page = Page(path => Graphs.SaveHtml(path, Function.Compile([x], y, options: new CompileOptions { Name = Nasty })));
        Assert.Equal(1, Regex.Count(page, "</script>"));
        Assert.DoesNotContain("<b>\"quoted", page, StringComparison.Ordinal);
        Assert.Contains(Data(page)[0]!["boxes"]!.AsArray(), box => box!["label"]!.GetValue<string>().StartsWith(Nasty, StringComparison.Ordinal));
    }

    [Fact]
    public void A_picture_of_a_function_has_its_steps_as_clusters_and_its_bodies_nested()
    {
        var (f, _) = Recurrent();
        var dot = Graphs.ToDot(f);
        Assert.Contains("subgraph cluster_g0ns0 {", dot, StringComparison.Ordinal);
        Assert.Contains("label=\"body of scan\"", dot, StringComparison.Ordinal);
        Assert.Equal(dot.Count(c => c == '{'), dot.Count(c => c == '}'));
        var mermaid = Graphs.ToMermaid(f, GraphStage.Steps);
        Assert.StartsWith("flowchart TB\n", mermaid, StringComparison.Ordinal);
        Assert.Equal(Regex.Count(mermaid, "^  subgraph ", RegexOptions.Multiline), Regex.Count(mermaid, "^  end$", RegexOptions.Multiline));
        Assert.Contains("-. body .->", mermaid, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_arrow_of_a_picture_joins_boxes_that_are_there()
    {
        var (f, expr) = Recurrent();
        foreach (var text in new[] { Graphs.ToDot(expr), Graphs.ToDot(f, GraphStage.Written), Graphs.ToDot(f), Graphs.ToDot(f, GraphStage.Steps) })
        {
            var boxes = Regex.Matches(text, @"^  (g\d+n\d+) \[", RegexOptions.Multiline).Select(m => m.Groups[1].Value).ToList();
            Assert.Equal(boxes.Count, boxes.Distinct().Count());
            Assert.Empty(Regex.Matches(text, @"^  (g\d+n\d+) -> (g\d+n\d+)", RegexOptions.Multiline).SelectMany(m => new[] { m.Groups[1].Value, m.Groups[2].Value }).Except(boxes));
        }
    }

    [Fact]
    public void The_page_of_a_function_shows_each_stage_with_memory_and_times_and_needs_no_network()
    {
        var (f, _) = Recurrent();
        f.Invoke(Tensor.Ones<double>(4));
        var page = Page(path => Graphs.SaveHtml(path, f));
        var data = Data(page);
        Assert.Equal(["written", "rewritten", "steps"], data.Where(d => d!["tab"]!.GetValue<bool>()).Select(d => d!["title"]!.GetValue<string>()));
        var facts = data.SelectMany(d => d!["boxes"]!.AsArray()).SelectMany(box => box!["facts"]!.AsArray()).Select(fact => (fact![0]!.GetValue<string>(), fact[1]!.GetValue<string>())).ToList();
        foreach (var wanted in new[] { "type", "expression", "built at", "step", "memory", "computes", "reads", "writes", "time", "stands for" }) Assert.Contains(facts, fact => fact.Item1 == wanted);
        Assert.Contains(facts, fact => fact.Item1 == "built at" && fact.Item2.Contains("GraphsTests.cs:", StringComparison.Ordinal));
        Assert.DoesNotMatch("(src|href)=|fetch\\(|import ", page);
        Assert.Equal("http://www.w3.org/2000/svg", Assert.Single(Regex.Matches(page, "https?://[^\"]*").Select(m => m.Value).Distinct()));
    }

    [Fact]
    public void A_page_of_expressions_and_one_of_an_interpreted_function_show_what_there_is()
    {
        var x = T.DVector("x");
        Assert.Equal("expressions", Assert.Single(Data(Page(path => Graphs.SaveHtml(path, x * 2))))!["title"]!.GetValue<string>());
        var interpreted = Function.Compile([x], x * 2, options: new CompileOptions { Backend = Backend.Interpreter });
        Assert.Equal("written", Assert.Single(Data(Page(path => Graphs.SaveHtml(path, interpreted))))!["title"]!.GetValue<string>());
        Assert.Contains("mul", Graphs.Tree(interpreted), StringComparison.Ordinal);
    }

    // Names, lines, loops, updates, times.
    static (Function, Expr) Recurrent()
    {
        using var scope = Origins.Record();
        var (x, w) = (T.DVector("x"), T.Shared(Tensor.Scalar(0.5), "w"));
        var (last, _) = T.Scan([T.Constant(Tensor.Scalar(0.5))], [x], (carry, xs) => ([T.Tanh(carry[0] * w + xs[0])], []));
        var loss = T.Log(1 + T.Exp(last[0])).Named("loss");
        return (Function.Compile([x], [loss, T.Softmax(x)], [(w, w - 0.1 * T.Grad(loss, w))], options: new CompileOptions { Profile = true, Name = "step" }), loss);
    }

    static string Page(Action<string> save)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "view.html");
        save(path);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        if (Environment.GetEnvironmentVariable("KEEP") is { } keep) File.Copy(path, keep, overwrite: true);
        return File.ReadAllText(path);
    }

    static JsonArray Data(string page) => JsonNode.Parse(Regex.Match(page, "^const drawings = (.*);$", RegexOptions.Multiline).Groups[1].Value)!.AsArray();
}
