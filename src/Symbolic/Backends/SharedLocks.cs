namespace DeepSym.Backends;

/// <summary>
/// The locks that a call holds on shared variables: readers together, updaters alone, always taken in the order of the variables' identities,
/// so that no two calls wait for each other.
/// </summary>
sealed class SharedLocks
{
    readonly Locked[] _variables;

    public SharedLocks(Graph graph)
    {
        var updated = graph.Updated.ToHashSet();
        var all = Traversal.Leaves(graph.Roots).OfType<SharedVariable>().Union(updated).ToList();
        all.Sort((left, right) => left.Identity.CompareTo(right.Identity));
        _variables = [.. all.Select(v => new Locked(v, updated.Contains(v)))];
    }

    /// <summary>Takes the locks; disposing releases them.</summary>
    public static Held Hold(Graph graph) => new SharedLocks(graph).Take();

    /// <summary>Takes the locks; disposing releases them.</summary>
    public Held Take()
    {
        foreach (var (variable, isUpdated) in _variables)
            if (isUpdated) variable.Lock.EnterWriteLock();
            else variable.Lock.EnterReadLock();
        return new Held(_variables);
    }

    public sealed record Locked(SharedVariable Variable, bool IsUpdated);

    public readonly struct Held(Locked[] variables) : IDisposable
    {
        public void Dispose()
        {
            foreach (var (variable, isUpdated) in variables)
                if (isUpdated) variable.Lock.ExitWriteLock();
                else variable.Lock.ExitReadLock();
        }
    }
}
