using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DeepSym.Benchmarks.Measuring;

/// <summary>What the machine can do at most: a multiply-add loop that stays in registers, a triad and a plain read of memory. Rows are named for what they measure.</summary>
static class Limits
{
    /// <summary>10^9 floating operations a second, in the place of milliseconds.</summary>
    public const string Peak = "limit.peak_gflops";

    /// <summary>10^9 bytes a second of a[i] = b[i] + s c[i].</summary>
    public const string Triad = "limit.triad_gbs";

    /// <summary>10^9 bytes a second of a sum.</summary>
    public const string Read = "limit.read_gbs";

    const double Seconds = 0.7;
    const int Elements = 1 << 24;
    const int Multiplications = 1 << 20;
    const int Accumulators = 12;

    public static IReadOnlyList<Case> All { get; } = [new("limits", setting =>
    [
        new() { Bench = Peak, Ms = Best(setting, Fma) },
        new() { Bench = Triad, Ms = Best(setting, TriadOf) },
        new() { Bench = Read, Ms = Best(setting, ReadOf) },
    ])];

    // The best of many rounds of all threads together, in 10^9 a second.
    static double Best(Setting setting, Func<int, (double Amount, Action Work)> part)
    {
        var best = 0.0;
        var parts = Enumerable.Range(0, setting.Threads).Select(_ => part(setting.Threads)).ToArray();
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < Seconds;)
        {
            using var barrier = new Barrier(setting.Threads);
            var spans = new (long Begin, long End)[setting.Threads];
            var threads = parts.Select((p, i) => new Thread(() =>
            {
                barrier.SignalAndWait();
                spans[i].Begin = Stopwatch.GetTimestamp();
                p.Work();
                spans[i].End = Stopwatch.GetTimestamp();
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            var seconds = Stopwatch.GetElapsedTime(spans.Min(s => s.Begin), spans.Max(s => s.End)).TotalSeconds;
            best = Math.Max(best, parts.Sum(p => p.Amount) / seconds / 1e9);
        }
        return best;
    }

    static (double, Action) Fma(int threads)
    {
        var lanes = Vector512.IsHardwareAccelerated ? 16 : 8;
        return (2.0 * lanes * Accumulators * Multiplications, () => Sink(Vector512.IsHardwareAccelerated ? Fma512() : Fma256()));
    }

    static float Fma512()
    {
        var x = Vector512.Create(0.999f);
        var (a, b, c, d, e, f) = (x, x, x, x, x, x);
        var (g, h, i, j, k, l) = (x, x, x, x, x, x);
        for (var n = 0; n < Multiplications; n++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, x); b = Vector512.FusedMultiplyAdd(b, x, x); c = Vector512.FusedMultiplyAdd(c, x, x);
            d = Vector512.FusedMultiplyAdd(d, x, x); e = Vector512.FusedMultiplyAdd(e, x, x); f = Vector512.FusedMultiplyAdd(f, x, x);
            g = Vector512.FusedMultiplyAdd(g, x, x); h = Vector512.FusedMultiplyAdd(h, x, x); i = Vector512.FusedMultiplyAdd(i, x, x);
            j = Vector512.FusedMultiplyAdd(j, x, x); k = Vector512.FusedMultiplyAdd(k, x, x); l = Vector512.FusedMultiplyAdd(l, x, x);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    static float Fma256()
    {
        var x = Vector256.Create(0.999f);
        var (a, b, c, d, e, f) = (x, x, x, x, x, x);
        var (g, h, i, j, k, l) = (x, x, x, x, x, x);
        for (var n = 0; n < Multiplications; n++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, x); b = Vector256.FusedMultiplyAdd(b, x, x); c = Vector256.FusedMultiplyAdd(c, x, x);
            d = Vector256.FusedMultiplyAdd(d, x, x); e = Vector256.FusedMultiplyAdd(e, x, x); f = Vector256.FusedMultiplyAdd(f, x, x);
            g = Vector256.FusedMultiplyAdd(g, x, x); h = Vector256.FusedMultiplyAdd(h, x, x); i = Vector256.FusedMultiplyAdd(i, x, x);
            j = Vector256.FusedMultiplyAdd(j, x, x); k = Vector256.FusedMultiplyAdd(k, x, x); l = Vector256.FusedMultiplyAdd(l, x, x);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    static (double, Action) TriadOf(int threads)
    {
        var (a, b, c) = (Filled(Elements / threads), Filled(Elements / threads), Filled(Elements / threads));
        return (12.0 * a.Length, () =>
        {
            var scale = Vector512.Create(3f);
            ref var target = ref MemoryMarshal.GetArrayDataReference(a);
            ref var left = ref MemoryMarshal.GetArrayDataReference(b);
            ref var right = ref MemoryMarshal.GetArrayDataReference(c);
            for (nuint i = 0; i < (nuint)a.Length; i += 16)
                Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref right, i), scale, Vector512.LoadUnsafe(ref left, i)).StoreUnsafe(ref target, i);
        });
    }

    static (double, Action) ReadOf(int threads)
    {
        var a = Filled(Elements / threads);
        return (4.0 * a.Length, () =>
        {
            ref var source = ref MemoryMarshal.GetArrayDataReference(a);
            var (s, t, u, v) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            for (nuint i = 0; i < (nuint)a.Length; i += 64)
            {
                s += Vector512.LoadUnsafe(ref source, i);
                t += Vector512.LoadUnsafe(ref source, i + 16);
                u += Vector512.LoadUnsafe(ref source, i + 32);
                v += Vector512.LoadUnsafe(ref source, i + 48);
            }
            Sink(Vector512.Sum(s + t + u + v));
        });
    }

    static float[] Filled(int length)
    {
        var values = new float[length / 64 * 64];
        Array.Fill(values, 0.5f);
        return values;
    }

    static float s_sink;

    static void Sink(float value) => Volatile.Write(ref s_sink, value);
}
