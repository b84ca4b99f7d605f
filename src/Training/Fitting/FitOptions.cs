using System.Collections.Immutable;

namespace DeepSym.Training;

/// <summary>How a model is fitted.</summary>
public sealed record FitOptions
{
    /// <summary>How often the data is gone through; 1 by default.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>How many samples each step takes; 32 by default. The last batch of an epoch may be smaller and is kept.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Whether the samples come in another order in every epoch; true by default.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>The seed of the order; 0 by default. The same seed gives the same order, bit for bit the same training.</summary>
    public int Seed { get; init; }

    /// <summary>Samples and targets that are evaluated after each epoch; none by default.</summary>
    public (Tensor Samples, Tensor Targets)? Validation { get; init; }

    /// <summary>The share of the samples, taken from the end before any shuffling, that is kept for validation; 0 by default.</summary>
    public double ValidationSplit { get; init; }

    /// <summary>For each class the weight of its samples in the loss; null by default. Needs class numbers as targets.</summary>
    public IReadOnlyDictionary<int, double>? ClassWeights { get; init; }

    /// <summary>The weight of each sample in the loss: shape <c>[samples]</c>; null by default.</summary>
    public Tensor? SampleWeights { get; init; }

    /// <summary>What else happens during training; nothing by default.</summary>
    public ImmutableArray<Callback> Callbacks { get; init; } = [];

    /// <summary>Whether progress is shown on the console: a bar on a terminal, plain lines elsewhere; true by default.</summary>
    public bool ShowProgress { get; init; } = true;

    /// <summary>Receives progress for programs; null by default.</summary>
    public IProgress<FitProgress>? Progress { get; init; }

    /// <summary>Stops training after the current step; what was learned is kept.</summary>
    public CancellationToken Cancellation { get; init; }

    internal void Validate()
    {
        if (Epochs < 0) throw new ArgumentOutOfRangeException(nameof(Epochs), $"FitOptions.Epochs is {Epochs}; it must be 0 or more.");
        if (BatchSize < 1) throw new ArgumentOutOfRangeException(nameof(BatchSize), $"FitOptions.BatchSize is {BatchSize}; it must be 1 or more.");
        if (!(ValidationSplit is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(ValidationSplit), $"FitOptions.ValidationSplit is {ValidationSplit}; it must be at least 0 and below 1.");
        if (ValidationSplit > 0 && Validation is not null) throw new ArgumentException("FitOptions has both Validation and ValidationSplit; give one of them.");
    }
}

/// <summary>Where training stands.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Step">The steps done in this epoch.</param>
/// <param name="Steps">The steps of an epoch.</param>
/// <param name="Loss">The mean loss of the epoch so far.</param>
public readonly record struct FitProgress(int Epoch, int Epochs, int Step, int Steps, double Loss);
