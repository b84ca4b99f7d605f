using System.Runtime.InteropServices;
using System.Text;
using DeepSym.Benchmarks.Measuring;
using Spectre.Console;

namespace DeepSym.Benchmarks.Comparing;

/// <summary>The tables of a comparison, for a terminal and as Markdown.</summary>
static class Report
{
    public static Table Table(Results results, IReadOnlyList<Engine> engines, int threads)
    {
        var table = new Table { Title = new TableTitle($"{threads} threads"), Border = TableBorder.Minimal };
        foreach (var head in Heads(engines)) table.AddColumn(new TableColumn(head.EscapeMarkup()) { Alignment = head == "row" ? Justify.Left : Justify.Right, NoWrap = true });
        foreach (var row in results.Rows) table.AddRow([.. Cells(results, engines, threads, row).Select(cell => cell.EscapeMarkup())]);
        return table;
    }

    public static string Markdown(Results results, IReadOnlyList<Engine> engines, ComparisonOptions options)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks").AppendLine();
        text.AppendLine("What holds back the rows that miss their aim: [causes.md](causes.md). With AVX-512: [avx512.md](avx512.md). Devices: [devices.md](devices.md).").AppendLine();
        text.AppendLine("Medians of interleaved runs, one process for each case and program. Ratio: our time over TorchSharp's; below 1 is faster. Share: of the machine's peak, or of its bandwidth.");
        text.AppendLine("In rows named raw and inplace TorchSharp's side is written by hand: updates on bare tensors, and operations into memory that is kept.").AppendLine();
        text.AppendLine($"* Machine: {Machine()}");
        text.AppendLine($"* Date: {DateTime.UtcNow:yyyy-MM-dd}, {RuntimeInformation.FrameworkDescription}");
        text.AppendLine($"* Command: `{Priority()}dotnet run -c Release --project benchmarks/DeepSym.Benchmarks -- {options.CommandLine}`");
        foreach (var threads in options.Threads)
        {
            var limits = results.Limits(threads);
            text.AppendLine().AppendLine($"## {threads} {(threads == 1 ? "thread" : "threads")}").AppendLine();
            text.AppendLine("Limits measured in the same run: " + string.Join(", ", limits.Select(l => $"{l.Key["limit.".Length..]} {l.Value:0.#}")) + ".").AppendLine();
            var heads = Heads(engines).ToArray();
            text.AppendLine($"| {string.Join(" | ", heads)} |").AppendLine($"|---|{string.Concat(heads.Skip(1).Select(_ => "---:|"))}");
            foreach (var row in results.Rows) text.AppendLine($"| {string.Join(" | ", Cells(results, engines, threads, row))} |");
        }
        return text.ToString();
    }

    static IEnumerable<string> Heads(IReadOnlyList<Engine> engines) =>
        ["row", "DeepSym ms", .. engines.Skip(1).SelectMany(e => new[] { $"{e.Name} ms", "ratio" }), "aim", "share", "GC B/step", .. engines.Select(e => $"{e.Name} MB"), .. engines.Select(e => $"{e.Name} first s"), "compile ms", "again ms"];

    static IEnumerable<string> Cells(Results results, IReadOnlyList<Engine> engines, int threads, string row)
    {
        var own = results.Median(Engine.Own, threads, row, m => m.Ms) ?? double.NaN;
        yield return row;
        yield return Number(own);
        foreach (var peer in engines.Skip(1))
        {
            var other = results.Median(peer, threads, row, m => m.Ms);
            yield return Number(other);
            yield return other is { } ms ? $"{own / ms:0.00}" : "–";
        }
        yield return Targets.Ratio(row) is { } aim ? $"{aim:0.##}" : "–";
        yield return Targets.BoundOf(row).Share(own, results.Limits(threads)) is { } share ? $"{share:0%}" : "–";
        yield return Number(results.Median(Engine.Own, threads, row, m => m.GcBytes), "0");
        foreach (var engine in engines) yield return Number(results.Median(engine, threads, row, m => m.PeakRssMb), "0");
        foreach (var engine in engines) yield return Number(results.Median(engine, threads, row, m => m.FirstStepS), "0.00");
        yield return Number(results.Median(Engine.Own, threads, row, m => m.CompileMs), "0");
        yield return Number(results.Median(Engine.Own, threads, row, m => m.WarmCompileMs), "0");
    }

    static string Number(double? value, string? format = null) => value is { } number ? number.ToString(format ?? (number < 0.1 ? "0.0000" : number < 10 ? "0.00" : "0.0")) : "–";

    // Under a real-time policy other load on the machine does not disturb.
    static string Priority() => File.Exists("/proc/self/stat") && File.ReadAllText("/proc/self/stat").Split(' ') is [.., "2", _, _, _, _, _, _, _, _, _, _, _] ? "chrt -r 10 " : "";

    static string Machine()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{Environment.ProcessorCount} processors ({model ?? RuntimeInformation.ProcessArchitecture.ToString()}), {RuntimeInformation.OSDescription}";
    }
}
