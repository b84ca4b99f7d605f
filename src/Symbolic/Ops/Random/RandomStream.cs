namespace DeepSym;

/// <summary>
/// A seeded source of random expressions. Each draw has a key of its own and a counter in a shared variable; one expression is one draw per call,
/// however often it is used, and the gradient sees the same draw. A function draws anew each time if it is given <see cref="Updates"/>.
/// (Theano: <c>RandomStreams</c>.) The bits are the same on every backend.
/// </summary>
public sealed partial class RandomStream(long seed = 0)
{
    readonly List<(SharedVariable Variable, Expr Value)> _updates = [];
    readonly List<RandomStream> _children = [];

    /// <summary>The seed.</summary>
    public long Seed { get; } = seed;

    /// <summary>The updates that let the next call draw anew, for every draw made so far, those of split streams included.</summary>
    public IReadOnlyList<(SharedVariable Variable, Expr Value)> Updates => [.. _updates, .. _children.SelectMany(child => child.Updates)];

    /// <summary>The counters of the draws made so far, in order: saving and restoring them repeats the same numbers.</summary>
    public IEnumerable<SharedVariable> Counters => Updates.Select(u => u.Variable);

    /// <summary>
    /// Streams whose draws have nothing to do with those of this one or of each other: for parts of a program that are built independently. Their updates are
    /// among those of this stream.
    /// </summary>
    public RandomStream[] Split(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var first = (1UL << 32) + (ulong)_children.Count;   // draws are numbered from 0 on
        RandomStream[] children = [.. Enumerable.Range(0, count).Select(i => new RandomStream(KeyOf(first + (ulong)i)))];
        _children.AddRange(children);
        return children;
    }

    /// <summary>Uniform random int32 words.</summary>
    public Expr Bits(params ReadOnlySpan<Dim> shape)
    {
        var target = Shape.Create(shape);
        return new RandomBits(target).On(State(RandomBits.Counters(target.Length)));
    }

    // The key and the counter of a new draw, which moves on by the given number in every call.
    Expr State(Dim advance)
    {
        var counter = new SharedVariable(Tensor.Scalar(0L), $"random_{_updates.Count}", []) { Stream = this };
        var key = T.Constant(Tensor.Scalar(KeyOf((ulong)_updates.Count)));
        _updates.Add((counter, counter + T.Size(advance)));
        return T.Stack([key, counter]);
    }

    long KeyOf(ulong number) => (long)Mix((ulong)Seed * 0x9E3779B97F4A7C15 + number);

    /// <summary>The update of the counter of one draw: a loop replaces it, because it draws in every step.</summary>
    internal Expr this[SharedVariable counter]
    {
        get => _updates.First(u => u.Variable == counter).Value;
        set => _updates[_updates.FindIndex(u => u.Variable == counter)] = (counter, value);
    }

    /// <summary>Uniform numbers in <c>[low, high)</c>, multiples of 2⁻²⁴ of the range for float32 and of 2⁻⁵³ for float64.</summary>
    public Expr Uniform(ReadOnlySpan<Dim> shape, double low = 0, double high = 1, DType dtype = DType.Float32)
    {
        var unit = dtype switch
        {
            DType.Float32 => T.Cast(T.ShiftRight(Bits(shape), 8), dtype) * (1.0 / (1 << 24)),
            DType.Float64 => (T.Cast(T.ShiftRight(Bits(shape), 5), dtype) * 67108864.0 + T.Cast(T.ShiftRight(Bits(shape), 6), dtype)) * (1.0 / 9007199254740992.0),
            _ => throw new DTypeException($"Uniform numbers are float32 or float64, not {dtype.Name()}."),
        };
        return low == 0 && high == 1 ? unit : unit * (high - low) + low;
    }

    /// <summary>Normal numbers, by the method of Box and Muller.</summary>
    public Expr Normal(ReadOnlySpan<Dim> shape, double mean = 0, double deviation = 1, DType dtype = DType.Float32)
    {
        var radius = T.Sqrt(-2 * T.Log(1 - Uniform(shape, dtype: dtype)));
        return mean + deviation * (radius * T.Cos(2 * Math.PI * Uniform(shape, dtype: dtype)));
    }

    /// <summary>Truth values that hold with probability <paramref name="p"/>.</summary>
    public Expr Bernoulli(ReadOnlySpan<Dim> shape, double p) => Uniform(shape) < p;

    // The finaliser of SplitMix64: neighbouring seeds give unrelated keys.
    static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}

public static partial class T
{
    /// <summary>
    /// x with each element zeroed with probability <paramref name="rate"/> and the others scaled by <c>1/(1 - rate)</c>, so that the mean stays.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not at least 0 and below 1.</exception>
    public static Expr Dropout(Expr x, double rate, RandomStream stream)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(stream);
        if (!(rate is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(rate), $"A dropout rate is at least 0 and below 1, and was {rate}.");
        return rate == 0 ? x : Switch(stream.Uniform(x.Shape.Dims.AsSpan()) >= rate, x * (1 / (1 - rate)), 0);
    }
}
