using System.Diagnostics;

namespace DeepSym.Benchmarks.Measuring;

/// <summary>What a case is run with.</summary>
/// <param name="Threads">How many threads a function may use.</param>
sealed record Setting(int Threads)
{
    /// <summary>The options of every function of a case.</summary>
    public CompileOptions Options { get; } = new() { Threads = Threads };

    /// <summary>Seconds since the process was started; the one that started it may say when.</summary>
    public static double SinceStart() => Environment.GetEnvironmentVariable("BENCH_T0_NS") is { } start
        ? (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds - long.Parse(start) / 1e9
        : (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds;

    /// <summary>A number from the environment.</summary>
    public static double Number(string name, double otherwise) => Environment.GetEnvironmentVariable(name) is { } text ? double.Parse(text) : otherwise;
}
