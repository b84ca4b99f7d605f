using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace DeepSym.Training;

/// <summary>Shows how training goes: on a terminal a bar that grows in its line, elsewhere one plain line for each epoch.</summary>
sealed class ProgressLine
{
    const int BarWidth = 24;
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    readonly bool _isShown;
    readonly bool _isTerminal;
    readonly int _epochs;
    int _epoch, _steps;
    long _began, _drawn;

    ProgressLine(bool isShown, int epochs)
    {
        (_isShown, _epochs) = (isShown, epochs);
        _isTerminal = isShown && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
    }

    public static ProgressLine For(FitOptions options) => new(options.ShowProgress, options.Epochs);

    public void EpochBegins(int epoch, int steps)
    {
        (_epoch, _steps) = (epoch, steps);
        _began = Stopwatch.GetTimestamp();
        _drawn = 0;
    }

    public void StepEnded(int step, double loss)
    {
        if (!_isTerminal || Stopwatch.GetElapsedTime(_drawn) < Interval && step < _steps) return;
        _drawn = Stopwatch.GetTimestamp();
        var filled = step * BarWidth / _steps;
        AnsiConsole.Markup(string.Create(CultureInfo.InvariantCulture,
            $"\rEpoch {_epoch}/{_epochs} [green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] {step}/{_steps} loss: {loss:F4} "));
    }

    public void EpochEnded(IReadOnlyList<KeyValuePair<string, double>> figures)
    {
        if (!_isShown) return;
        var seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        var text = string.Join(" - ", figures.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key}: {f.Value:F4}")));
        if (_isTerminal) Console.Write("\r\x1b[2K");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Epoch {_epoch}/{_epochs} - {seconds:F1} s - {text}"));
    }
}
