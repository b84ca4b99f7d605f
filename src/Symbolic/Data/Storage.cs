using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DeepSym;

/// <summary>Memory that never moves, aligned to a cache line. The garbage collector owns it: while a storage, or a span of it, can be reached, its
/// pointer is good.</summary>
internal sealed unsafe class Storage
{
    /// <summary>Addresses are multiples of this: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    /// <summary>The most bytes that one storage can hold, just under 16 GiB.</summary>
    public const long MaxBytes = ((long)0x7FFFFFC7 - Slack) * sizeof(ulong);

    /// <summary>Whole vectors may be read from any element on, every second element of two vectors too: so many bytes behind the last belong to the storage.</summary>
    public const int Overread = 2 * Alignment;

    private const int Slack = (Alignment + Overread) / sizeof(ulong);

    private readonly ulong[] words;
    private readonly int aligned; // bytes from the first word to the first aligned byte

    private Storage(long bytes, bool zeroed)
    {
        var count = (int)((bytes + sizeof(ulong) - 1) / sizeof(ulong)) + Slack;
        words = zeroed
            ? GC.AllocateArray<ulong>(count, pinned: true)
            : GC.AllocateUninitializedArray<ulong>(count, pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(words));
        aligned = (int)((nuint)(-(nint)address) % Alignment);
        Pointer = (byte*)address + aligned;
        Bytes = bytes;
    }

    /// <summary>The first byte.</summary>
    public byte* Pointer { get; }

    public long Bytes { get; }

    public static Storage Uninitialized(long bytes) => new(bytes, zeroed: false);

    public static Storage Zeroed(long bytes) => new(bytes, zeroed: true);

    /// <summary>The byte at <paramref name="offset"/> as a reference that keeps the memory alive.</summary>
    public ref byte At(long offset) =>
        ref Unsafe.Add(ref Unsafe.As<ulong, byte>(ref MemoryMarshal.GetArrayDataReference(words)), (nint)(aligned + offset));
}
