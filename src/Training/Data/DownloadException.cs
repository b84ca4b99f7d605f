namespace DeepSym.Training;

/// <summary>No mirror gave a file; the message tells of each what happened.</summary>
internal sealed class DownloadException(string message) : Exception(message);
