using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DeepSym.Tests;

/// <summary>The programs of the README are compiled and run, and print what it says they print; the digits of figures may differ.</summary>
public sealed partial class ReadmeTests
{
    const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;";

    public static TheoryData<int> Programs => [.. Enumerable.Range(0, Blocks("csharp").Count)];

    [Theory, MemberData(nameof(Programs))]
    public void A_program_of_the_README_prints_what_it_says(int number)
    {
        var program = Blocks("csharp")[number];
        Assert.SkipWhen(program.Contains("Mnist.Load()", StringComparison.Ordinal) && Environment.GetEnvironmentVariable("DEEPSYM_DATA") is null,
            "MNIST is not here: set DEEPSYM_DATA to its folder");
        Assert.Equal(Masked(Blocks("text")[number]), Masked(Run(program, $"readme{number}")));
    }

    static List<string> Blocks(string language) =>
        [.. Fenced().Matches(File.ReadAllText(Path.Combine(Root(), "README.md"))).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value)];

    static string Masked(string text) => Figure().Replace(text.ReplaceLineEndings("\n").Trim(), "#");

    // In a process of its own, whose output nothing else mixes with.
    static string Run(string program, string name)
    {
        var folder = AppContext.BaseDirectory;
        var host = Assembly.GetExecutingAssembly().GetName().Name;
        Compile(program, name, Path.Combine(folder, name + ".dll"));
        using var work = new TemporaryFolder();
        using var process = Process.Start(new ProcessStartInfo("dotnet",
            ["exec", "--runtimeconfig", Path.Combine(folder, host + ".runtimeconfig.json"), "--depsfile", Path.Combine(folder, host + ".deps.json"), Path.Combine(folder, name + ".dll")])
        {
            WorkingDirectory = work.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return output;
    }

    static void Compile(string program, string name, string path)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create(name, [CSharpSyntaxTree.ParseText(Usings), CSharpSyntaxTree.ParseText(program)], references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        var result = compilation.Emit(path);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
    }

    static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DeepSym.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("^```(\\w+)\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"\d+(\.\d+)?")]
    private static partial Regex Figure();
}
