namespace DeepSym.Examples.Mnist;

/// <summary>What the command line says; null where the recipe of the model decides.</summary>
sealed record Settings
{
    public required string Model { get; init; }

    public int? Epochs { get; init; }

    public int? BatchSize { get; init; }

    public double? LearningRate { get; init; }

    public string? Optimizer { get; init; }

    public int Seed { get; init; }

    public string? Data { get; init; }

    public required string Output { get; init; }

    public int Threads { get; init; }

    public Backend Device { get; init; }

    public bool Synthetic { get; init; }
}
