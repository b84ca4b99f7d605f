using System.Text.RegularExpressions;

namespace DeepSym.Tests.Acceptance;

/// <summary>The page for those who come from Theano: whatever it names of this library exists and is public.</summary>
public sealed partial class PortingPageTests
{
    static readonly Type[] Public = typeof(T).Assembly.GetExportedTypes();

    public static TheoryData<string> Names => [.. Rows().SelectMany(cells => Code().Matches(cells[1]).Select(match => match.Groups[1].Value)).Distinct().Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Names))]
    public void A_name_of_the_page_exists(string name)
    {
        var type = Public.FirstOrDefault(type => type.FullName!.Replace('+', '.') == $"DeepSym.{name}");
        var dot = name.LastIndexOf('.');
        var owner = dot < 0 ? null : Public.FirstOrDefault(type => type.FullName!.Replace('+', '.') == $"DeepSym.{name[..dot]}");
        Assert.True(type is not null || owner?.GetMember(name[(dot + 1)..]) is { Length: > 0 }, $"There is no public {name}.");
    }

    [Fact]
    public void Every_row_of_the_page_names_something() => Assert.All(Rows(), cells => Assert.True(cells.Length == 3 && Code().IsMatch(cells[1]), string.Join(" | ", cells)));

    static IEnumerable<string[]> Rows() => Files.Lines("docs", "from-theano.md").Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Theano |", StringComparison.Ordinal))
        .Select(line => Bar().Split(line[1..^1]).Select(cell => cell.Trim()).ToArray());

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();
}
