namespace DeepSym.Training;

/// <summary>
/// Copies rows of tensors into batches that are used again and again: one set of tensors for whole batches and one for the last, so that an
/// epoch allocates nothing.
/// </summary>
sealed class Batches
{
    readonly Tensor[] _sources;
    readonly Tensor[] _whole;
    readonly Tensor[] _last;
    readonly int[] _order;

    public Batches(IReadOnlyList<Tensor> sources, int batchSize)
    {
        _sources = [.. sources];
        Count = _sources[0].Shape[0];
        BatchSize = Math.Min(batchSize, Count);
        _order = [.. Enumerable.Range(0, Count)];
        _whole = [.. _sources.Select(s => Rows(s, BatchSize))];
        _last = Count % BatchSize == 0 ? [] : [.. _sources.Select(s => Rows(s, Count % BatchSize))];
    }

    /// <summary>The number of samples.</summary>
    public int Count { get; }

    public int BatchSize { get; }

    /// <summary>The number of batches.</summary>
    public int Steps => (Count + BatchSize - 1) / BatchSize;

    /// <summary>The number of samples in a batch.</summary>
    public int SizeOf(int step) => step == Steps - 1 && _last.Length > 0 ? Count % BatchSize : BatchSize;

    /// <summary>Puts the samples into another order, which depends on the seed and the epoch only (Fisher and Yates).</summary>
    public void Shuffle(int seed, int epoch)
    {
        var state = (ulong)(uint)seed << 32 | (uint)epoch;
        for (var i = 0; i < Count; i++) _order[i] = i;
        for (var i = Count - 1; i > 0; i--)
        {
            // SplitMix64, and the high word of a product in place of a remainder.
            state += 0x9E3779B97F4A7C15;
            var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            var k = (int)(((z ^ (z >> 31)) >> 32) * (ulong)(i + 1) >> 32);
            (_order[i], _order[k]) = (_order[k], _order[i]);
        }
    }

    /// <summary>The tensors of a batch, filled; they are filled anew by the next call.</summary>
    public Tensor[] Fill(int step)
    {
        var targets = SizeOf(step) == BatchSize ? _whole : _last;
        var start = step * BatchSize;
        for (var k = 0; k < _sources.Length; k++)
        {
            var row = (int)(_sources[k].Bytes / Count);
            for (var i = 0; i < targets[k].Shape[0]; i++)
                _sources[k].BytesAt((long)_order[start + i] * row, row).CopyTo(targets[k].BytesAt((long)i * row, row));
        }
        return targets;
    }

    static Tensor Rows(Tensor source, int count) => Tensor.Empty(source.DType, [count, .. source.Shape[1..]]);
}
