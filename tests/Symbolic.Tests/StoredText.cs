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

    static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DeepSym.sln"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, "tests", "Golden");
    }
}
