namespace DeepSym.Training;

/// <summary>The user's own copy of the four files of MNIST: what is damaged there is deleted, what is missing is downloaded.</summary>
internal static class MnistCache
{
    /// <summary>The four files; throws <see cref="DownloadException"/> when one is missing and no mirror gave it.</summary>
    public static IdxFile[] Read(MnistOptions options, TextWriter log, CancellationToken cancellation)
    {
        IdxFile?[] files = [.. options.Files.Select(file => Whole(file, options.CacheFolder, log))];
        if (files.Contains(null)) Complete(files, options, log, cancellation);
        return files!;
    }

    private static IdxFile? Whole(MnistFile file, string folder, TextWriter log)
    {
        if (file.In(folder) is not { } path) return null;
        try
        {
            return file.Read(path);
        }
        catch (InvalidDataException error)
        {
            log.WriteLine($"Deleting a damaged file from the cache: {error.Message}");
            File.Delete(path);
            return null;
        }
    }

    private static void Complete(IdxFile?[] files, MnistOptions options, TextWriter log, CancellationToken cancellation)
    {
        if (options.Mirrors.IsDefaultOrEmpty) throw new DownloadException("there is no mirror to download it from");
        Directory.CreateDirectory(options.CacheFolder);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(options.TotalTimeout);
        using var download = new Download(options.Mirrors, options.ConnectTimeout, options.StallTimeout);
        try
        {
            for (var i = 0; i < files.Length; i++)
            {
                if (files[i] is not null) continue;
                var file = options.Files[i];
                var mirror = download.Fetch(file.Compressed, options.CacheFolder, part => files[i] = file.Read(part), deadline.Token);
                log.WriteLine($"Downloaded {file.Compressed} from {mirror.Authority} into '{options.CacheFolder}'.");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new DownloadException($"the download took longer than {options.TotalTimeout.TotalSeconds} seconds and goes on next time");
        }
    }
}
