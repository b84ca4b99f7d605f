using System.Text.Json;
using System.Text.Json.Serialization;

namespace DeepSym.Benchmarks.Measuring;

/// <summary>What was measured of one row, in the form that the peer prints too. Numbers that were not taken are null.</summary>
sealed record Measurement
{
    static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
    };

    /// <summary>The name of the row.</summary>
    public required string Bench { get; init; }

    /// <summary>The median time of a step, in milliseconds.</summary>
    public required double Ms { get; init; }

    /// <summary>The shortest.</summary>
    public double? MsMin { get; init; }

    /// <summary>Cores that other processes used meanwhile.</summary>
    public double? OtherCpu { get; init; }

    /// <summary>Bytes of garbage a step.</summary>
    public double? GcBytes { get; init; }

    /// <summary>The largest resident memory of the process, in MB.</summary>
    public double? PeakRssMb { get; init; }

    /// <summary>From the start of the process to the end of the first step, in seconds.</summary>
    public double? FirstStepS { get; init; }

    /// <summary>Compiling in a cold process, in milliseconds.</summary>
    public double? CompileMs { get; init; }

    /// <summary>Compiling the same once more.</summary>
    public double? WarmCompileMs { get; init; }

    /// <summary>The loss before and after training, to see that there was one.</summary>
    public double? Loss0 { get; init; }

    /// <summary>The last loss.</summary>
    [JsonPropertyName("lossN")]
    public double? LossLast { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    public static Measurement? Parse(string line) => line.StartsWith('{') ? JsonSerializer.Deserialize<Measurement>(line, Options) : null;
}
