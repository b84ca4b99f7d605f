using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepSym.Optimizers;

/// <summary>Optimizers as data: the name of the rule and its constants. Only DeepSym's own rules, schedules and clippings can be read.</summary>
public static class OptimizerJson
{
    /// <summary>The rule and all its constants.</summary>
    /// <exception cref="NotSupportedException">The rule, its schedule or its clipping is not one of DeepSym's.</exception>
    public static JsonObject Write(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        try
        {
            return (JsonObject)JsonSerializer.SerializeToNode(optimizer)!;
        }
        catch (NotSupportedException e)
        {
            throw new NotSupportedException($"{optimizer.GetType().Name} cannot be written as data: it, its schedule or its clipping is not one of DeepSym's own.", e);
        }
    }

    /// <summary>The optimizer that was written.</summary>
    /// <exception cref="FormatException">The name of a rule is unknown, or a constant is missing or out of range; the message says which.</exception>
    public static Optimizer Read(JsonNode data)
    {
        ArgumentNullException.ThrowIfNull(data);
        try
        {
            return data.Deserialize<Optimizer>() ?? throw new FormatException("The description of an optimizer is empty.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException)
        {
            throw new FormatException($"This does not describe an optimizer: {data.ToJsonString()}. {e.Message}", e);
        }
    }
}
