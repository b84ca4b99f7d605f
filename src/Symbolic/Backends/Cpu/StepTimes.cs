using System.Diagnostics;

namespace DeepSym.Backends.Cpu;

/// <summary>The times and counts of the steps of a program; all its calls add to them, in any thread.</summary>
sealed class StepTimes(int steps)
{
    readonly long[] _calls = new long[steps];
    readonly long[] _ticks = new long[steps];
    readonly long[] _bytes = new long[steps];
    long _allCalls, _allTicks;

    public long Calls => Interlocked.Read(ref _allCalls);

    public TimeSpan Time => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _allTicks));

    public (long Calls, TimeSpan Time, long Bytes) this[int step] =>
        (Interlocked.Read(ref _calls[step]), Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _ticks[step])), Interlocked.Read(ref _bytes[step]));

    public void Add(int step, long ticks, long bytes)
    {
        Interlocked.Increment(ref _calls[step]);
        Interlocked.Add(ref _ticks[step], ticks);
        Interlocked.Add(ref _bytes[step], bytes);
    }

    public void AddCall(long ticks)
    {
        Interlocked.Increment(ref _allCalls);
        Interlocked.Add(ref _allTicks, ticks);
    }

    public void Clear()
    {
        Interlocked.Exchange(ref _allCalls, 0);
        Interlocked.Exchange(ref _allTicks, 0);
        foreach (var numbers in new[] { _calls, _ticks, _bytes }) Array.Clear(numbers);
    }
}
