using System.Collections.Immutable;

namespace DeepSym.Training;

/// <summary>Several curves over the epochs of a training on one pair of axes, with a legend.</summary>
public sealed record CurvePlot
{
    /// <summary>Stands above the plot. Default none.</summary>
    public string Title { get; init; } = "";

    /// <summary>Stands below the horizontal axis. Default <c>epoch</c>.</summary>
    public string XLabel { get; init; } = "epoch";

    /// <summary>Stands beside the vertical axis. Default none.</summary>
    public string YLabel { get; init; } = "";

    /// <summary>Whether the vertical axis is logarithmic; values below 1e-300 then leave gaps. Default false.</summary>
    public bool Logarithmic { get; init; }

    /// <summary>What is drawn, in the order of the legend.</summary>
    public ImmutableArray<Curve> Curves { get; init; } = [];

    /// <summary>This plot with one more curve, whose first value belongs to epoch 1.</summary>
    public CurvePlot With(string name, IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        return this with { Curves = Curves.Add(new(name, [.. values])) };
    }

    /// <summary>Writes the plot as a PNG picture, atomically.</summary>
    public void SavePng(string path, int width = 720, int height = 480) => new CurveSheet(this).SavePng(path, width, height);

    /// <summary>Writes the plot as an SVG drawing, atomically.</summary>
    public void SaveSvg(string path, int width = 720, int height = 480) => new CurveSheet(this).SaveSvg(path, width, height);
}
