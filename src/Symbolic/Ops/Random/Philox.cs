using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSym;

/// <summary>
/// The counter-based generator Philox 4x32-10 (Salmon, Moraes, Dror &amp; Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"): four words that are a
/// function of a counter of 128 bits and a key of 64.
/// </summary>
static class Philox
{
    const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    const int Rounds = 10;

    /// <summary>The words of a counter, given as its two halves.</summary>
    public static (uint, uint, uint, uint) Words(ulong low, ulong high, ulong key)
    {
        var (c0, c1, c2, c3) = ((uint)low, (uint)(low >> 32), (uint)high, (uint)(high >> 32));
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var (p0, p1) = ((ulong)c0 * Multiplier0, (ulong)c2 * Multiplier1);
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            (k0, k1) = (k0 + Weyl0, k1 + Weyl1);
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>
    /// The words of eight successive counters below 2⁶⁴: the first words at 0, the second at 16, the third at 32, the fourth at 48. A lane of 64 bits
    /// holds a word in its low half; what is in the upper half does not matter. Two vectors are under way at a time, because each round waits for the one
    /// before. The processor must have AVX2.
    /// </summary>
    public static void Eight(ulong counter, ulong key, Span<uint> words)
    {
        var a0 = Vector256.Create(counter) + Vector256<ulong>.Indices;
        var b0 = a0 + Vector256.Create(4UL);
        var (a1, a2, a3) = (a0 >>> 32, Vector256<ulong>.Zero, Vector256<ulong>.Zero);
        var (b1, b2, b3) = (b0 >>> 32, Vector256<ulong>.Zero, Vector256<ulong>.Zero);
        var (k0, k1) = (Vector256.Create((uint)key), Vector256.Create((uint)(key >> 32)));
        for (var round = 0; round < Rounds; round++)
        {
            Round(ref a0, ref a1, ref a2, ref a3, k0.AsUInt64(), k1.AsUInt64());
            Round(ref b0, ref b1, ref b2, ref b3, k0.AsUInt64(), k1.AsUInt64());
            (k0, k1) = (k0 + Vector256.Create(Weyl0), k1 + Vector256.Create(Weyl1));
        }
        Vector256.Narrow(a0, b0).CopyTo(words);
        Vector256.Narrow(a1, b1).CopyTo(words[16..]);
        Vector256.Narrow(a2, b2).CopyTo(words[32..]);
        Vector256.Narrow(a3, b3).CopyTo(words[48..]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Round(ref Vector256<ulong> c0, ref Vector256<ulong> c1, ref Vector256<ulong> c2, ref Vector256<ulong> c3, Vector256<ulong> k0, Vector256<ulong> k1)
        {
            var p0 = Avx2.Multiply(c0.AsUInt32(), Vector256.Create(Multiplier0));
            var p1 = Avx2.Multiply(c2.AsUInt32(), Vector256.Create(Multiplier1));
            (c0, c1, c2, c3) = ((p1 >>> 32) ^ c1 ^ k0, p1, (p0 >>> 32) ^ c3 ^ k1, p0);
        }
    }
}
