using System.Runtime.Intrinsics;

namespace DeepSym;

/// <summary>
/// Uniform random int32 words of shape <paramref name="Target"/>, a pure function of a key and a counter (the input, int64[2]): Philox 4x32-10
/// (Salmon, Moraes, Dror &amp; Shaw 2011). Element i is word (i/16) mod 4 of counter + 16·(i/64) + i mod 16, so that vectors of 16 come from 16 counters.
/// </summary>
public sealed record RandomBits(Shape Target) : LibraryOp
{
    /// <inheritdoc/>
    public override string Name => "random_bits";

    /// <summary>How far the counter moves on for <paramref name="length"/> elements.</summary>
    public static Dim Counters(Dim length) => (length + 63) / 64 * 16;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<Expr> inputs, Guards guards)
    {
        var state = inputs[0];
        if (state.DType != DType.Int64 || state.Rank != 1) throw new DTypeException($"random_bits({state.Describe()}): the state is int64[2], a key and a counter.");
        return new TensorType(DType.Int32, Target);
    }

    /// <inheritdoc/>
    public override void Evaluate(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var state = inputs[0].AsSpan<long>();
        Fill(state[0], state[1], output.AsSpan<int>());
    }

    /// <summary>Fills the words that belong to a key and a counter.</summary>
    internal static void Fill(long key, long counter, Span<int> words)
    {
        Span<uint> block = stackalloc uint[64];
        for (var start = 0; start < words.Length; start += 64, counter += 16)
        {
            Block((ulong)key, (ulong)counter, block);
            var count = Math.Min(64, words.Length - start);
            System.Runtime.InteropServices.MemoryMarshal.Cast<uint, int>(block)[..count].CopyTo(words[start..]);
        }
    }

    // 16 counters, in two vectors of 8: each word of the state is the low half of a 64-bit lane.
    static void Block(ulong key, ulong counter, Span<uint> words)
    {
        Vector512<uint> w0 = default, w1 = default, w2 = default, w3 = default;
        for (var half = 0; half < 2; half++)
        {
            var counters = Vector512.Create(counter + 8 * (ulong)half) + Vector512<ulong>.Indices;
            var low = Vector512.Create(0xFFFFFFFFul);
            var (c0, c1) = (counters & low, counters >>> 32);
            var (c2, c3) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero);
            var (k0, k1) = ((uint)key, (uint)(key >> 32));
            for (var round = 0; round < 10; round++)
            {
                var p0 = c0 * 0xD2511F53ul;
                var p1 = c2 * 0xCD9E8D57ul;
                (c0, c1, c2, c3) = ((p1 >>> 32) ^ c1 ^ Vector512.Create((ulong)k0), p1 & low, (p0 >>> 32) ^ c3 ^ Vector512.Create((ulong)k1), p0 & low);
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
            (w0, w1, w2, w3) = half == 0 ? (Half(c0), Half(c1), Half(c2), Half(c3)) : (Both(w0, c0), Both(w1, c1), Both(w2, c2), Both(w3, c3));
        }
        w0.CopyTo(words);
        w1.CopyTo(words[16..]);
        w2.CopyTo(words[32..]);
        w3.CopyTo(words[48..]);

        static Vector512<uint> Half(Vector512<ulong> x) => Vector512.Narrow(x, Vector512<ulong>.Zero);
        static Vector512<uint> Both(Vector512<uint> first, Vector512<ulong> x) => Vector512.Create(first.GetLower(), Vector512.Narrow(x, x).GetLower());
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => [new RandomBits([5, 30]).On(T.Constant(Tensor.From<long>([7, 3], 2)))];

    /// <inheritdoc/>
    protected override string Text => $"random_bits{Target}";
}
