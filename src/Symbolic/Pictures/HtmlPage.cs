using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepSym.Pictures;

/// <summary>Drawings as one HTML file that has everything it needs: the page <c>View.html</c> with the drawings in it.</summary>
static class HtmlPage
{
    /// <summary>Writes the page, all or nothing.</summary>
    public static void Save(string path, string title, IReadOnlyList<Drawing> drawings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var page = Encoding.UTF8.GetBytes(Write(title, drawings));
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page.</summary>
    public static string Write(string title, IReadOnlyList<Drawing> drawings)
    {
        using var reader = new StreamReader(typeof(HtmlPage).Assembly.GetManifestResourceStream("DeepSym.Pictures.View.html")!);
        // The serializer writes < and & as codes, so that nothing in a name can end the script.
        return reader.ReadToEnd().Replace("TITLE", WebUtility.HtmlEncode(title), StringComparison.Ordinal).Replace("\"DRAWINGS\"", Data(drawings).ToJsonString(JsonSerializerOptions.Default), StringComparison.Ordinal);
    }

    static JsonArray Data(IReadOnlyList<Drawing> tabs)
    {
        var all = tabs.SelectMany(tab => tab.All()).ToList();
        var numbers = all.Select((drawing, i) => (drawing, i)).ToDictionary(pair => pair.drawing, pair => pair.i);
        return [.. all.Select(drawing => (JsonNode)new JsonObject
        {
            ["title"] = drawing.Title,
            ["tab"] = tabs.Contains(drawing),
            ["steps"] = new JsonArray([.. drawing.Steps.Select(step => (JsonNode)step)]),
            ["boxes"] = new JsonArray([.. drawing.Boxes.Select(box => (JsonNode)new JsonObject
            {
                ["kind"] = box.Kind.ToString(),
                ["label"] = box.Label,
                ["step"] = box.Step,
                ["share"] = box.Share,
                ["facts"] = new JsonArray([.. box.Facts.Select(fact => (JsonNode)new JsonArray(fact.Name, fact.Value))]),
                ["inner"] = new JsonArray([.. box.Inner.Select(inner => (JsonNode)numbers[inner])]),
            })]),
            ["arrows"] = new JsonArray([.. drawing.Arrows.Select(arrow => (JsonNode)new JsonArray(arrow.From.Number, arrow.To.Number, arrow.Label))]),
        })];
    }
}
