using System.Globalization;

namespace DeepSym;

/// <summary>Reads the text <c>{'name': value, ...}</c> whose values are strings, True, False or tuples of integers.</summary>
internal ref struct PythonDictionary
{
    private ReadOnlySpan<char> rest;

    /// <summary>The values by name, as <see cref="string"/>, <see cref="bool"/>, <see cref="long"/>[], or null for a list; null when the text is
    /// not such a dictionary.</summary>
    public static Dictionary<string, object?>? Parse(ReadOnlySpan<char> text)
    {
        var parser = new PythonDictionary { rest = text };
        Dictionary<string, object?> values = [];
        if (!parser.Take('{'))
            return null;
        while (!parser.Take('}'))
            if (!parser.Text(out var name) || !parser.Take(':') || !parser.Value(out var value) || !values.TryAdd(name, value)
                || !parser.Take(',') && !parser.rest.StartsWith('}'))
                return null;
        return parser.rest.IsWhiteSpace() ? values : null;
    }

    private bool Take(char expected)
    {
        rest = rest.TrimStart();
        if (!rest.StartsWith(expected))
            return false;
        rest = rest[1..].TrimStart();
        return true;
    }

    private bool TakeWord(string word)
    {
        if (!rest.StartsWith(word))
            return false;
        rest = rest[word.Length..].TrimStart();
        return true;
    }

    private bool Text(out string text)
    {
        text = "";
        rest = rest.TrimStart();
        if (!rest.StartsWith('\'') && !rest.StartsWith('"'))
            return false;
        var end = rest[1..].IndexOf(rest[0]);
        if (end < 0)
            return false;
        text = rest.Slice(1, end).ToString();
        rest = rest[(end + 2)..].TrimStart();
        return true;
    }

    private bool Value(out object? value)
    {
        value = null;
        if (Text(out var text))
            value = text;
        else if (TakeWord("True"))
            value = true;
        else if (TakeWord("False"))
            value = false;
        else if (rest.StartsWith('['))
            return SkipList();
        else if (Tuple() is { } numbers)
            value = numbers;
        else
            return false;
        return true;
    }

    private long[]? Tuple()
    {
        List<long> numbers = [];
        if (!Take('('))
            return null;
        while (!Take(')'))
        {
            var end = rest.IndexOfAny(',', ')', 'L');
            const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingWhite;
            if (end < 0 || !long.TryParse(rest[..end], Style, CultureInfo.InvariantCulture, out var number))
                return null;
            numbers.Add(number);
            rest = rest[end..];
            TakeWord("L"); // as Python 2 wrote long integers
            if (!Take(',') && !rest.StartsWith(')'))
                return null;
        }
        return [.. numbers];
    }

    private bool SkipList()
    {
        var depth = 0;
        for (var i = 0; i < rest.Length; i++)
        {
            depth += rest[i] == '[' ? 1 : rest[i] == ']' ? -1 : 0;
            if (depth != 0)
                continue;
            rest = rest[(i + 1)..].TrimStart();
            return true;
        }
        return false;
    }
}
