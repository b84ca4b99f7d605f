using System.Diagnostics;
using System.Runtime;

namespace DeepSym.Benchmarks.Measuring;

/// <summary>Times a step as the peer does: warm-up, then samples of at least half a millisecond each until the time is over, and of these the median.</summary>
static class Sampler
{
    const double SampleSeconds = 0.0005;

    static readonly double Seconds = Setting.Number("BENCH_MIN_TIME", 3);
    static readonly double WarmSeconds = Setting.Number("BENCH_WARM_TIME", 1);
    static readonly double MostSeconds = Setting.Number("BENCH_HARD_MAX", 60);
    static readonly int Fewest = (int)Setting.Number("BENCH_MIN_N", 15);
    static readonly int Most = (int)Setting.Number("BENCH_MAX_N", 5000);

    public static Measurement Measure(string name, Action step)
    {
        var inner = Warm(step);
        var samples = new List<double>(Most);
        var garbage = GC.GetTotalAllocatedBytes(precise: true);
        var (busy, own, begin) = (BusySeconds(), Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds, Stopwatch.GetTimestamp());
        var before = GC.GetTotalAllocatedBytes(precise: true) - garbage;
        garbage = GC.GetTotalAllocatedBytes(precise: true);
        while (true)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < inner; i++) step();
            samples.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / inner);
            var passed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (passed >= Seconds && samples.Count >= Fewest || samples.Count >= Most || passed > MostSeconds) break;
        }
        garbage = GC.GetTotalAllocatedBytes(precise: true) - garbage;
        var wall = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        own = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds - own;
        busy = BusySeconds() - busy;
        samples.Sort();
        return new Measurement
        {
            Bench = name,
            Ms = samples[samples.Count / 2] * 1e3,
            MsMin = samples[0] * 1e3,
            OtherCpu = Math.Max(0, (busy - own) / wall),
            GcBytes = (double)garbage / ((long)samples.Count * inner),
            PeakRssMb = PeakMegabytes(),
        };
    }

    // Calls until the step is warm, and the runtime has been compiling nothing for a while, which it does on the second processor; gives how many calls make
    // a sample long enough.
    static int Warm(Action step)
    {
        const double QuietSeconds = 0.25;
        var (begin, shortest, calls) = (Stopwatch.GetTimestamp(), double.MaxValue, 0);
        var (methods, lastCompiled) = (JitInfo.GetCompiledMethodCount(), 0.0);
        double Passed() => Stopwatch.GetElapsedTime(begin).TotalSeconds;
        while ((Passed() < Math.Max(WarmSeconds, lastCompiled + QuietSeconds) || calls < 3) && Passed() < MostSeconds / 3)
        {
            var start = Stopwatch.GetTimestamp();
            step();
            shortest = Math.Min(shortest, Stopwatch.GetElapsedTime(start).TotalSeconds);
            calls++;
            if (JitInfo.GetCompiledMethodCount() is var compiled && compiled != methods) (methods, lastCompiled) = (compiled, Passed());
        }
        return shortest < SampleSeconds ? Math.Max(1, (int)Math.Round(SampleSeconds / Math.Max(shortest, 1e-9))) : 1;
    }

    static double PeakMegabytes() => !File.Exists("/proc/self/status")
        ? Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0
        : long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024.0;

    // The seconds that all processors together have worked.
    static double BusySeconds()
    {
        if (!File.Exists("/proc/stat")) return 0;
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(double.Parse).ToArray();
        return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]) / 100;
    }
}
