using System.Globalization;
using DeepSym.Tests.Golden.Arrays;

namespace DeepSym.Tests.Golden.Cases;

/// <summary>Compares what came out with what a golden case expects.</summary>
internal static class Verdict
{
    const int Shown = 5;

    /// <summary>
    /// What is wrong with one output, or null: its shape, its dtype, or the first elements that are nearer than the tolerance to neither expected value.
    /// </summary>
    public static string? Fault(GoldenCase golden, int output, NdArray got)
    {
        var candidates = new List<NdArray>();
        if (!golden.TheanoIsInaccurate || golden.Alternative is null)
            candidates.Add(golden.Outputs[output]);
        if (golden.Alternative is not null)
            candidates.Add(golden.Alternative[output]);

        if (candidates.All(c => !c.Shape.SequenceEqual(got.Shape)))
            return Describe(golden, output, $"shape ({string.Join(", ", got.Shape)}), expected ({string.Join(", ", candidates[0].Shape)})");
        if (candidates.All(c => c.Type != got.Type))
            return Describe(golden, output, $"dtype {got.Type.NumpyName}, expected {string.Join(" or ", candidates.Select(c => c.Type.NumpyName).Distinct())}");

        bool IsNear(double value, double expected) =>
            double.IsNaN(expected) ? double.IsNaN(value)
            : double.IsInfinity(expected) ? value == expected
            : Math.Abs(value - expected) <= golden.AbsoluteTolerance + (golden.RelativeTolerance * Math.Abs(expected));

        int[] wrong = [.. Enumerable.Range(0, got.Data.Length).Where(i => !candidates.Any(c => IsNear(got.Data[i], c.Data[i])))];
        if (wrong.Length == 0)
            return null;
        var lines = wrong.Take(Shown).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"    [{string.Join(", ", Index(got.Shape, i))}] got {got.Data[i]:R}, expected {string.Join(" or ", candidates.Select(c => c.Data[i].ToString("R", CultureInfo.InvariantCulture)))}"));
        return Describe(golden, output, $"{wrong.Length} of {got.Data.Length} elements differ by more than {golden.AbsoluteTolerance} + {golden.RelativeTolerance} * |expected|:\n{string.Join('\n', lines)}");
    }

    static string Describe(GoldenCase golden, int output, string fault) =>
        $"{golden.Id}, output {output} of {golden.Outputs.Count} ({golden.About}): {fault}\n  text: {golden.Text.ReplaceLineEndings("\n        ")}";

    static IEnumerable<int> Index(int[] shape, int flat) => shape.Reverse().Select(d =>
    {
        int i = flat % d;
        flat /= d;
        return i;
    }).Reverse();
}
