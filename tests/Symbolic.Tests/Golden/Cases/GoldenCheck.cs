using DeepSym.Tests.Golden.Arrays;

namespace DeepSym.Tests.Golden.Cases;

/// <summary>The verdict on one case: passed, failed, or skipped with the reason.</summary>
internal static class GoldenCheck
{
    /// <summary>Runs a case by <paramref name="run"/> and compares; skips what deliberately differs in kind, and what waits for a feature listed as missing.</summary>
    public static void Run(string id, IReadOnlyList<Difference> differences, IReadOnlyCollection<string> notYet,
        IEnumerable<Backend> backends, Func<GoldenCase, Backend, Outcome> run)
    {
        var golden = GoldenFiles.Case(id);
        foreach (var difference in differences.Where(d => d.Concerns(id)))
        {
            var expected = difference.Expect(golden);
            if (expected is null)
                Assert.Skip($"differs on purpose: {difference.Reason}");
            golden = expected;
        }

        var missing = new HashSet<string>();
        foreach (var backend in backends)
        {
            var outcome = run(golden, backend);
            missing.UnionWith(outcome.Missing);
            string[] unknown = [.. missing.Except(notYet)];
            Assert.True(unknown.Length == 0, $"{id} needs {string.Join(", ", unknown)}, which is neither mapped nor listed as missing. Text: {golden.Text}");
            Compare(golden, outcome, backend);
        }
        if (missing.Count > 0)
            Assert.Skip($"waits for {string.Join(", ", missing)}");
    }

    // Outputs before the first missing one are where the case has them; if their number is right, so are those after it.
    static void Compare(GoldenCase golden, Outcome outcome, Backend backend)
    {
        bool aligned = outcome.Outputs.Count == golden.Outputs.Count;
        Assert.True(aligned || outcome.Missing.Count > 0, $"{golden.Id} has {golden.Outputs.Count} outputs, and {outcome.Outputs.Count} came out. Text: {golden.Text}");
        for (int i = 0; i < outcome.Outputs.Count; i++)
            if (outcome.Outputs[i] is null && !aligned)
                return;
            else if (outcome.Outputs[i] is { } got && Verdict.Fault(golden, i, got) is { } fault)
                Assert.Fail($"{backend}: {fault}");
    }
}
