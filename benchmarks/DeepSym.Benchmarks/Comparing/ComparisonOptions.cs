namespace DeepSym.Benchmarks.Comparing;

/// <summary>What is compared, and how long.</summary>
sealed record ComparisonOptions
{
    /// <summary>A regular expression for the cases.</summary>
    public required string Only { get; init; }

    /// <summary>The peer's program; null: only this project's.</summary>
    public string? Peer { get; init; }

    /// <summary>An allocator to load into the peer for a run of its own; null: none.</summary>
    public string? Preload { get; init; }

    /// <summary>Whether samples are taken for a short time only.</summary>
    public bool IsQuick { get; init; }

    /// <summary>How often each case runs in each program.</summary>
    public required int Rounds { get; init; }

    /// <summary>The numbers of threads.</summary>
    public required int[] Threads { get; init; }

    /// <summary>Where the tables are written; null: nowhere.</summary>
    public FileInfo? Output { get; init; }

    /// <summary>The arguments, to be repeated in the report.</summary>
    public required string CommandLine { get; init; }
}
