namespace DeepSym.Benchmarks.Devices;

/// <summary>What is measured of a device.</summary>
sealed record DeviceOptions
{
    /// <summary>A regular expression for the rows.</summary>
    public required string Only { get; init; }

    /// <summary>The kind of device.</summary>
    public required Backend Backend { get; init; }

    /// <summary>Which one of its kind.</summary>
    public int Number { get; init; }

    /// <summary>Whether sizes are tiny.</summary>
    public bool IsSmall { get; init; }

    /// <summary>The Python that may have PyTorch.</summary>
    public required string Python { get; init; }

    /// <summary>Where the table is written; null: nowhere.</summary>
    public FileInfo? Output { get; init; }

    /// <summary>The arguments, to be repeated in the report.</summary>
    public required string CommandLine { get; init; }
}
