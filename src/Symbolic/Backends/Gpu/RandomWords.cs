using ILGPU;

namespace DeepSym.Backends.Gpu;

/// <summary>Random words, the same as on the processor: sixteen counters give 64 words, the first words of all sixteen, then the second ones.</summary>
static class RandomWords
{
    public static void Run(ArrayView<long> state, ArrayView<int> words, long count)
    {
        var (key, start) = ((ulong)state[0], (ulong)state[1]);
        for (var i = (long)Grid.IdxX * Group.DimX + Group.IdxX; i < (count + 63) / 64 * 16; i += (long)Grid.DimX * Group.DimX)
        {
            var (w0, w1, w2, w3) = Philox.Words(start + (ulong)i, 0, key);
            var place = i / 16 * 64 + i % 16;
            if (place < count) words[place] = (int)w0;
            if (place + 16 < count) words[place + 16] = (int)w1;
            if (place + 32 < count) words[place + 32] = (int)w2;
            if (place + 48 < count) words[place + 48] = (int)w3;
        }
    }
}
