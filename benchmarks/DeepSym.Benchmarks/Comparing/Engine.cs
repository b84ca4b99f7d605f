using System.Diagnostics;
using DeepSym.Benchmarks.Measuring;

namespace DeepSym.Benchmarks.Comparing;

/// <summary>A program that measures a case in a process of its own and prints what it found.</summary>
/// <param name="Name">The name in tables.</param>
/// <param name="Program">The program.</param>
/// <param name="Arguments">What comes before <c>--threads N CASE</c>.</param>
/// <param name="Environment">Variables of its environment.</param>
sealed record Engine(string Name, string Program, string[] Arguments, IReadOnlyDictionary<string, string> Environment)
{
    const int TimeLimit = 300_000;   // milliseconds for one case

    /// <summary>This project.</summary>
    public static Engine Own { get; } = new("DeepSym", System.Environment.ProcessPath!, OwnArguments(), new Dictionary<string, string>());

    /// <summary>TorchSharp as it is installed.</summary>
    public static Engine Peer(string program) => new("TorchSharp", program, [], new Dictionary<string, string>());

    /// <summary>TorchSharp with an allocator that keeps its memory, so that no step waits for new pages.</summary>
    public static Engine Tuned(string program, string allocator) =>
        new("TorchSharp tuned", program, [], new Dictionary<string, string> { ["LD_PRELOAD"] = allocator, ["MALLOC_CONF"] = "dirty_decay_ms:-1,muzzy_decay_ms:-1" });

    /// <summary>Measures one case. What the program prints beside lines of JSON is left out; a failure gives no measurements and says why.</summary>
    public (IReadOnlyList<Measurement> Found, string? Failure) Run(string name, int threads, bool isQuick)
    {
        var start = new ProcessStartInfo(Program, [.. Arguments, "--threads", $"{threads}", name]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in Environment) start.Environment[key] = value;
        start.Environment["OMP_NUM_THREADS"] = start.Environment["MKL_NUM_THREADS"] = $"{threads}";
        start.Environment["BENCH_MIN_TIME"] = isQuick ? "0.3" : "1.5";
        start.Environment["BENCH_WARM_TIME"] = isQuick ? "0.2" : "0.5";
        start.Environment["BENCH_MIN_N"] = isQuick ? "7" : "15";
        start.Environment["BENCH_T0_NS"] = $"{(long)((DateTime.UtcNow - DateTime.UnixEpoch).TotalMicroseconds * 1000)}";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeLimit))
        {
            process.Kill(entireProcessTree: true);
            return ([], "took too long");
        }
        Measurement[] found = [.. lines.Result.Split('\n').Select(Measurement.Parse).OfType<Measurement>()];
        return (found, found.Length > 0 ? null : errors.Result.Trim().Split('\n').FirstOrDefault(line => line.Length > 0) ?? "printed nothing");
    }

    // The program may be run by 'dotnet', or by itself.
    static string[] OwnArguments() => Path.GetFileNameWithoutExtension(System.Environment.ProcessPath) == "dotnet" ? [System.Environment.GetCommandLineArgs()[0], "measure"] : ["measure"];
}
