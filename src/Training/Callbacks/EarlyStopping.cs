using DeepSym.Layers;

namespace DeepSym.Training;

/// <summary>
/// Stops when a figure has not become better for <see cref="Patience"/> epochs; by default the best weights are then put back. (Keras's <c>EarlyStopping</c>.)
/// </summary>
public sealed class EarlyStopping : Callback
{
    IReadOnlyDictionary<string, Tensor>? _best;
    double _bestValue;
    int _waited;

    /// <summary>The figure; <c>val_loss</c> by default.</summary>
    public string Monitor { get; init; } = "val_loss";

    /// <summary>How many epochs without improvement are tolerated; 0 by default.</summary>
    public int Patience { get; init; }

    /// <summary>How much better a value must be to count; 0 by default.</summary>
    public double MinDelta { get; init; }

    /// <summary>Whether larger is better; by default true for figures whose name ends in <c>accuracy</c>.</summary>
    public bool? LargerIsBetter { get; init; }

    /// <summary>Whether the best weights are put back at the end; true by default (Keras: false).</summary>
    public bool RestoreBestWeights { get; init; } = true;

    /// <summary>The epoch, from 1, at which training was stopped; 0 when it was not.</summary>
    public int StoppedEpoch { get; private set; }

    /// <inheritdoc/>
    public override void TrainingBegins(FitContext context) => (_best, _waited, StoppedEpoch) = (null, 0, 0);

    /// <inheritdoc/>
    public override void EpochEnded(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.History.Contains(Monitor))
            throw new ArgumentException($"EarlyStopping watches '{Monitor}', and training has only {string.Join(", ", context.History.Names)}. Give validation data, or set Monitor.");
        var value = context.History[Monitor][^1];
        var isBetter = (LargerIsBetter ?? Monitor.EndsWith("accuracy", StringComparison.Ordinal)) ? value > _bestValue + MinDelta : value < _bestValue - MinDelta;
        if (_best is null || isBetter)
        {
            (_bestValue, _waited) = (value, 0);
            _best = context.Model.Parameters.GetValues();
            return;
        }
        if (++_waited < Math.Max(1, Patience)) return;
        StoppedEpoch = context.Epoch;
        context.Stop = true;
    }

    /// <inheritdoc/>
    public override void TrainingEnded(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (RestoreBestWeights && _best is not null) context.Model.Parameters.SetValues(_best);
    }
}
