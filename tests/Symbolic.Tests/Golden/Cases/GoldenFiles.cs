using System.Collections.Concurrent;

namespace DeepSym.Tests.Golden.Cases;

/// <summary>Finds the golden files of the checkout that the tests were built from.</summary>
internal static class GoldenFiles
{
    static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, GoldenCase>> Families = new();

    public static string Folder { get; } = Find();

    public static IEnumerable<string> FamilyNames => Directory.GetFiles(Folder, "*.jsonl").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);

    public static IEnumerable<GoldenCase> Family(string name) => Read(name).Values;

    public static IEnumerable<GoldenCase> All => FamilyNames.SelectMany(Family);

    /// <summary>The case with this id; an id starts with the name of its family.</summary>
    public static GoldenCase Case(string id) => Read(id[..id.IndexOf('.', StringComparison.Ordinal)])[id];

    static IReadOnlyDictionary<string, GoldenCase> Read(string family) => Families.GetOrAdd(family, name =>
        File.ReadLines(Path.Combine(Folder, name + ".jsonl")).Where(line => line.Length > 0).Select(GoldenCase.Parse).ToDictionary(c => c.Id));

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "tests", "Golden", "theano") is var path && Directory.Exists(path))
                return path;
        throw new DirectoryNotFoundException($"no folder tests/Golden/theano above {AppContext.BaseDirectory}");
    }
}
