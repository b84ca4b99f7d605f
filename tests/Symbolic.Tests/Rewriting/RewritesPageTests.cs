using System.Text;
using DeepSym.Rewriting;

namespace DeepSym.Tests.Rewriting;

/// <summary>The page docs/rewrites.md, made of the tables themselves: run with DEEPSYM_ACCEPT=1 to write it anew.</summary>
public sealed class RewritesPageTests
{
    const string Heading = """
        # Rewrites

        What the compiler makes of expressions before it makes kernels of them. Every row is an equation that a test checks at random points, in every dtype, in
        the way that its promise says:

        | promise | how the right side may differ from the left | applied under `Numerics` |
        |---|---|---|
        | exact | not at all | `Strict`, `Default`, `Fast` |
        | more accurate | it is right where the left side overflows, cancels or loses a small part | `Default`, `Fast` |
        | reassociates | in rounding, and in the sign of zero | `Default`, `Fast` |
        | assumes finite | where an infinity or a NaN is met on the way | `Fast` |

        `function.Rewrites` says which rows fired. A test writes this page from the tables.


        """;

    const string Comparison = """
        ## Beside Theano

        Theano's rewrites by the names in its source (1.0.5), those for devices left out, and what PyTensor added; what one of them does is often several rows here,
        and the other way round.


        """;

    [Fact]
    public void The_page_on_rewrites_is_made_of_the_tables()
    {
        var text = Page().ReplaceLineEndings("\n");
        var stored = Path();
        if (Environment.GetEnvironmentVariable("DEEPSYM_ACCEPT") == "1") File.WriteAllText(stored, text);
        Assert.True(File.Exists(stored), $"There is no {stored}: run with DEEPSYM_ACCEPT=1, and read what it writes.");
        Assert.Equal(File.ReadAllText(stored).ReplaceLineEndings("\n"), text);
    }

    [Fact]
    public void What_the_page_calls_done_is_done_by_rows_that_exist()
    {
        var known = Tables.All.SelectMany(table => table.Rules).Select(rule => rule.Name).Concat(DeepSym.Rewriting.Loops.Rules.Select(rule => rule.Name)).ToHashSet();
        Assert.Empty(TheanoRewrites.Sections.SelectMany(section => section.Rewrites).SelectMany(rewrite => rewrite.Rows).Except(known));
        Assert.All(TheanoRewrites.Sections.SelectMany(section => section.Rewrites), rewrite => Assert.True(rewrite.Fate == Fate.Done ? rewrite.Rows.Length > 0 : rewrite.Why.Length > 0, rewrite.Names));
    }

    static string Page()
    {
        var page = new StringBuilder(Heading);
        foreach (var (name, about, rules) in Tables.All)
        {
            page.Append($"## {name}\n\n{about}\n\n| rewrite | left → right | promise |\n|---|---|---|\n");
            foreach (var rule in rules) page.Append($"| {rule.Name} | {Code(rule.Text)}{(rule is Equation { Condition: { } condition } ? $" ({condition})" : "")} | {Words(rule.Promise)} |\n");
            page.Append('\n');
        }
        page.Append("## Loops\n\nRewrites that look at a whole loop and at what is used of it.\n\n| rewrite | promise |\n|---|---|\n");
        foreach (var rule in DeepSym.Rewriting.Loops.Rules) page.Append($"| {rule.Name} | {Words(rule.Promise)} |\n");
        page.Append('\n').Append(Comparison);
        foreach (var (title, rewrites) in TheanoRewrites.Sections)
        {
            page.Append($"### {title}\n\n| Theano | what it does | here |\n|---|---|---|\n");
            foreach (var rewrite in rewrites) page.Append($"| {rewrite.Names.Replace("_", "\\_", StringComparison.Ordinal)} | {Escaped(rewrite.Does)} | {Here(rewrite)} |\n");
            page.Append('\n');
        }
        return page.ToString().TrimEnd() + "\n";
    }

    static string Here(TheanoRewrite rewrite) => rewrite.Fate switch
    {
        Fate.Done => $"done: {string.Join("; ", rewrite.Rows.Select(row => $"*{row}*"))}",
        Fate.NotNeeded => $"not needed: {Escaped(rewrite.Why)}",
        _ => $"left out: {Escaped(rewrite.Why)}",
    };

    static string Words(Promise promise) => promise switch
    {
        Promise.Exact => "exact",
        Promise.MoreAccurate => "more accurate",
        Promise.Reassociates => "reassociates",
        _ => "assumes finite",
    };

    static string Code(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";

    static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);

    static string Path()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(folder, "DeepSym.sln"))) folder = System.IO.Path.GetDirectoryName(folder)!;
        return System.IO.Path.Combine(folder, "docs", "rewrites.md");
    }
}
