namespace DeepSym.Backends.Cpu;

/// <summary>
/// A loop body over chunks of an index range, run by a <see cref="WorkerPool"/>.
/// An object and not a delegate, so that it is made once and run many times without garbage.
/// </summary>
internal abstract class ParallelWork
{
    /// <summary>Runs the indices from <paramref name="begin"/> up to, not including, <paramref name="end"/>; chunks run in any order, on any thread.</summary>
    protected internal abstract void Execute(long begin, long end);
}
