using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace DeepSym;

/// <summary>
/// Uniform random int32 words of shape <paramref name="Target"/>, a pure function of a key and a counter (the input, int64[2]): Philox 4x32-10
/// (Salmon, Moraes, Dror &amp; Shaw 2011). Element i is word (i/16) mod 4 of counter + 16·(i/64) + i mod 16, so that vectors of 16 come from 16 counters.
/// </summary>
public sealed record RandomBits(Shape Target) : LibraryOp
{
    /// <summary>The words that belong to <see cref="BlockCounters"/> successive counters.</summary>
    internal const int BlockWords = 64;

    /// <summary>The counters of a block of words.</summary>
    internal const int BlockCounters = 16;

    /// <inheritdoc/>
    public override string Name => "random_bits";

    /// <summary>How far the counter moves on for <paramref name="length"/> elements.</summary>
    public static Dim Counters(Dim length) => (length + (BlockWords - 1)) / BlockWords * BlockCounters;

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
        var left = MemoryMarshal.Cast<int, uint>(words);
        for (; left.Length >= BlockWords; left = left[BlockWords..], counter += BlockCounters) Block((ulong)key, (ulong)counter, left);
        if (left.IsEmpty) return;
        Span<uint> block = stackalloc uint[BlockWords];
        Block((ulong)key, (ulong)counter, block);
        block[..left.Length].CopyTo(left);
    }

    static void Block(ulong key, ulong counter, Span<uint> words)
    {
        for (var i = 0; i < BlockCounters; i += 8)
            if (Avx2.IsSupported) Philox.Eight(counter + (ulong)i, key, words[i..]);
            else
                for (var lane = i; lane < i + 8; lane++)
                    (words[lane], words[16 + lane], words[32 + lane], words[48 + lane]) = Philox.Words(counter + (ulong)lane, 0, key);
    }

    /// <inheritdoc/>
    public override IEnumerable<Expr> Samples => [new RandomBits([5, 30]).On(T.Constant(Tensor.From<long>([7, 3], 2)))];

    /// <inheritdoc/>
    protected override string Text => $"random_bits{Target}";
}
