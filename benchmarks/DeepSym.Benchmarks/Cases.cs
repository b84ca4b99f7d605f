using DeepSym.Benchmarks.Measuring;
using DeepSym.Benchmarks.Rows;

namespace DeepSym.Benchmarks;

/// <summary>Everything that can be measured.</summary>
static class Cases
{
    public static IReadOnlyList<Case> All { get; } = [.. Models.All, .. Operations.All, .. Limits.All];

    public static Case Find(string name) => All.FirstOrDefault(known => known.Name == name)
        ?? throw new ArgumentException($"There is no case '{name}'. There are: {string.Join(", ", All.Select(known => known.Name))}.");
}
