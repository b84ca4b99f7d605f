namespace DeepSym.Tests;

/// <summary>Texts that are compared with files under tests/Golden. A difference is read as a review, and accepted on purpose by running with DEEPSYM_ACCEPT=1.</summary>
static class StoredText
{
    static readonly string Golden = Find();

    /// <summary>Fails unless the text is that of the file.</summary>
    public static void Compare(string file, string text)
    {
        var path = Path.Combine(Golden, file);
        text = text.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("DEEPSYM_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        Assert.True(File.Exists(path), $"There is no {path}: run with DEEPSYM_ACCEPT=1, and read what it writes.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), text);
    }

    /// <summary>The same for the part of a document between the comments <c>part</c> and <c>end</c>.</summary>
    public static void CompareBetween(string file, string part, string text)
    {
        var document = File.ReadAllText(Path.Combine(Golden, file)).ReplaceLineEndings("\n");
        var begin = document.IndexOf($"<!-- {part} -->\n", StringComparison.Ordinal) + $"<!-- {part} -->\n".Length;
        var end = document.IndexOf("<!-- end -->", begin, StringComparison.Ordinal);
        Compare(file, document[..begin] + text + "\n" + document[end..]);
    }

    static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DeepSym.sln"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, "tests", "Golden");
    }
}
