using System.Diagnostics;
using DeepSym.Backends.Gpu;
using DeepSym.Benchmarks.Measuring;

namespace DeepSym.Benchmarks.Devices;

/// <summary>Times work on a device.</summary>
static class DeviceClock
{
    const int Together = 20;   // calls that are waited for together

    public static DeviceResult Measure(DeviceRow row, CompileOptions options)
    {
        var work = row.Make(options);
        using var function = work.Function;
        var queue = (function.Executable as GpuProgram)?.Device.Queue;
        var (next, before) = (0, queue?.Launches ?? 0);
        Call();
        var launches = (queue?.Launches ?? 0) - before;   // of the first call: later ones may be repeated as a whole
        queue?.Wait();
        var isWaitedFor = work.Outputs.Length > 0 || queue is null;
        if (isWaitedFor) return new DeviceResult(row.Name, Sampler.Measure(row.Name, Call).Ms, launches, null);
        var (calls, host) = (0L, 0L);
        var milliseconds = Sampler.Measure(row.Name, () =>
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Together; i++) Call();
            host += Stopwatch.GetTimestamp() - start;
            calls += Together;
            queue!.Wait();
        }).Ms / Together;
        return new DeviceResult(row.Name, milliseconds, launches, host * 1e6 / Stopwatch.Frequency / calls);

        void Call()
        {
            function.Invoke(work.Arguments[next], work.Outputs);
            next = (next + 1) % work.Arguments.Length;
        }
    }
}
