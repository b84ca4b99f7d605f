namespace DeepSym.Training;

/// <summary>Writes a file so that its name shows either the old content or the whole new one: a temporary file beside it, then a rename.</summary>
internal static class AtomicFile
{
    /// <summary>Creates or replaces the file at <paramref name="path"/>, making its folder when there is none; when <paramref name="write"/> throws, nothing is changed.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? throw new ArgumentException($"'{path}' names a folder, not a file.", nameof(path)));
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
