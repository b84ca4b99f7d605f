using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace DeepSym.Layers;

/// <summary>
/// Layers as data: the type and its options, not the values of parameters. Own classes of layers are written like DeepSym's, and read back when their types
/// are given; nothing in a file can name a type by itself.
/// </summary>
public static class LayerJson
{
    static readonly Type[] Own = [.. typeof(Layer).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract)];

    /// <summary>The name of a class of layers in data, such as <c>max_pool2d</c>.</summary>
    public static string NameOf(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var name = type.Name.EndsWith("Layer", StringComparison.Ordinal) && type.Name.Length > 5 ? type.Name[..^5] : type.Name;
        return string.Concat(name.Index().Select(c =>
            c.Index > 0 && char.IsUpper(c.Item) && char.IsLower(name[c.Index - 1]) ? $"_{char.ToLowerInvariant(c.Item)}" : $"{char.ToLowerInvariant(c.Item)}"));
    }

    /// <summary>The layer as data.</summary>
    /// <exception cref="NotSupportedException">The layer has an activation that is a function of the user's, which no data can hold.</exception>
    public static JsonObject Write(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return (JsonObject)JsonSerializer.SerializeToNode(layer, OptionsFor(layer.WithInner.Select(part => part.GetType())))!;
    }

    /// <summary>The layer that was written, not built.</summary>
    /// <param name="data">What <see cref="Write"/> gave.</param>
    /// <param name="ownTypes">Classes of layers that are not DeepSym's.</param>
    /// <exception cref="FormatException">The type is unknown, or an option is missing or wrong; the message says which.</exception>
    public static Layer Read(JsonNode data, params IReadOnlyList<Type> ownTypes)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(ownTypes);
        try
        {
            return data.Deserialize<Layer>(OptionsFor(ownTypes)) ?? throw new FormatException("The description of a layer is empty.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new FormatException($"This does not describe a layer: {data.ToJsonString()}. {e.Message} A class of your own must be among the types that are given.", e);
        }
    }

    static JsonSerializerOptions OptionsFor(IEnumerable<Type> types)
    {
        var all = Own.Union(types).ToArray();
        var resolver = new DefaultJsonTypeInfoResolver();
        resolver.Modifiers.Add(info =>
        {
            if (info.Type != typeof(Layer)) return;
            info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "type" };
            foreach (var type in all) info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(type, NameOf(type)));
        });
        return new JsonSerializerOptions { TypeInfoResolver = resolver, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    }
}

sealed class ActivationConverter : JsonConverter<Activation>
{
    public override Activation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return Activation.Parse(reader.GetString() ?? "");
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, Activation value, JsonSerializerOptions options) => writer.WriteStringValue(value.IsNamed
        ? value.ToString()
        : throw new NotSupportedException($"The activation '{value}' is a function of your own, which no file can hold. Derive a layer class that applies it."));
}

sealed class PaddingConverter : JsonConverter<Padding>
{
    public override Padding Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return Padding.Parse(reader.GetString() ?? "");
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, Padding value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
