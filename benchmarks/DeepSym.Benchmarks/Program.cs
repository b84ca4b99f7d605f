using DeepSym.Benchmarks;
using DeepSym.Benchmarks.Comparing;
using DeepSym.Benchmarks.Measuring;

// 'measure [--threads N] CASE...' runs cases in this process and prints a line of JSON for each row; without cases it lists them. Its time to the first step begins
// with the process, so nothing comes before: a parser of arguments would take a tenth of a second of it.
if (args is not ["measure", .. var rest]) return Commands.Run(args);

var setting = new Setting(rest is ["--threads", var threads, ..] ? int.Parse(threads) : 2);
var cases = rest is ["--threads", _, .. var others] ? others : rest;
if (cases.Length == 0) foreach (var known in Cases.All) Console.WriteLine(known.Name);
foreach (var name in cases)
    foreach (var result in Cases.Find(name).Run(setting))
        Console.WriteLine(result.ToJson());
return 0;
