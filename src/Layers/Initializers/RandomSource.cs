namespace DeepSym.Layers;

/// <summary>
/// A small deterministic generator for initial values: SplitMix64 (Steele, Lea, Flood 2014), whose numbers are the same on every machine. Different
/// streams of one seed are unrelated.
/// </summary>
public sealed class RandomSource(long seed, long stream = 0)
{
    const ulong Step = 0x9E3779B97F4A7C15;

    ulong _state = Mix(Mix((ulong)seed + Step) + (ulong)stream * Step);

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += Step);

    /// <summary>A number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number of the standard normal distribution, by the method of Box and Muller.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>A number of the standard normal distribution without what lies beyond 2.</summary>
    public double TruncatedNormal()
    {
        double draw;
        do draw = Normal();
        while (Math.Abs(draw) > 2);
        return draw;
    }

    static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
