using System.Text.Json;
using DeepSym.Tests.Golden.Arrays;

namespace DeepSym.Tests.Golden.Cases;

/// <summary>One line of a golden file: a text that Theano evaluated, its inputs and what came out.</summary>
internal sealed record GoldenCase
{
    public required string Id { get; init; }
    public required string Family { get; init; }
    public required string About { get; init; }

    /// <summary>The Python text: an expression, or a script that leaves its results in <c>out</c>.</summary>
    public required string Text { get; init; }

    public required IReadOnlyList<(string Name, NdArray Value)> Inputs { get; init; }
    public required IReadOnlyList<NdArray> Outputs { get; init; }

    /// <summary>A second acceptable result, or the only one where <see cref="TheanoIsInaccurate"/>.</summary>
    public IReadOnlyList<NdArray>? Alternative { get; init; }

    public bool TheanoIsInaccurate { get; init; }
    public required double RelativeTolerance { get; init; }
    public required double AbsoluteTolerance { get; init; }

    /// <summary>What only the cases of Lasagne layers carry.</summary>
    public LayerDetails? Layer { get; init; }

    public override string ToString() => Id;

    public static GoldenCase Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        return new GoldenCase
        {
            Id = json.GetProperty("id").GetString()!,
            Family = json.GetProperty("family").GetString()!,
            About = json.GetProperty("about").GetString()!,
            Text = json.GetProperty("theano").GetString()!,
            Inputs = [.. json.GetProperty("inputs").EnumerateObject().Select(p => (p.Name, ReadArray(p.Value)))],
            Outputs = ReadArrays(json.GetProperty("outputs")),
            Alternative = json.TryGetProperty("outputs_alt", out var other) ? ReadArrays(other) : null,
            TheanoIsInaccurate = json.TryGetProperty("theano_inaccurate", out _),
            RelativeTolerance = json.GetProperty("tolerance").GetProperty("rtol").GetDouble(),
            AbsoluteTolerance = json.GetProperty("tolerance").GetProperty("atol").GetDouble(),
            Layer = json.TryGetProperty("params", out var parameters) ? ReadLayer(json, parameters) : null,
        };
    }

    static LayerDetails ReadLayer(JsonElement json, JsonElement parameters) => new(
        [.. json.GetProperty("layer_output_shape").EnumerateArray().Select(d => d.ValueKind == JsonValueKind.Null ? null : (int?)d.GetInt32())],
        [.. parameters.EnumerateArray().Select(p => new LayerParameter(
            p.GetProperty("name").GetString(), [.. p.GetProperty("tags").EnumerateArray().Select(t => t.GetString()!)], ReadArray(p)))],
        json.GetProperty("get_output_kwargs").GetString()!,
        [.. json.GetProperty("output_names").EnumerateArray().Select(n => n.GetString()!)]);

    static NdArray[] ReadArrays(JsonElement json) => [.. json.EnumerateArray().Select(ReadArray)];

    static NdArray ReadArray(JsonElement json)
    {
        var type = ElementTypes.Parse(json.GetProperty("dtype").GetString()!);
        int[] shape = [.. json.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32())];
        return new NdArray(type, shape, [.. json.GetProperty("data").EnumerateArray().Select(e => ReadNumber(e, type))]);
    }

    static double ReadNumber(JsonElement json, ElementType type) => json.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String => json.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var text => throw new FormatException($"'{text}' is not a number"),
        },
        _ => type == ElementType.Float32 ? json.GetSingle() : json.GetDouble(),
    };
}

/// <summary>The parameters of a layer's case in the order of <c>get_all_params</c>, and how its output was asked for.</summary>
internal sealed record LayerDetails(
    IReadOnlyList<int?> OutputShape, IReadOnlyList<LayerParameter> Parameters, string OutputArguments, IReadOnlyList<string> OutputNames);

internal sealed record LayerParameter(string? Name, IReadOnlyList<string> Tags, NdArray Value);
