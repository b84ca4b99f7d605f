using System.Diagnostics;

namespace DeepSym.Benchmarks.Measuring;

/// <summary>How long graphs of many distinct pointwise nodes take to compile, and to be called for the first time, when their machine code is made.</summary>
static class CompileTimes
{
    static readonly int[] Sizes = [1_000, 3_000, 10_000];

    public static void Print()
    {
        for (var seed = 1; seed <= 10; seed++) Measure(500, seed);   // until the compiler itself is compiled
        Console.WriteLine("| nodes | compile s | first call s |");
        Console.WriteLine("|---|---|---|");
        foreach (var size in Sizes)
        {
            var (compile, call) = Measure(size, seed: 0);
            Console.WriteLine($"| {size} | {compile:F2} | {call:F2} |");
        }
    }

    static (double Compile, double Call) Measure(int size, int seed)
    {
        var (x, y) = (T.FVector("x", "n"), T.FVector("y", "n"));
        var output = Graph(x, y, size, new Random(seed));
        var watch = Stopwatch.StartNew();
        using var function = Function.Compile([x, y], output);
        var compile = watch.Elapsed.TotalSeconds;
        var values = Tensor.Full(0.5f, 8);
        watch.Restart();
        function.Invoke(values, values.Copy());
        return (compile, watch.Elapsed.TotalSeconds);
    }

    // Each node takes the last value and one of the ten before it.
    static Expr Graph(Expr x, Expr y, int size, Random random)
    {
        var values = new List<Expr> { x, y };
        for (var i = 0; i < size; i++)
        {
            var (a, b) = (values[^1], values[random.Next(Math.Max(0, values.Count - 10), values.Count)]);
            values.Add((i % 5) switch { 0 => a + b * (1 + i * 1e-4), 1 => T.Tanh(a), 2 => a * b, 3 => a - b * 0.5, _ => T.Sigmoid(a) });
        }
        return values[^1] + x * y;
    }
}
