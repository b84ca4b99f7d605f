namespace DeepSym.Layers;

/// <summary>Where the first value of a parameter comes from: a function of its shape and a seeded generator. Values are float64 and cast by the layer.</summary>
public abstract record Initializer
{
    /// <summary>The name in saved models, with its parameters.</summary>
    public abstract string Text { get; }

    /// <summary>A value of a shape.</summary>
    public abstract Tensor Sample(ReadOnlySpan<int> shape, InitializerRandom random);

    /// <summary>All 0.</summary>
    public static Initializer Zeros { get; } = new ConstantInitializer(0);

    /// <summary>All 1.</summary>
    public static Initializer Ones { get; } = new ConstantInitializer(1);

    /// <summary>All <paramref name="value"/>.</summary>
    public static Initializer Constant(double value) => new ConstantInitializer(value);

    /// <summary>Normal numbers. (Keras's default deviation is 0.05, Lasagne's 0.01.)</summary>
    public static Initializer Normal(double deviation = 0.05, double mean = 0) => new NormalInitializer(mean, deviation, IsTruncated: false);

    /// <summary>Normal numbers, those beyond two deviations drawn again.</summary>
    public static Initializer TruncatedNormal(double deviation = 0.05, double mean = 0) => new NormalInitializer(mean, deviation, IsTruncated: true);

    /// <summary>Uniform numbers in <c>[low, high)</c>.</summary>
    public static Initializer Uniform(double low = -0.05, double high = 0.05) => new UniformInitializer(low, high);

    /// <summary>Uniform in <c>±√(6/(fanIn + fanOut))</c> (Glorot &amp; Bengio 2010): Keras's default for weights.</summary>
    public static Initializer GlorotUniform { get; } = new ScaledInitializer("glorot_uniform", 1, Fan.Average, Spread.Uniform);

    /// <summary>Truncated normal of variance <c>2/(fanIn + fanOut)</c>, as in Keras; Lasagne does not truncate.</summary>
    public static Initializer GlorotNormal { get; } = new ScaledInitializer("glorot_normal", 1, Fan.Average, Spread.TruncatedNormal);

    /// <summary>Uniform in <c>±√(6/fanIn)</c> (He et al. 2015): for rectifiers. (Lasagne's He has half the variance unless its gain is √2.)</summary>
    public static Initializer HeUniform { get; } = new ScaledInitializer("he_uniform", 2, Fan.In, Spread.Uniform);

    /// <summary>Truncated normal of variance <c>2/fanIn</c>.</summary>
    public static Initializer HeNormal { get; } = new ScaledInitializer("he_normal", 2, Fan.In, Spread.TruncatedNormal);

    /// <summary>Uniform in <c>±√(3/fanIn)</c> (LeCun et al. 1998).</summary>
    public static Initializer LeCunUniform { get; } = new ScaledInitializer("lecun_uniform", 1, Fan.In, Spread.Uniform);

    /// <summary>Truncated normal of variance <c>1/fanIn</c>.</summary>
    public static Initializer LeCunNormal { get; } = new ScaledInitializer("lecun_normal", 1, Fan.In, Spread.TruncatedNormal);

    /// <summary>Rows or columns that are orthonormal times <paramref name="gain"/> (Saxe, McClelland &amp; Ganguli 2014), for the first axis against all others.</summary>
    public static Initializer Orthogonal(double gain = 1) => new OrthogonalInitializer(gain);

    /// <summary>
    /// The numbers of inputs and outputs of a unit: the two axes of a matrix; for filters <c>[out, in, sizes...]</c> each times the product of the sizes.
    /// </summary>
    public static (double In, double Out) Fans(ReadOnlySpan<int> shape)
    {
        if (shape.Length < 2) return (Math.Max(1, shape.Length == 1 ? shape[0] : 1), Math.Max(1, shape.Length == 1 ? shape[0] : 1));
        if (shape.Length == 2) return (shape[0], shape[1]);
        var field = 1.0;
        foreach (var size in shape[2..]) field *= size;
        return (shape[1] * field, shape[0] * field);
    }

    private protected static Tensor Draw(ReadOnlySpan<int> shape, Func<double> next)
    {
        var tensor = Tensor.Empty(DType.Float64, shape);
        foreach (ref var value in tensor.AsSpan<double>()) value = next();
        return tensor;
    }

    sealed record ConstantInitializer(double Value) : Initializer
    {
        public override string Text => FormattableString.Invariant($"constant({Value:R})");

        public override Tensor Sample(ReadOnlySpan<int> shape, InitializerRandom random) => Tensor.Full(Value, shape);
    }

    sealed record NormalInitializer(double Mean, double Deviation, bool IsTruncated) : Initializer
    {
        public override string Text => FormattableString.Invariant($"{(IsTruncated ? "truncated_normal" : "normal")}({Mean:R}, {Deviation:R})");

