namespace DeepSym.Backends.Cpu;

/// <summary>
/// Parallel work that a thread keeps from one call to its next, so that calls make no garbage: <c>using var call = Rent();</c>.
/// Within a call of the same kind on the same thread another one is made.
/// </summary>
internal abstract class KeptWork<TSelf> : ParallelWork, IDisposable where TSelf : KeptWork<TSelf>, new()
{
    [ThreadStatic]
    private static TSelf? t_idle;

    /// <summary>The calling thread's idle one, or a new one.</summary>
    public static TSelf Rent()
    {
        var work = t_idle ?? new TSelf();
        t_idle = null;
        return work;
    }

    /// <summary>Hands it back to the calling thread.</summary>
    public void Dispose()
    {
        Forget();
        t_idle = (TSelf)this;
    }

    /// <summary>Lets go of what belongs to the call that ends.</summary>
    protected virtual void Forget()
    {
    }
}
