using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace DeepSym.Tests.Acceptance;

/// <summary>Every row has a test here, a test elsewhere, or a reason why it is different; the README says which.</summary>
public sealed partial class CoverageTests
{
    static readonly (char Kind, int Count)[] Rows = [('B', 27), ('D', 37), ('S', 34), ('C', 25), ('G', 25), ('N', 30), ('H', 9), ('M', 27), ('L', 8), ('A', 25)];

    static readonly string[] Readme = Files.Lines("tests", "Symbolic.Tests", "Acceptance", "README.md");

    [Fact]
    public void Every_row_is_held_or_named_as_different()
    {
        var expected = Rows.SelectMany(kind => Enumerable.Range(1, kind.Count).Select(number => $"{kind.Kind}{number}")).Except(["N12"]).Concat(["R8", "R9"]);
        var held = Tests().Where(test => test.DeclaringType!.Namespace == typeof(CoverageTests).Namespace).SelectMany(test => RowsOf(test.Name));
        Assert.Empty(expected.Except(held).Except(Elsewhere().Select(row => row.Row)).Except(Different()));
    }

    [Fact]
    public void A_test_that_the_README_names_exists() =>
        Assert.Empty(Elsewhere().Select(row => row.Test).Except(Tests().Select(test => $"{test.DeclaringType!.Name}.{test.Name}")));

    static IEnumerable<MethodInfo> Tests() => typeof(CoverageTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttributes<FactAttribute>().Any());

    static IEnumerable<string> RowsOf(string name)
    {
        if (Range().Match(name) is { Success: true, Groups: var groups })
        {
            int Number(int group) => int.Parse(groups[group].Value, CultureInfo.InvariantCulture);
            return Enumerable.Range(Number(2), Number(3) - Number(2) + 1).Select(number => $"{groups[1].Value}{number}");
        }
        return List().Match(name).Groups[1].Captures.Select(capture => capture.Value);
    }

    static IEnumerable<(string Row, string Test)> Elsewhere() => Cells(2).Select(cells => (cells[0], cells[1]));

    static IEnumerable<string> Different() => Cells(3).SelectMany(cells => cells[0].Split(", "));

    static IEnumerable<string[]> Cells(int count) => Readme.Where(line => Row().IsMatch(line)).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells.Length == count);

    [GeneratedRegex(@"^([A-Z])(\d+)_to_\1(\d+)_")]
    private static partial Regex Range();

    [GeneratedRegex(@"^(?:([A-Z]\d+)_)+")]
    private static partial Regex List();

    [GeneratedRegex(@"^\| [A-Z]\d")]
    private static partial Regex Row();
}
