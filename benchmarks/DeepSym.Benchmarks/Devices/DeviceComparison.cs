using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace DeepSym.Benchmarks.Devices;

/// <summary>Measures the rows here and in PyTorch, and prints a table as Markdown.</summary>
static class DeviceComparison
{
    static readonly string[] Heads = ["row", "DeepSym ms", "launches", "µs/launch", "host µs", "GFLOP/s", "GB/s", "of copy", "PyTorch ms", "ratio", "compiled ms", "ratio"];

    public static int Run(DeviceOptions options)
    {
        if (ComputeDevice.WhyNot(options.Backend) is { } reason)
        {
            Console.Error.WriteLine(reason);
            return 1;
        }
        if (options.IsSmall)
            foreach (var (name, value) in new[] { ("BENCH_MIN_TIME", "0"), ("BENCH_WARM_TIME", "0"), ("BENCH_MIN_N", "1") }) Environment.SetEnvironmentVariable(name, value);
        var wanted = new Regex(options.Only);
        var compile = new CompileOptions { Backend = options.Backend, DeviceNumber = options.Number };
        List<DeviceResult> results = [];
        var rows = DeviceRows.All(options.IsSmall).Where(row => wanted.IsMatch(row.Name)).ToArray();
        foreach (var row in rows)
        {
            results.Add(DeviceClock.Measure(row, compile));
            AnsiConsole.MarkupLineInterpolated($"[grey]DeepSym[/] {row.Name} {results[^1].Milliseconds:0.####}");
        }
        var (peer, note) = Torch.Measure(options, line => AnsiConsole.MarkupLineInterpolated($"[grey]{line}[/]"));
        var bandwidth = results.FirstOrDefault(r => r.Name == DeviceRows.Copy) is { } copy ? Rate(rows.First(r => r.Name == DeviceRows.Copy).Megabytes, copy.Milliseconds) : null;
        string[][] cells = [.. rows.Zip(results, (row, result) => Cells(row, result, peer, bandwidth).ToArray())];
        var report = Markdown(options, cells, note);
        Console.WriteLine(report);
        if (options.Output is { } file) File.WriteAllText(file.FullName, report);
        return 0;
    }

    static IEnumerable<string> Cells(DeviceRow row, DeviceResult result, Dictionary<(string, string), double> peer, double? bandwidth)
    {
        yield return row.Name;
        yield return Number(result.Milliseconds);
        yield return $"{result.Launches}";
        yield return result.Launches > 0 ? Number(result.Milliseconds * 1e3 / result.Launches) : "–";
        yield return Number(result.HostMicroseconds);
        yield return Number(Rate(row.Gigaflop * 1e3, result.Milliseconds));
        yield return Number(Rate(row.Megabytes, result.Milliseconds));
        yield return Rate(row.Megabytes, result.Milliseconds) / bandwidth is { } share ? share.ToString("0%", CultureInfo.InvariantCulture) : "–";
        foreach (var engine in new[] { Torch.Eager, Torch.Compiled })
        {
            double? other = peer.TryGetValue((row.Name, engine), out var ms) ? ms : null;
            yield return Number(other);
            yield return Number(result.Milliseconds / other);
        }
    }

    // 10^9 a second, of 10^6 in so many milliseconds.
    static double? Rate(double millions, double milliseconds) => millions > 0 ? millions / milliseconds : null;

    static string Markdown(DeviceOptions options, string[][] cells, string note)
    {
        var device = ComputeDevice.All.FirstOrDefault(d => d.Number == options.Number && (d.Backend == options.Backend || options.Backend == Backend.Auto));
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks of a device").AppendLine();
        text.AppendLine("Medians. Models: a step of training, with its batch brought to the device and its loss read. Operations: many calls waited for together, operands and results on the device.");
        text.AppendLine("Host: the processor's time for a call. Of copy: of the bandwidth of a kernel that copies. Ratio: our time over PyTorch's; below 1 is faster.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"* Device: {device?.Name} ({device?.Backend})");
        text.AppendLine(CultureInfo.InvariantCulture, $"* Date: {DateTime.UtcNow:yyyy-MM-dd}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
        text.AppendLine(CultureInfo.InvariantCulture, $"* Command: `DeepSym.Benchmarks {options.CommandLine}`");
        text.AppendLine(CultureInfo.InvariantCulture, $"* {note}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Heads)} |").AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(Heads.Skip(1).Select(_ => "---:|"))}");
        foreach (var line in cells) text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", line)} |");
        return text.ToString();
    }

    static string Number(double? value) => value is { } number ? number.ToString(number < 0.1 ? "0.0000" : number < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) : "–";
}
