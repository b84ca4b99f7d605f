using System.Diagnostics;
using System.Text.Json;

namespace DeepSym.Benchmarks.Devices;

/// <summary>PyTorch, where a Python has it: a script beside this program measures the same rows, as it is written and compiled.</summary>
static class Torch
{
    /// <summary>As it is written.</summary>
    public const string Eager = "eager";

    /// <summary>By <c>torch.compile</c>.</summary>
    public const string Compiled = "compiled";

    const int TimeLimit = 20 * 60_000;   // milliseconds for all rows

    /// <summary>The milliseconds of each row and engine, and what is to be said about it: its version, or why there are none.</summary>
    public static (Dictionary<(string Row, string Engine), double> Found, string Note) Measure(DeviceOptions options, Action<string> progress)
    {
        Dictionary<(string, string), double> found = [];
        var note = "PyTorch printed nothing.";
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "torch_rows.py"), "--only", options.Only, .. options.IsSmall ? ["--small"] : Array.Empty<string>()];
        try
        {
            using var process = Process.Start(new ProcessStartInfo(options.Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            using var limit = new Timer(_ => process.Kill(entireProcessTree: true), null, TimeLimit, Timeout.Infinite);
            while (process.StandardOutput.ReadLine() is { } line)
            {
                if (!line.StartsWith('{')) continue;
                var row = JsonDocument.Parse(line).RootElement;
                if (row.TryGetProperty("note", out var text))
                {
                    note = text.GetString()!;
                    continue;
                }
                var (bench, engine, ms) = (row.GetProperty("bench").GetString()!, row.GetProperty("engine").GetString()!, row.GetProperty("ms").GetDouble());
                found[(bench, engine)] = ms;
                progress($"PyTorch {engine} {bench} {ms:0.####}");
            }
            process.WaitForExit();
            if (process.ExitCode != 0) note = $"PyTorch was not measured to the end: {errors.Result.Trim().Split('\n')[^1]}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            note = $"PyTorch was not measured: {e.Message}";
        }
        return (found, note);
    }
}
