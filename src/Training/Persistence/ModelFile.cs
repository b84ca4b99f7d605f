using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using DeepSym.Layers;
using DeepSym.Optimizers;

namespace DeepSym.Training;

/// <summary>
/// A whole model as one ZIP file: <c>model.json</c> says what it is and how it is trained, <c>tensors.npz</c> holds the parameters, the state of the
/// optimizer and the counters of random draws. Loading runs no code from the file.
/// </summary>
static class ModelFile
{
    const string Format = "DeepSym model";
    const int Version = 1;
    const string Description = "model.json", Tensors = "tensors.npz";
    const string ParameterPrefix = "parameters/", StatePrefix = "state/";

    public static void Save(Sequential model, string path)
    {
        var description = Describe(model);
        var tensors = model.Parameters.GetValues().ToDictionary(p => ParameterPrefix + p.Key, p => p.Value);
        foreach (var variable in model.StateOfTraining()) tensors.Add(StatePrefix + variable.Name, variable.GetValue());
        AtomicFile.Write(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            using (var json = new StreamWriter(archive.CreateEntry(Description).Open()))
                json.Write(description.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            using var target = archive.CreateEntry(Tensors, CompressionLevel.NoCompression).Open();
            Npz.Save(target, tensors);
        });
    }

    public static Sequential Load(string path, IReadOnlyList<Type> ownLayers)
    {
        using var stream = File.OpenRead(path);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            var description = JsonNode.Parse(Content(archive, Description)) as JsonObject ?? throw new FormatException($"{Description} is no object.");
            using var npz = Content(archive, Tensors);
            return Make(description, Npz.Load(npz), ownLayers);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or FormatException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new InvalidDataException($"{path} is not a readable model: {e.Message}", e);
        }
    }

    static JsonObject Describe(Sequential model)
    {
        var description = new JsonObject
        {
            ["format"] = Format,
            ["version"] = Version,
            ["name"] = model.Name,
            ["dtype"] = model.DType.Name(),
            ["seed"] = model.Seed,
            ["sample"] = new JsonArray([.. model.Input!.Shape.Skip(1).Select(size => (JsonNode)size.Constant)]),
            ["epochs_trained"] = model.EpochsTrained,
            ["layers"] = new JsonArray([.. model.Layers.Select(LayerJson.Write)]),
        };
        if (model.Optimizer is null) return description;
        description["optimizer"] = OptimizerJson.Write(model.Optimizer);
        description["loss"] = NamedIn(Loss.All, model.Loss!, loss => loss.Name);
        description["metrics"] = new JsonArray([.. model.Metrics.Select(metric => (JsonNode)NamedIn(Metric.All, metric, m => m.Name))]);
        return description;
    }

    static string NamedIn<TItem>(IReadOnlyList<TItem> all, TItem item, Func<TItem, string> name) => all.Contains(item)
        ? name(item)
        : throw new NotSupportedException($"{name(item)} is a {typeof(TItem).Name.ToLowerInvariant()} of your own, which no file can hold. Compile the model with one of {string.Join(", ", all.Select(name))}, or save its weights only with SaveWeights.");

    static Sequential Make(JsonObject description, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyList<Type> ownLayers)
    {
        if (description["format"]?.GetValue<string>() != Format) throw new FormatException($"{Description} does not say \"format\": \"{Format}\".");
        if (Entry(description, "version").GetValue<int>() is var version && version != Version)
            throw new FormatException($"it has version {version} of the format, and this version of DeepSym reads version {Version}.");
        var dtype = Enum.GetValues<DType>().Single(d => d.Name() == Entry(description, "dtype").GetValue<string>());
        var model = new Sequential(Entry(description, "layers").AsArray().Select(layer => LayerJson.Read(layer!, ownLayers)))
        {
            Name = Entry(description, "name").GetValue<string>(),
            DType = dtype,
            Seed = Entry(description, "seed").GetValue<long>(),
        };
        model.Build([.. Entry(description, "sample").AsArray().Select(size => size!.GetValue<int>())]);
        model.Parameters.SetValues(Under(ParameterPrefix, tensors));
        model.EpochsTrained = Entry(description, "epochs_trained").GetValue<int>();
        if (!description.ContainsKey("optimizer")) return model;
        model.Compile(OptimizerJson.Read(Entry(description, "optimizer")), Named(Loss.All, Entry(description, "loss"), loss => loss.Name),
            [.. Entry(description, "metrics").AsArray().Select(metric => Named(Metric.All, metric!, m => m.Name))]);
        var state = Under(StatePrefix, tensors);
        if (state.Count > 0) model.ResumeTraining(state);
        return model;
    }

    static TItem Named<TItem>(IReadOnlyList<TItem> all, JsonNode data, Func<TItem, string> name) =>
        all.FirstOrDefault(item => name(item) == data.GetValue<string>()) ?? throw new FormatException($"there is no {typeof(TItem).Name.ToLowerInvariant()} {data.ToJsonString()}.");

    static JsonNode Entry(JsonObject description, string name) => description[name] ?? throw new FormatException($"{Description} has no \"{name}\".");

    static Dictionary<string, Tensor> Under(string prefix, IReadOnlyDictionary<string, Tensor> tensors) =>
        tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value);

    // An entry, whose checksum is compared: ZIP readers do not always do so.
    static MemoryStream Content(ZipArchive archive, string name)
    {
        var entry = archive.GetEntry(name) ?? throw new InvalidDataException($"it has no entry '{name}'.");
        var content = new MemoryStream();
        using (var source = entry.Open()) source.CopyTo(content);
        var checksum = new Crc32();
        checksum.Add(content.GetBuffer().AsSpan(0, (int)content.Length));
        if (checksum.Value != entry.Crc32) throw new InvalidDataException($"entry '{name}' is damaged: its checksum is {checksum.Value:x8}, and should be {entry.Crc32:x8}.");
        content.Position = 0;
        return content;
    }
}
