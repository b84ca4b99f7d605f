namespace DeepSym.Tests.Ops.Draws;

/// <summary>The generator behind all streams.</summary>
public sealed class PhiloxTests
{
    /// <summary>The known answers that come with Random123, the authors' library.</summary>
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(0x85a308d3_243f6a88, 0x03707344_13198a2e, 0x299f31d0_a4093822, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void Words_are_those_of_the_paper(ulong low, ulong high, ulong key, uint first, uint second, uint third, uint fourth) =>
        Assert.Equal((first, second, third, fourth), Philox.Words(low, high, key));

    /// <summary>Vectors, blocks that are not whole and threads change no word.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(10_000)]
    public void Bits_are_words_of_successive_counters(int length)
    {
        var (key, counter) = (0x0123_4567_89AB_CDEF, 0xFFFF_FFF0L);   // the counter runs over its lower half
        var state = T.LVector("state");
        using var function = Function.Compile([state], new RandomBits([length]).On(state), options: new CompileOptions { Threads = 3 });
        var bits = function.Invoke(Tensor.From<long>([key, counter], 2))[0].ToArray<int>();
        Assert.Equal(Enumerable.Range(0, length).Select(i => (int)Word(i)), bits);

        uint Word(int i)
        {
            var (w0, w1, w2, w3) = Philox.Words((ulong)(counter + 16 * (i / 64) + i % 16), 0, (ulong)key);
            return (i / 16 % 4) switch { 0 => w0, 1 => w1, 2 => w2, _ => w3 };
        }
    }
}
