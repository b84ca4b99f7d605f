using System.Globalization;
using DeepSym.Layers;
using Spectre.Console;

namespace DeepSym.Training;

/// <summary>The table that <see cref="Model.Summary"/> gives, as Keras prints it.</summary>
static class ModelSummary
{
    const int Width = 80;
    static readonly string[] Units = ["B", "KB", "MB", "GB"];

    public static string Of(Model model)
    {
        var table = new Table { Border = TableBorder.Square, Width = Width };
        table.AddColumn("Layer (type)").AddColumn("Output Shape").AddColumn(new TableColumn("Param #").RightAligned());
        foreach (var layer in model.Layers)
            table.AddRow(Markup.Escape($"{layer.Name} ({layer.GetType().Name})"), Markup.Escape(ShapeOf(model, layer)), Markup.Escape(CountOf(layer)));
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine($"Model: \"{model.Name}\"");
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = Width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(table);
        var all = model.Parameters;
        var trainable = model.Layers.SelectMany(layer => layer.TrainableParameters).Distinct().ToList();
        text.WriteLine($" Total params: {Size(all)}");
        text.WriteLine($" Trainable params: {Size(trainable)}");
        text.WriteLine($" Non-trainable params: {Size(all.Except(trainable))}");
        return text.ToString();
    }

    static string ShapeOf(Model model, Layer layer) => layer.IsBuilt && model.Input is not null
        ? $"({string.Join(", ", model.OutputOf(layer).Shape.Select(size => size.IsStatic ? size.ToString() : "None"))})"
        : "?";

    static string CountOf(Layer layer) => layer.IsBuilt ? layer.Parameters.CountElements().ToString("N0", CultureInfo.InvariantCulture) : "0 (unbuilt)";

    static string Size(IEnumerable<Parameter> parameters)
    {
        var list = parameters.ToList();
        double bytes = list.Sum(p => p.Count * p.Variable.DType.Size());
        var unit = 0;
        while (bytes >= 1024 && unit < Units.Length - 1) (bytes, unit) = (bytes / 1024, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{list.CountElements():N0} ({bytes:F2} {Units[unit]})");
    }
}
