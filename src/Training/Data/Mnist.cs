namespace DeepSym.Training;

/// <summary>
/// The MNIST data: 60,000 + 10,000 grey images of 28 x 28 handwritten digits (LeCun, Cortes, Burges), with their labels;
/// or as many synthetic ones where the real ones cannot be had.
/// </summary>
public sealed class Mnist
{
    private Mnist(LabelledImages train, LabelledImages test, string source, string origin) =>
        (Train, Test, Source, Origin) = (train, test, source, origin);

    /// <summary>The images to train on.</summary>
    public LabelledImages Train { get; }

    /// <summary>The images to test on.</summary>
    public LabelledImages Test { get; }

    /// <summary><c>mnist</c> for the real digits, <c>synthetic</c> for drawn ones.</summary>
    public string Source { get; }

    /// <summary>The folder of the files, or the seed of the drawn digits.</summary>
    public string Origin { get; }

    /// <summary>
    /// Finds the digits in <see cref="MnistOptions.Folder"/>, or else in the folder that the environment variable DEEPSYM_DATA names, in the cache,
    /// on a mirror; where none has them, draws synthetic ones and says so. Throws <see cref="InvalidDataException"/> naming a damaged file,
    /// <see cref="FileNotFoundException"/> or <see cref="DirectoryNotFoundException"/> naming what the given folder lacks.
    /// </summary>
    public static Mnist Load(MnistOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        options.Validate();
        if (options.Synthetic) return Draw(options);
        if (options.Folder is { } given)
        {
            if (!Directory.Exists(given)) throw new DirectoryNotFoundException($"The data folder '{given}' does not exist.");
            return Read(Holder(given, options) ?? throw Missing(given, options), options);
        }

        var log = options.Log ?? Console.Error;
        if (!string.IsNullOrEmpty(options.Variable))
        {
            if (Holder(options.Variable, options) is { } holder) return Read(holder, options);
            log.WriteLine($"DEEPSYM_DATA names '{options.Variable}', where there is no MNIST.");
        }
        try
        {
            return Pair(MnistCache.Read(options, log, cancellation), options.CacheFolder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DownloadException)
        {
            log.WriteLine(
                $"No MNIST ({error.Message}): drawing {options.SyntheticTrain} + {options.SyntheticTest} synthetic digits instead. " +
                $"Its four IDX files would be used if they were in '{options.CacheFolder}' or in a folder named by option or by DEEPSYM_DATA.");
            return Draw(options);
        }
    }

    private static Mnist Draw(MnistOptions options) => new(
        SyntheticDigits.Generate(options.SyntheticTrain, unchecked(2 * options.Seed)),
        SyntheticDigits.Generate(options.SyntheticTest, unchecked((2 * options.Seed) + 1)),
        "synthetic", $"synthetic digits, seed {options.Seed}");

    private static Mnist Read(string folder, MnistOptions options)
    {
        if (options.Files.Any(file => file.In(folder) is null)) throw Missing(folder, options);
        return Pair([.. options.Files.Select(file => file.Read(file.In(folder)!))], folder);
    }

    private static Mnist Pair(IdxFile[] files, string folder)
    {
        LabelledImages Images(IdxFile images, IdxFile labels) =>
            new(images.ToArray<byte>(), labels.ToArray<byte>(), images.Shape[1], images.Shape[2]);
        return new(Images(files[0], files[1]), Images(files[2], files[3]), "mnist", folder);
    }

    // The folder itself or its subfolder, whichever has any of the files.
    private static string? Holder(string folder, MnistOptions options) =>
        new[] { folder, Path.Combine(folder, "mnist") }.FirstOrDefault(place => options.Files.Any(file => file.In(place) is not null));

    private static FileNotFoundException Missing(string folder, MnistOptions options)
    {
        var missing = string.Join(", ", options.Files.Where(file => file.In(folder) is null).Select(file => file.Name));
        return new($"The data folder '{folder}' lacks {missing} (plain, or compressed as .gz).");
    }
}
