namespace DeepSym.Tests.Golden.Cases;

/// <summary>The verdict on one case: passed, failed, or skipped with the reason.</summary>
internal sealed record GoldenCheck(
    IReadOnlyList<Difference> Differences, IReadOnlyList<string> MissingFeatures, IReadOnlyList<WaitingCase> Waiting, Func<GoldenCase, Backend, Outcome> Evaluate)
{
    /// <summary>Runs a case and compares; skips what deliberately differs in kind, and what waits for something listed.</summary>
    public void Run(string id, params Backend[] backends)
    {
        var golden = GoldenFiles.Case(id);
        if (Differences.FirstOrDefault(d => d.Concerns(id)) is { } difference)
        {
            var expected = difference.Expect(golden);
            if (expected is null)
                Assert.Skip($"differs on purpose: {difference.Reason}");
            golden = expected;
        }

        var missing = new HashSet<string>();
        string? fault = null;
        foreach (var backend in backends)
            fault ??= Fault(golden, backend, missing);

        if (Waiting.FirstOrDefault(w => w.Id == id) is { } waiting)
        {
            Assert.True(fault is not null, $"{id} has come true: take it off the list of cases that wait for {waiting.For}");
            Assert.Skip($"waits for {waiting.For}");
        }
        if (fault is not null)
            Assert.Fail(fault);
        if (missing.Count > 0)
            Assert.Skip($"waits for {string.Join(", ", missing)}");
    }

    string? Fault(GoldenCase golden, Backend backend, HashSet<string> missing)
    {
        var outcome = Evaluate(golden, backend);
        missing.UnionWith(outcome.Missing);
        string[] unknown = [.. outcome.Missing.Except(MissingFeatures)];
        if (unknown.Length > 0)
            return $"{golden.Id} needs {string.Join(", ", unknown)}, which is neither mapped nor listed as missing. Text: {golden.Text}";

        // Outputs before the first missing one are where the case has them; if their number is right, so are those after it.
        bool isAligned = outcome.Outputs.Count == golden.Outputs.Count;
        if (!isAligned && outcome.Missing.Count == 0)
            return $"{golden.Id} has {golden.Outputs.Count} outputs, and {outcome.Outputs.Count} came out. Text: {golden.Text}";
        for (int i = 0; i < outcome.Outputs.Count && (isAligned || outcome.Outputs[i] is not null); i++)
            if (outcome.Outputs[i] is { } got && Verdict.Fault(golden, i, got) is { } fault)
                return $"{backend}: {fault}";
        return null;
    }
}
