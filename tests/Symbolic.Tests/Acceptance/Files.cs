namespace DeepSym.Tests.Acceptance;

/// <summary>Files of the repository, wherever the tests were built.</summary>
internal static class Files
{
    /// <summary>The lines of a file, by its path from the root.</summary>
    public static string[] Lines(params string[] path)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DeepSym.sln"))) folder = Path.GetDirectoryName(folder)!;
        return File.ReadAllLines(Path.Combine([folder, .. path]));
    }
}
