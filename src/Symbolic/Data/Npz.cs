using System.IO.Compression;

namespace DeepSym;

/// <summary>NumPy's archive of named arrays (.npz): a ZIP file of .npy entries, stored or deflated.</summary>
public static class Npz
{
    private const string Suffix = ".npy";

    // The same tensors give the same bytes: the time is the earliest that ZIP knows.
    private static readonly DateTimeOffset Written = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a file, wholly or not at all, compressed only if asked.</summary>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        AtomicFile.Write(path, stream => Save(stream, tensors, compression));
    }

    /// <summary>Writes an archive into a stream, compressed only if asked.</summary>
    public static void Save(Stream stream, IReadOnlyDictionary<string, Tensor> tensors, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, tensor) in tensors)
        {
            var entry = archive.CreateEntry(name + Suffix, compression);
            entry.LastWriteTime = Written;
            using var target = entry.Open();
            Npy.Save(target, tensor);
        }
    }

    /// <summary>Reads all tensors of a file, in its order; throws <see cref="InvalidDataException"/>, naming file and entry, when it is damaged,
    /// cut off or of another kind.</summary>
    public static IReadOnlyDictionary<string, Tensor> Load(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads all tensors of an archive, in its order; throws <see cref="InvalidDataException"/> when it is damaged, cut off or of another
    /// kind.</summary>
    public static IReadOnlyDictionary<string, Tensor> Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(stream, stream is FileStream file ? file.Name : "stream");
    }

    private static OrderedDictionary<string, Tensor> Read(Stream stream, string file)
    {
        OrderedDictionary<string, Tensor> tensors = [];
        using var archive = Unzip(file, () => new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true));
        foreach (var entry in Unzip(file, () => archive.Entries))
        {
            var name = $"{file}, entry '{entry.FullName}'";
            if (!entry.FullName.EndsWith(Suffix, StringComparison.Ordinal))
                throw new InvalidDataException($"{name}: an archive of arrays has only entries named *{Suffix}.");
            if (!tensors.TryAdd(entry.FullName[..^Suffix.Length], ReadEntry(entry, name)))
                throw new InvalidDataException($"{name}: the archive has two entries of this name.");
        }
        return tensors;
    }

    private static Tensor ReadEntry(ZipArchiveEntry entry, string name)
    {
        using var stream = Unzip(name, entry.Open);
        var source = new NpySource(stream, name);
        var tensor = Npy.Read(source);
        if (source.Read(stackalloc byte[1]) != 0)
            throw source.Invalid($"more bytes than {tensor.Describe()} has.");
        if (source.Checksum != entry.Crc32)
            throw source.Invalid($"damaged: the checksum is {source.Checksum:x8}; the archive says {entry.Crc32:x8}.");
        return tensor;
    }

    /// <summary>Runs a step of opening the ZIP file; what is wrong with it is reported with its name.</summary>
    private static T Unzip<T>(string name, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception e) when (
            e is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw new InvalidDataException($"{name}: not a readable ZIP archive: {e.Message}", e);
        }
    }
}
