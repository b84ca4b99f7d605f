using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>
/// Values with mean 0 and variance <c>Scale / fan</c>: the family of Glorot's, He's and LeCun's initializers. Lasagne's gain is the root of the scale.
/// A matrix is [in, out]; filters are [out, in, sizes...], and both fans count the elements of a filter.
/// </summary>
public sealed record VarianceScaling(double Scale, Fan Fan, Distribution Distribution) : Initializer
{
    // The deviation of the standard normal distribution without what lies beyond 2.
    const double TruncatedDeviation = 0.87962566103423978;

    /// <summary>What one unit takes in and gives out, for weights of such a shape.</summary>
    /// <exception cref="ArgumentException">The shape has fewer than two axes.</exception>
    public static (double In, double Out) Fans(ReadOnlySpan<int> shape)
    {
        if (shape.Length < 2) throw new ArgumentException($"An initializer with a fan needs weights of at least two axes, and the shape is [{string.Join(",", shape.ToArray())}].", nameof(shape));
        if (shape.Length == 2) return (shape[0], shape[1]);
        var field = 1.0;
        foreach (var size in shape[2..]) field *= size;
        return (shape[1] * field, shape[0] * field);
    }

    /// <inheritdoc/>
    public override void Fill(Span<double> values, ReadOnlySpan<int> shape, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (fanIn, fanOut) = Fans(shape);
        var fan = Fan switch { Fan.In => fanIn, Fan.Out => fanOut, _ => (fanIn + fanOut) / 2 };
        var deviation = Math.Sqrt(Scale / Math.Max(1, fan));
        Initializer draw = Distribution switch
        {
            Distribution.Uniform => Uniform(-Math.Sqrt(3) * deviation, Math.Sqrt(3) * deviation),
            Distribution.Normal => Normal(deviation),
            _ => TruncatedNormal(deviation / TruncatedDeviation),
        };
        draw.Fill(values, shape, random);
    }
}

/// <summary>Which connections of a unit are counted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Fan>))]
public enum Fan
{
    /// <summary>Those that come in.</summary>
    In,

    /// <summary>Those that go out.</summary>
    Out,

    /// <summary>The mean of both.</summary>
    Average,
}

/// <summary>How initial values are distributed around 0.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Distribution>))]
public enum Distribution
{
    /// <summary>Uniform.</summary>
    Uniform,

    /// <summary>Normal.</summary>
    Normal,

    /// <summary>Normal without what lies beyond two deviations, widened so that the variance stays.</summary>
    TruncatedNormal,
}
