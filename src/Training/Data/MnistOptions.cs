using System.Collections.Immutable;

namespace DeepSym.Training;

/// <summary>Where <see cref="Mnist.Load"/> looks for the digits, and what it does where there are none.</summary>
public sealed record MnistOptions
{
    /// <summary>The folder that holds the four IDX files, or whose subfolder <c>mnist</c> does; when given, nothing else is tried. Default
    /// none.</summary>
    public string? Folder { get; init; }

    /// <summary>Where downloaded files are kept. Default <c>DeepSym/mnist</c> in the user's folder for local application data.</summary>
    public string CacheFolder { get; init; } = DefaultCache();

    /// <summary>Addresses of folders to download from, tried in order; empty to download nothing.</summary>
    public ImmutableArray<Uri> Mirrors { get; init; } =
        [new("https://storage.googleapis.com/cvdf-datasets/mnist/"), new("https://ossci-datasets.s3.amazonaws.com/mnist/")];

    /// <summary>How long a mirror may take to accept a connection. Default 2 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a mirror may send nothing. Default 10 seconds.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long all downloads together may take. Default 10 minutes.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether to draw synthetic digits without looking for the real ones. Default false.</summary>
    public bool Synthetic { get; init; }

    /// <summary>How many synthetic digits there are to train on. Default 60,000.</summary>
    public int SyntheticTrain { get; init; } = 60_000;

    /// <summary>How many synthetic digits there are to test on. Default 10,000.</summary>
    public int SyntheticTest { get; init; } = 10_000;

    /// <summary>Seed of the synthetic digits. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Where a download, a damaged file in the cache and the use of synthetic digits are told, a line each. Default the standard error
    /// stream.</summary>
    public TextWriter? Log { get; init; }

    /// <summary>What DEEPSYM_DATA says: as <see cref="Folder"/>, but passed over where it holds no MNIST.</summary>
    internal string? Variable { get; init; } = Environment.GetEnvironmentVariable("DEEPSYM_DATA");

    internal ImmutableArray<MnistFile> Files { get; init; } = MnistFile.All;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(SyntheticTrain);
        ArgumentOutOfRangeException.ThrowIfNegative(SyntheticTest);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TotalTimeout, TimeSpan.Zero);
        ArgumentException.ThrowIfNullOrEmpty(CacheFolder);
    }

    private static string DefaultCache()
    {
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(local.Length > 0 ? local : Path.GetTempPath(), "DeepSym", "mnist");
    }
}
