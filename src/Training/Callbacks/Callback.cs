namespace DeepSym.Training;

/// <summary>Something that happens during training. Each method does nothing unless overridden.</summary>
public abstract class Callback
{
    /// <summary>Before the first epoch.</summary>
    public virtual void TrainingBegins(FitContext context) { }

    /// <summary>After an epoch and its validation; the last entry of the history is that of the epoch.</summary>
    public virtual void EpochEnded(FitContext context) { }

    /// <summary>After the last epoch, or when training was stopped or has failed.</summary>
    public virtual void TrainingEnded(FitContext context) { }
}

/// <summary>What a callback sees of training, and may do to it.</summary>
public sealed class FitContext
{
    internal FitContext(Model model, FitOptions options, History history) => (Model, Options, History) = (model, options, history);

    /// <summary>The model that is trained.</summary>
    public Model Model { get; }

    /// <summary>The options of the call.</summary>
    public FitOptions Options { get; }

    /// <summary>The figures so far.</summary>
    public History History { get; }

    /// <summary>The epochs done.</summary>
    public int Epoch => History.Epochs;

    /// <summary>Set to true, training stops after the epoch.</summary>
    public bool Stop { get; set; }
}
