using System.Numerics;
using System.Runtime.InteropServices;

namespace DeepSym.Backends.Cpu;

/// <summary>
/// A rented block of native memory on a cache-line boundary, its content undefined. Blocks return to a pool on <see cref="Dispose"/>,
/// so that packing costs neither garbage nor system calls in steady state.
/// </summary>
internal readonly unsafe ref struct Scratch : IDisposable
{
    private const nuint Alignment = 64;
    private const nuint SmallestBlock = 1 << 16;
    private const int Slots = 64;
    private const nuint MostPooled = 512 << 20;

    private static readonly Lock s_gate = new();
    private static readonly (nint Pointer, nuint Size)[] s_free = new (nint, nuint)[Slots];
    private static nuint s_pooled;

    private readonly nint _pointer;
    private readonly nuint _size;

    private Scratch(nint pointer, nuint size) => (_pointer, _size) = (pointer, size);

    /// <summary>The first byte; null for a block of no bytes.</summary>
    public byte* Pointer => (byte*)_pointer;

    /// <summary>A block of at least <paramref name="bytes"/> bytes: the smallest free one that is large enough, or a new one.</summary>
    public static Scratch Rent(long bytes)
    {
        if (bytes <= 0)
            return default;
        var size = BitOperations.RoundUpToPowerOf2(nuint.Max((nuint)bytes, SmallestBlock));
        lock (s_gate)
        {
            var best = -1;
            for (var i = 0; i < Slots; i++)
                if (s_free[i].Size >= size && (best < 0 || s_free[i].Size < s_free[best].Size))
                    best = i;
            if (best >= 0 && s_free[best].Size <= 4 * size)
            {
                var (pointer, capacity) = s_free[best];
                s_free[best] = default;
                s_pooled -= capacity;
                return new Scratch(pointer, capacity);
            }
        }
        return new Scratch((nint)NativeMemory.AlignedAlloc(size, Alignment), size);
    }

    /// <summary>Gives the block back; when the pool is full it is freed.</summary>
    public void Dispose()
    {
        if (_pointer == 0)
            return;
        lock (s_gate)
            for (var i = 0; i < Slots && s_pooled + _size <= MostPooled; i++)
                if (s_free[i].Pointer == 0)
                {
                    s_free[i] = (_pointer, _size);
                    s_pooled += _size;
                    return;
                }
        NativeMemory.AlignedFree((void*)_pointer);
    }
}
