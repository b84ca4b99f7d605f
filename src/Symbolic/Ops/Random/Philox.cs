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
    /// The words of four successive counters below 2⁶⁴: the first words at 0, the second at 16, the third at 32, the fourth at 48. A lane of 64 bits
    /// holds a word in its low half; what is in the upper half does not matter. The processor must have AVX2.
    /// </summary>
    public static void Four(ulong counter, ulong key, Span<uint> words)
    {
        var c0 = Vector256.Create(counter) + Vector256<ulong>.Indices;
        var (c1, c2, c3) = (c0 >>> 32, Vector256<ulong>.Zero, Vector256<ulong>.Zero);
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var p0 = Avx2.Multiply(c0.AsUInt32(), Vector256.Create(Multiplier0));
            var p1 = Avx2.Multiply(c2.AsUInt32(), Vector256.Create(Multiplier1));
            (c0, c1, c2, c3) = ((p1 >>> 32) ^ c1 ^ Vector256.Create((ulong)k0), p1, (p0 >>> 32) ^ c3 ^ Vector256.Create((ulong)k1), p0);
            (k0, k1) = (k0 + Weyl0, k1 + Weyl1);
        }
        Low(c0).CopyTo(words);
        Low(c1).CopyTo(words[16..]);
        Low(c2).CopyTo(words[32..]);
        Low(c3).CopyTo(words[48..]);

        static Vector128<uint> Low(Vector256<ulong> x) => Vector256.Narrow(x, x).GetLower();
    }
}
