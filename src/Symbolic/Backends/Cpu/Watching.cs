namespace DeepSym.Backends.Cpu;

/// <summary>What is watched while a program runs.</summary>
/// <param name="Checks">Whether what every step writes is compared with the interpreter.</param>
/// <param name="NaNGuard">Which values that are not finite are errors.</param>
/// <param name="Profiles">Whether steps are timed.</param>
sealed record Watching(bool Checks, NaNGuard NaNGuard, bool Profiles)
{
    /// <summary>Whether steps must leave what they read as it is.</summary>
    public bool KeepsMemory => Checks || NaNGuard != NaNGuard.Off;

    /// <summary>Whether anything is watched.</summary>
    public bool IsOn => KeepsMemory || Profiles;
}
