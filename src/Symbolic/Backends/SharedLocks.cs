using System.Collections.Immutable;

namespace DeepSym.Backends;

/// <summary>
/// The locks that a call holds on shared variables: readers together, updaters alone, always taken in the order of the variables' identities,
/// so that no two calls wait for each other.
/// </summary>
sealed class SharedLocks
{
    readonly ImmutableArray<(SharedVariable Variable, bool IsUpdated)> _variables;

    public SharedLocks(Graph graph)
    {
        var updated = graph.Updates.Select(u => u.Variable).ToHashSet();
        _variables = [.. Traversal.Leaves(graph.Roots).OfType<SharedVariable>().Union(updated).OrderBy(v => v.Identity).Select(v => (v, updated.Contains(v)))];
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

    public readonly struct Held(ImmutableArray<(SharedVariable Variable, bool IsUpdated)> variables) : IDisposable
    {
        public void Dispose()
        {
            foreach (var (variable, isUpdated) in variables)
                if (isUpdated) variable.Lock.ExitWriteLock();
                else variable.Lock.ExitReadLock();
        }
    }
}
