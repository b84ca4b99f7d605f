using System.Text.Json.Serialization;

namespace DeepSym.Layers;

/// <summary>How a parameter begins. A number is one: every element has that value. Equal seeds give equal values, on every machine.</summary>
[JsonDerivedType(typeof(ConstantInitializer), "constant")]
[JsonDerivedType(typeof(NormalInitializer), "normal")]
[JsonDerivedType(typeof(TruncatedNormalInitializer), "truncated_normal")]
[JsonDerivedType(typeof(UniformInitializer), "uniform")]
[JsonDerivedType(typeof(VarianceScaling), "variance_scaling")]
[JsonDerivedType(typeof(OrthogonalInitializer), "orthogonal")]
public abstract record Initializer
{
    /// <summary>Zeros.</summary>
    public static Initializer Zeros { get; } = Constant(0);

    /// <summary>Ones.</summary>
    public static Initializer Ones { get; } = Constant(1);

    /// <summary>Uniform in ±√(6 / (fan in + fan out)) (Glorot, Bengio 2010).</summary>
    public static Initializer GlorotUniform { get; } = new VarianceScaling(1, Fan.Average, Distribution.Uniform);

    /// <summary>Truncated normal with variance 2 / (fan in + fan out) (as in Keras; Lasagne's is not truncated).</summary>
    public static Initializer GlorotNormal { get; } = new VarianceScaling(1, Fan.Average, Distribution.TruncatedNormal);

    /// <summary>Uniform in ±√(6 / fan in) (He et al. 2015; Lasagne's has gain 1 by default: ±√(3 / fan in)).</summary>
    public static Initializer HeUniform { get; } = new VarianceScaling(2, Fan.In, Distribution.Uniform);

    /// <summary>Truncated normal with variance 2 / fan in (as in Keras; Lasagne's is not truncated and has gain 1 by default).</summary>
    public static Initializer HeNormal { get; } = new VarianceScaling(2, Fan.In, Distribution.TruncatedNormal);

    /// <summary>Uniform in ±√(3 / fan in) (LeCun et al. 1998).</summary>
    public static Initializer LeCunUniform { get; } = new VarianceScaling(1, Fan.In, Distribution.Uniform);

    /// <summary>Truncated normal with variance 1 / fan in.</summary>
    public static Initializer LeCunNormal { get; } = new VarianceScaling(1, Fan.In, Distribution.TruncatedNormal);

    /// <summary>Every element has this value.</summary>
    public static Initializer Constant(double value) => new ConstantInitializer(value);

    /// <summary>Normal. Default deviation 0.01 (Lasagne; Keras 0.05).</summary>
    public static Initializer Normal(double deviation = 0.01, double mean = 0) => new NormalInitializer(deviation, mean);

    /// <summary>Normal without what lies beyond two deviations. Default deviation 0.05.</summary>
    public static Initializer TruncatedNormal(double deviation = 0.05, double mean = 0) => new TruncatedNormalInitializer(deviation, mean);

    /// <summary>Uniform in [low, high). Default ±0.05 (Keras; Lasagne ±0.01).</summary>
    public static Initializer Uniform(double low = -0.05, double high = 0.05) => new UniformInitializer(low, high);

    /// <summary>
    /// Rows, or columns where there are fewer, that are orthonormal, times <paramref name="gain"/>: of the matrix of axis 0 by all others (Saxe et al. 2014).
    /// </summary>
    public static Initializer Orthogonal(double gain = 1) => new OrthogonalInitializer(gain);

    /// <summary>Every element has this value.</summary>
    public static implicit operator Initializer(double value) => Constant(value);

    /// <summary>Fills <paramref name="values"/>, the elements of a tensor of the given shape in row-major order.</summary>
    public abstract void Fill(Span<double> values, ReadOnlySpan<int> shape, RandomSource random);

    /// <summary>Values of the given shape, drawn in float64 and then rounded to <paramref name="dtype"/>.</summary>
    public Tensor Sample(ReadOnlySpan<int> shape, RandomSource random, DType dtype = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(random);
        var values = Tensor.Zeros(DType.Float64, shape);
        Fill(values.AsSpan<double>(), shape, random);
        return values.To(dtype);
    }
}
