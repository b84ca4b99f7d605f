using System.CommandLine;
using DeepSym.Benchmarks.Devices;
using DeepSym.Benchmarks.Measuring;

namespace DeepSym.Benchmarks.Comparing;

/// <summary>The command line: every row, here and in the peer, interleaved; the times of the compiler; or a device.</summary>
static class Commands
{
    public static int Run(string[] args)
    {
        var only = new Option<string>("--only") { Description = "A regular expression; the rows whose case it matches are run.", DefaultValueFactory = _ => "." };
        var peer = new Option<string?>("--peer") { Description = "The TorchSharp program (tsbench) to run beside; without it only this project is measured." };
        var preload = new Option<string?>("--preload") { Description = "An allocator library for a second, tuned, run of the peer (jemalloc)." };
        var quick = new Option<bool>("--quick") { Description = "Short samples in one round on two threads, unless others are given: within five minutes for each." };
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
            Rounds = arguments.GetValue(quick) && arguments.GetResult(rounds) is null or { Implicit: true } ? 1 : arguments.GetValue(rounds),
            Threads = arguments.GetValue(quick) && arguments.GetResult(threads) is null or { Implicit: true } ? [2] : arguments.GetValue(threads)!,
            Output = arguments.GetValue(output),
            CommandLine = string.Join(' ', args),
        }));

        var compile = new Command("compile", "Times the compilation of graphs of 1,000 to 10,000 nodes.");
        compile.SetAction(_ => CompileTimes.Print());
        compare.Subcommands.Add(compile);
        compare.Subcommands.Add(Devices(only, output, args));
        return compare.Parse(args).Invoke();
    }

    static Command Devices(Option<string> only, Option<FileInfo?> output, string[] args)
    {
        var device = new Option<Backend>("--device") { Description = "Where it runs: cuda, opencl, auto, or simulated.", DefaultValueFactory = _ => Backend.Auto };
        var number = new Option<int>("--number") { Description = "Which of the devices." };
        var small = new Option<bool>("--small") { Description = "Tiny sizes, a moment each: to see that everything runs." };
        var python = new Option<string>("--python") { Description = "The Python whose torch is measured beside, if it has one.", DefaultValueFactory = _ => "python3" };
        var gpu = new Command("gpu", "Times models and operations on a device, beside PyTorch where that is found.") { only, device, number, small, python, output };
        gpu.SetAction(arguments => DeviceComparison.Run(new DeviceOptions
        {
            Only = arguments.GetValue(only)!,
            Backend = arguments.GetValue(device),
            Number = arguments.GetValue(number),
            IsSmall = arguments.GetValue(small),
            Python = arguments.GetValue(python)!,
            Output = arguments.GetValue(output),
            CommandLine = string.Join(' ', args),
        }));
        return gpu;
    }
}
