using System.CommandLine;
using DeepSym.Benchmarks;
using DeepSym.Benchmarks.Comparing;
using DeepSym.Benchmarks.Measuring;

// Without a command: every row, here and in the peer, interleaved. 'measure' is one case in a process of its own, printed as lines of JSON; 'compile' times the
// compiler.

var only = new Option<string>("--only") { Description = "A regular expression; the rows whose case it matches are run.", DefaultValueFactory = _ => "." };
var peer = new Option<string?>("--peer") { Description = "The TorchSharp program (tsbench) to run beside; without it only this project is measured." };
var preload = new Option<string?>("--preload") { Description = "An allocator library for a second, tuned, run of the peer (jemalloc)." };
var quick = new Option<bool>("--quick") { Description = "One short round, on two threads unless others are given: within five minutes for each." };
var rounds = new Option<int>("--rounds") { Description = "How often each case runs in each program.", DefaultValueFactory = _ => 3 };
var threads = new Option<int[]>("--threads") { Description = "The numbers of threads.", DefaultValueFactory = _ => [2, 1], AllowMultipleArgumentsPerToken = true };
var output = new Option<FileInfo?>("--out") { Description = "The Markdown file that receives the tables." };
var compare = new RootCommand("Times this project's programs beside TorchSharp's.") { only, peer, preload, quick, rounds, threads, output };
compare.SetAction(arguments => Comparison.Run(new ComparisonOptions
{
    Only = arguments.GetValue(only)!,
    Peer = arguments.GetValue(peer),
    Preload = arguments.GetValue(preload),
    IsQuick = arguments.GetValue(quick),
    Rounds = arguments.GetValue(quick) ? 1 : arguments.GetValue(rounds),
    Threads = arguments.GetValue(quick) && arguments.GetResult(threads) is null or { Implicit: true } ? [2] : arguments.GetValue(threads)!,
    Output = arguments.GetValue(output),
    CommandLine = string.Join(' ', args),
}));

var cases = new Argument<string[]>("case") { Description = "Cases to measure; none lists them." };
var count = new Option<int>("--threads") { Description = "How many threads.", DefaultValueFactory = _ => 2 };
var measure = new Command("measure", "Measures cases in this process and prints a line of JSON for each row.") { cases, count };
measure.SetAction(arguments =>
{
    var wanted = arguments.GetValue(cases)!;
    if (wanted.Length == 0) foreach (var known in Cases.All) Console.WriteLine(known.Name);
    foreach (var name in wanted)
        foreach (var result in Cases.Find(name).Run(new Setting(arguments.GetValue(count))))
            Console.WriteLine(result.ToJson());
});
compare.Subcommands.Add(measure);

var compile = new Command("compile", "Times the compilation of graphs of 1,000 to 10,000 nodes.");
compile.SetAction(_ => CompileTimes.Print());
compare.Subcommands.Add(compile);
return compare.Parse(args).Invoke();
