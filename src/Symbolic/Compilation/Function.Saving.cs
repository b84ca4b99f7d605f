using System.Text.Json;
using System.Text.Json.Nodes;
using DeepSym.Compilation;
using DeepSym.Compilation.Saving;

namespace DeepSym;

public sealed partial class Function
{
    /// <summary>The shared variables that a call reads or updates.</summary>
    public IReadOnlyList<SharedVariable> SharedVariables =>
        [.. SizeSubstitution.LeavesWithSizes(_graph.Roots).OfType<SharedVariable>().Union(_graph.Updates.Select(u => u.Variable)).OrderBy(s => s.Identity)];

    /// <summary>
    /// Writes the graph of the function, as it was before compilation, with the values of its constants and shared variables and the defaults of its inputs, into a
    /// text file, all or nothing. <see cref="Load"/> compiles it again, on any machine. An input with an update is a shared variable there.
    /// </summary>
    /// <exception cref="CompileException">An op holds what a file cannot say, such as a function or a writer of the user's.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var text = GraphText.Write(_graph, [.. _defaults], _outputNames, Name);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new Utf8JsonWriter(stream);
            text.WriteTo(writer);
        });
    }

    /// <summary>
    /// The function that <see cref="Save"/> wrote, compiled with options of this machine's; its shared variables are new ones, see <see cref="SharedVariables"/>.
    /// The file is data: no code of its own runs.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is damaged, or was not written by <see cref="Save"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Function Load(string path, CompileOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var bytes = File.ReadAllBytes(path);
        options ??= CompileOptions.Default;
        try
        {
            var text = JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = 1000 }) as JsonObject ?? throw new FormatException("It holds no object.");
            var (graph, defaults, outputNames, name) = GraphText.Read(text);
            if (defaults.Length != graph.Inputs.Length) throw new FormatException($"It has {graph.Inputs.Length} inputs and {defaults.Length} default values.");
            if (outputNames.Length != graph.Outputs.Length) throw new FormatException($"It has {graph.Outputs.Length} outputs and {outputNames.Length} names for them.");
            FunctionChecks.Graph(graph, options with { AllowUnusedInputs = true });
            return new Function(graph, defaults, [], outputNames, options.Name == CompileOptions.Default.Name ? options with { Name = name } : options);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or IOException))
        {
            throw new InvalidDataException($"{path} is no saved function, or is damaged: {(e is System.Reflection.TargetInvocationException { InnerException: { } inner } ? inner : e).Message}", e);
        }
    }
}
