namespace DeepSym.Tests.Ops.Types;

/// <summary>Which dtype two dtypes give: the table of docs/dtypes.md, computed.</summary>
public sealed class PromotionPageTests
{
    const string Heading = """
        # Dtypes

        | dtype | computed in | as a float |
        |---|---|---|

        """;

    const string Meetings = """

        Narrow dtypes are storage: 8- and 16-bit integers wrap around as they should, 16-bit floats are rounded after every operation. Sums of signed integers are
        int64, of unsigned ones uint64. A literal takes the dtype of what it meets, unless its kind is higher (bool < integer < float) or it lies beyond that dtype:
        `x + 1` of a uint8 is a uint8, `x + 1000` an int16, `x * 0.5` a float32. As a float an integer is what the last column says: in divisions, means and
        functions such as `exp`.

        Two dtypes meet in the smallest of the higher kind that holds both; an integer never widens a float. A test computes this page.


        """;

    [Fact]
    public void The_page_on_dtypes_says_which_dtype_two_give()
    {
        var all = DTypes.All.ToArray();
        var facts = string.Concat(all.Select(d => $"| {d.Name()} | {d.Computed().Name()} | {Promotion.ToFloating(d).Name()} |\n"));
        var table = $"| |{string.Concat(all.Select(d => $" {d.Name()} |"))}\n|---|{string.Concat(all.Select(_ => "---|"))}\n"
            + string.Concat(all.Select(left => $"| {left.Name()} |{string.Concat(all.Select(right => $" {Promotion.Common(left, right).Name()} |"))}\n"));
        Assert.Equal((Heading + facts + Meetings + table).ReplaceLineEndings("\n"), File.ReadAllText(Page()).ReplaceLineEndings("\n"));
    }

    static string Page()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DeepSym.sln"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, "docs", "dtypes.md");
    }
}
