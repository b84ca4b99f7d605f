namespace DeepSym;

/// <summary>Reads the notation of <see cref="T.Einsum"/>: a label for each axis. Letters are themselves, the axes of an ellipsis are negative, the last of them -1.</summary>
static class EinsumSpec
{
    /// <summary>The labels of each operand, and those of the result.</summary>
    public static (int[][] Inputs, int[] Output) Parse(string spec, Expr[] operands)
    {
        var sides = spec.Replace(" ", "", StringComparison.Ordinal).Split("->");
        if (sides.Length > 2) throw Wrong(spec, "there is more than one '->'.");
        var texts = sides[0].Split(',');
        if (texts.Length != operands.Length) throw Wrong(spec, $"it names {texts.Length} operands, and {operands.Length} were given.");
        int[][] inputs = [.. texts.Select((text, i) => Labels(spec, text, operands[i]))];
        int[] rest = [.. inputs.SelectMany(l => l).Where(l => l < 0).Distinct().Order()];
        if (sides.Length == 1)
            return (inputs, [.. rest, .. inputs.SelectMany(l => l).Where(l => l > 0).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order()]);
        var output = Read(spec, sides[1], rest);
        foreach (var label in output)
        {
            if (!inputs.Any(l => l.Contains(label))) throw Wrong(spec, $"the result names '{NameOf(label)}', which no operand has.");
            if (output.Count(l => l == label) > 1) throw Wrong(spec, $"the result names '{NameOf(label)}' twice.");
        }
        return (inputs, output);
    }

    public static string NameOf(int label) => label < 0 ? "..." : $"{(char)label}";

    static int[] Labels(string spec, string text, Expr operand)
    {
        var letters = text.Replace("...", "", StringComparison.Ordinal).Length;
        var rest = operand.Rank - letters;
        if (rest < 0 || rest > 0 && letters == text.Length)
            throw Wrong(spec, $"'{text}' names {letters} axes, and {operand.Describe()} has {operand.Rank}.");
        return Read(spec, text, [.. Enumerable.Range(-rest, rest)]);
    }

    static int[] Read(string spec, string text, int[] rest)
    {
        var at = text.IndexOf("...", StringComparison.Ordinal);
        var letters = at < 0 ? text : text.Remove(at, 3);
        if (letters.Any(c => !char.IsAsciiLetter(c))) throw Wrong(spec, $"'{text}' must consist of letters and at most one '...'.");
        return at < 0 ? [.. letters.Select(c => (int)c)] : [.. letters[..at].Select(c => (int)c), .. rest, .. letters[at..].Select(c => (int)c)];
    }

    static ArgumentException Wrong(string spec, string problem) => new($"einsum(\"{spec}\"): {problem}");
}
