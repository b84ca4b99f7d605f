using System.Collections.Concurrent;

namespace DeepSym.Kernels;

/// <summary>The scalar variables of kernels: numbered, and the same objects in every kernel, so that kernels of equal structure are equal.</summary>
static class KernelVariables
{
    /// <summary>The numbers from here on are for variables that no expression has.</summary>
    public const int FirstAdded = 1 << 20;

    static readonly ConcurrentDictionary<Key, Variable> All = [];

    sealed record Key(int Number, DType DType);

    public static Variable Get(int number, DType dtype) => All.GetOrAdd(new Key(number, dtype), key => new Variable("v" + key.Number, key.DType, []));
}
