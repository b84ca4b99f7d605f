namespace DeepSym.Tests.Architecture;

/// <summary>The repository as the tests see it.</summary>
static class Sources
{
    public static string Root { get; } = FindRoot();

    /// <summary>The C# files under a folder, by path from the root.</summary>
    public static IEnumerable<(string Path, string Text)> Under(string folder) =>
        Directory.EnumerateFiles(System.IO.Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/artifacts/", StringComparison.Ordinal))
            .Select(path => (path, File.ReadAllText(System.IO.Path.Combine(Root, path))));

    static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(folder, "DeepSym.sln"))) folder = System.IO.Path.GetDirectoryName(folder)!;
        return folder;
    }
}
