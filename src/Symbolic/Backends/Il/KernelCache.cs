using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using DeepSym.Kernels;

namespace DeepSym.Backends.Il;

/// <summary>
/// A compiled kernel. <paramref name="buffers"/> points to the buffers, <paramref name="sizes"/> to the block of sizes; the root loop runs from
/// <paramref name="begin"/> to <paramref name="end"/>.
/// </summary>
unsafe delegate void KernelBody(byte** buffers, long* sizes, long begin, long end);

/// <summary>Kernels by structure: equal nests are compiled once in a process. Code that no function holds any more is collected.</summary>
static class KernelCache
{
    static readonly ConcurrentDictionary<Key, WeakReference<KernelBody>> Compiled = [];

    sealed record Key(LoopNest Nest, int VectorBytes);

    /// <summary>The width of the machine's vectors, in bytes.</summary>
    public static int VectorBytes { get; } = Vector512.IsHardwareAccelerated ? 64 : Vector256.IsHardwareAccelerated ? 32 : 16;

    public static KernelBody Get(LoopNest nest) => Get(nest, VectorBytes);

    public static KernelBody Get(LoopNest nest, int vectorBytes)
    {
        var key = new Key(nest, vectorBytes);
        if (Compiled.TryGetValue(key, out var known) && known.TryGetTarget(out var body)) return body;
        body = KernelEmitter.Emit(nest, vectorBytes);
        Compiled[key] = new WeakReference<KernelBody>(body);
        return body;
    }
}
