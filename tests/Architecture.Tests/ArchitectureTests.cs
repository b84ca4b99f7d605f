using System.Reflection;
using System.Text.RegularExpressions;

namespace DeepSym.Tests.Architecture;

/// <summary>The shape of the source: which folder may know which, where pointers are, how large a file may grow.</summary>
public sealed partial class ArchitectureTests
{
    const int MaxLines = 600;

    static readonly Assembly[] Assemblies = [typeof(Expr).Assembly, typeof(Optimizers.Optimizer).Assembly, typeof(Layers.Layer).Assembly, typeof(DeepSym.Training.Model).Assembly];

    [Fact]
    public void Only_Data_and_Backends_are_unsafe()
    {
        var elsewhere = Sources.Under("src").Where(f => UnsafeCode().IsMatch(f.Text) && !f.Path.StartsWith("src/Symbolic/Data/", StringComparison.Ordinal) && !f.Path.StartsWith("src/Symbolic/Backends/", StringComparison.Ordinal));
        Assert.Empty(elsewhere.Select(f => f.Path));
    }

    [Fact]
    public void Only_the_folder_of_devices_knows_ILGPU() =>
        Assert.Empty(Sources.Under("src").Where(f => f.Text.Contains("ILGPU", StringComparison.Ordinal) && !f.Path.StartsWith("src/Symbolic/Backends/Gpu/", StringComparison.Ordinal)
            && !f.Path.EndsWith("CompileOptions.cs", StringComparison.Ordinal)).Select(f => f.Path));

    [Fact]
    public void A_file_has_at_most_600_lines() =>
        Assert.Empty(Sources.Under("src").Concat(Sources.Under("tests")).Where(f => f.Text.Count(c => c == '\n') > MaxLines).Select(f => f.Path));

    [Theory]
    [InlineData("Data", "Kernels|Backends|Compilation|Rewriting|Autodiff")]
    [InlineData("Expressions", "Kernels|Backends|Compilation|Rewriting")]
    [InlineData("Kernels", "Backends|Compilation|Rewriting")]
    [InlineData("Rewriting", "Kernels|Backends|Compilation")]
    [InlineData("Backends", "Compilation|Rewriting")]
    public void A_lower_folder_of_the_compiler_does_not_know_a_higher_one(string folder, string higher)
    {
        var upward = Sources.Under($"src/Symbolic/{folder}").Where(f => Regex.IsMatch(f.Text, $@"^using (static )?DeepSym\.({higher})\b", RegexOptions.Multiline));
        Assert.Empty(upward.Select(f => f.Path));
    }

    [Fact]
    public void Projects_depend_downwards_only()
    {
        Assert.Empty(References(Assemblies[0]));
        Assert.Equal(["DeepSym.Symbolic"], References(Assemblies[1]));
        Assert.Equal(["DeepSym.Symbolic"], References(Assemblies[2]));
        Assert.Equal(["DeepSym.Layers", "DeepSym.Optimizers", "DeepSym.Symbolic"], References(Assemblies[3]));

        static IEnumerable<string> References(Assembly assembly) =>
            assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(name => name.StartsWith("DeepSym", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void A_class_is_abstract_or_sealed() =>
        Assert.Empty(Assemblies.SelectMany(a => a.GetTypes()).Where(t => t.IsClass && !t.IsAbstract && !t.IsSealed && !t.Name.Contains('<', StringComparison.Ordinal)).Select(t => t.FullName));

    [Fact]
    public void A_public_name_occurs_once() =>
        Assert.Empty(Assemblies.SelectMany(a => a.GetExportedTypes()).Where(t => !t.IsNested).GroupBy(t => t.Name).Where(g => g.Select(t => t.FullName).Distinct().Count() > 1).Select(g => g.Key));

    [Fact]
    public void A_public_type_is_in_the_namespace_of_its_layer()
    {
        string[] allowed = ["DeepSym", "DeepSym.Optimizers", "DeepSym.Layers", "DeepSym.Training", "DeepSym.Backends.Gpu"];
        Assert.Empty(Assemblies.SelectMany(a => a.GetExportedTypes()).Where(t => !allowed.Contains(t.Namespace)).Select(t => t.FullName));
    }

    [Fact]
    public void Names_say_what_a_thing_is() =>
        Assert.Empty(Assemblies.SelectMany(a => a.GetTypes()).Where(t => VagueName().IsMatch(t.Name)).Select(t => t.FullName));

    [Fact]
    public void No_member_throws_NotImplementedException_and_nothing_is_left_to_do() =>
        Assert.Empty(Sources.Under("src").Where(f => f.Text.Contains("NotImplementedException", StringComparison.Ordinal) || f.Text.Contains("TODO", StringComparison.Ordinal)).Select(f => f.Path));

    [GeneratedRegex(@"\bunsafe\b|\bfixed \(|stackalloc \w+\*")]
    private static partial Regex UnsafeCode();

    [GeneratedRegex("(Utils?|Helpers?|Manager|Impl|Base)$")]
    private static partial Regex VagueName();
}