        public override Tensor Sample(ReadOnlySpan<int> shape, InitializerRandom random) =>
            Draw(shape, () => Mean + Deviation * (IsTruncated ? random.NextTruncatedNormal() : random.NextNormal()));
    }

    sealed record UniformInitializer(double Low, double High) : Initializer
    {
        public override string Text => FormattableString.Invariant($"uniform({Low:R}, {High:R})");

        public override Tensor Sample(ReadOnlySpan<int> shape, InitializerRandom random) => Draw(shape, () => Low + (High - Low) * random.NextUniform());
    }

    enum Fan
    {
        In,
        Average,
    }

    enum Spread
    {
        Uniform,
        TruncatedNormal,
    }

    sealed record ScaledInitializer(string Title, double Scale, Fan Fan, Spread Spread) : Initializer
    {
        // The standard deviation of a normal distribution cut at two deviations.
        const double TruncatedDeviation = 0.87962566103423978;

        public override string Text => Title;

        public override Tensor Sample(ReadOnlySpan<int> shape, InitializerRandom random)
        {
            var (fanIn, fanOut) = Fans(shape);
            var variance = Scale / (Fan == Fan.In ? fanIn : (fanIn + fanOut) / 2);
            return Spread == Spread.Uniform
                ? Draw(shape, () => Math.Sqrt(3 * variance) * (2 * random.NextUniform() - 1))
                : Draw(shape, () => Math.Sqrt(variance) / TruncatedDeviation * random.NextTruncatedNormal());
        }
    }

    sealed record OrthogonalInitializer(double Gain) : Initializer
    {
        public override string Text => FormattableString.Invariant($"orthogonal({Gain:R})");

        // Gram and Schmidt, twice for accuracy, on the shorter side.
        public override Tensor Sample(ReadOnlySpan<int> shape, InitializerRandom random)
        {
            if (shape.Length < 2) throw new ShapeException($"An orthogonal initial value needs at least two axes, and the parameter has {shape.Length}.");
            var rows = shape[0];
            var columns = 1;
            foreach (var size in shape[1..]) columns *= size;
            var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
            var vectors = new double[count][];
            for (var i = 0; i < count; i++)
            {
                var vector = vectors[i] = [.. Enumerable.Range(0, length).Select(_ => random.NextNormal())];
                for (var pass = 0; pass < 2; pass++)
                    for (var k = 0; k < i; k++)
                    {
                        var dot = vector.Zip(vectors[k], (a, b) => a * b).Sum();
                        for (var j = 0; j < length; j++) vector[j] -= dot * vectors[k][j];
                    }
                var norm = Math.Sqrt(vector.Sum(v => v * v));
                for (var j = 0; j < length; j++) vector[j] /= norm;
            }
            var tensor = Tensor.Empty(DType.Float64, shape);
            var values = tensor.AsSpan<double>();
            for (var r = 0; r < rows; r++)
                for (var c = 0; c < columns; c++) values[r * columns + c] = Gain * (rows <= columns ? vectors[r][c] : vectors[c][r]);
            return tensor;
        }
    }

    /// <summary>The initializer that <see cref="Text"/> describes.</summary>
    /// <exception cref="ArgumentException">There is none of that description.</exception>
    public static Initializer Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var known in new[] { GlorotUniform, GlorotNormal, HeUniform, HeNormal, LeCunUniform, LeCunNormal })
            if (known.Text == text) return known;
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open > 0 && text.EndsWith(')'))
        {
            var parts = text[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
            var numbers = parts.Select(p => double.TryParse(p, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToArray();
            switch (text[..open], numbers.Length)
            {
                case ("constant", 1): return Constant(numbers[0]);
                case ("normal", 2): return Normal(numbers[1], numbers[0]);
                case ("truncated_normal", 2): return TruncatedNormal(numbers[1], numbers[0]);
                case ("uniform", 2): return Uniform(numbers[0], numbers[1]);
                case ("orthogonal", 1): return Orthogonal(numbers[0]);
            }
        }
        throw new ArgumentException($"There is no initializer '{text}'.", nameof(text));
    }
}

/// <summary>The generator of initial values: SplitMix64, seeded by a number and a name, so that the order in which parameters are made does not matter.</summary>
public sealed class InitializerRandom
{
    ulong _state;

    /// <summary>A generator for the parameter called <paramref name="name"/>.</summary>
    public InitializerRandom(long seed, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _state = (ulong)seed * 0x9E3779B97F4A7C15 + 0xCBF29CE484222325;
        foreach (var character in name) _state = (_state ^ character) * 0x100000001B3;
    }

    /// <summary>A uniform number in <c>[0, 1)</c> with 53 bits.</summary>
    public double NextUniform()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1L << 53));
    }

    /// <summary>A standard normal number (Box and Muller).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextUniform())) * Math.Cos(2 * Math.PI * NextUniform());

    /// <summary>A standard normal number within two deviations.</summary>
    public double NextTruncatedNormal()
    {
        while (true)
            if (NextNormal() is > -2 and < 2 and var number) return number;
    }
}
