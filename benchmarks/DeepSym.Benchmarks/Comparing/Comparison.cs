using System.Text.RegularExpressions;
using DeepSym.Benchmarks.Measuring;
using Spectre.Console;

namespace DeepSym.Benchmarks.Comparing;

/// <summary>Runs every case in every program, one after the other in each round, so that a disturbance of the machine meets all of them.</summary>
static class Comparison
{
    public static int Run(ComparisonOptions options)
    {
        List<Engine> engines = [Engine.Own];
        if (options.Peer is { } peer) engines.Add(Engine.Peer(peer));
        if (options is { Peer: { } tuned, Preload: { } allocator }) engines.Add(Engine.Tuned(tuned, allocator));
        var wanted = new Regex(options.Only);
        var cases = Cases.All.Where(known => wanted.IsMatch(known.Name) && known.Name != "limits").ToArray();
        if (cases.Length == 0)
        {
            AnsiConsole.MarkupLineInterpolated($"No case matches '{options.Only}'.");
            return 1;
        }
        var results = new Results();
        for (var round = 0; round < options.Rounds; round++)
            foreach (var threads in options.Threads)
            {
                Measure(Engine.Own, "limits", threads);
                foreach (var known in cases)
                    foreach (var engine in engines.Where(engine => known.HasPeer || engine == Engine.Own)) Measure(engine, known.Name, threads);
            }
        foreach (var threads in options.Threads) AnsiConsole.Write(Report.Table(results, engines, threads));
        if (options.Output is { } file) File.WriteAllText(file.FullName, Report.Markdown(results, engines, options));
        return 0;

        void Measure(Engine engine, string name, int threads)
        {
            var (found, failure) = engine.Run(name, threads, options.IsQuick);
            results.Add(engine, threads, found);
            var text = failure ?? string.Join("  ", found.Select(f => $"{f.Bench} {f.Ms:0.####}"));
            AnsiConsole.MarkupLineInterpolated($"[grey]{engine.Name} ×{threads}[/] {text}");
        }
    }
}
