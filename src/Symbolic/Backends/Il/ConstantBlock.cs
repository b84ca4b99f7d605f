using System.Runtime.InteropServices;

namespace DeepSym.Backends.Il;

/// <summary>
/// Numbers of 4 bytes as whole registers in memory, from where they are read anew for each use. As constants of the code they would be kept in registers between their
/// uses, and values that are needed sooner would have to make room. All are from formulas of functions, so that there are few, and they are kept for good.
/// </summary>
static unsafe class ConstantBlock
{
    const int Bytes = 64;     // of the widest register
    const int Most = 2048;

    /// <summary>Where the first lies. Not read-only: code is to load this once, and not to have the place of each number in it.</summary>
    public static nint Start = (nint)NativeMemory.AlignedAlloc(Most * Bytes, Bytes);

    static readonly Dictionary<int, int> Offsets = [];

    /// <summary>Where a number lies from the start, by its bits; null when there is no room left.</summary>
    public static int? OffsetOf(int bits)
    {
        lock (Offsets)
        {
            if (Offsets.TryGetValue(bits, out var known)) return known;
            if (Offsets.Count == Most) return null;
            var offset = Offsets.Count * Bytes;
            new Span<int>((byte*)Start + offset, Bytes / sizeof(int)).Fill(bits);
            return Offsets[bits] = offset;
        }
    }
}
