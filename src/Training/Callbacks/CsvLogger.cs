using System.Globalization;
using CsvHelper;

namespace DeepSym.Training;

/// <summary>Writes the figures of every epoch as a line of a CSV file: <c>epoch</c>, then the names of the history. The file is whole after every epoch.</summary>
public sealed class CsvLogger(string path) : Callback
{
    /// <summary>The file; it is replaced when training begins.</summary>
    public string Path { get; } = path;

    /// <inheritdoc/>
    public override void EpochEnded(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Write(context.History, Path);
    }

    /// <summary>Writes a history as CSV.</summary>
    public static void Write(History history, string path)
    {
        ArgumentNullException.ThrowIfNull(history);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            using var csv = new CsvWriter(writer, CultureInfo.InvariantCulture, leaveOpen: true);
            csv.WriteField("epoch");
            foreach (var name in history.Names) csv.WriteField(name);
            csv.NextRecord();
            for (var epoch = 0; epoch < history.Epochs; epoch++)
            {
                csv.WriteField(epoch + 1);
                foreach (var name in history.Names) csv.WriteField(history[name][epoch].ToString("R", CultureInfo.InvariantCulture));
                csv.NextRecord();
            }
        });
    }
}
