using DeepSym.Layers;

namespace DeepSym.Tests.Layers;

/// <summary>The distributions of initial values.</summary>
public sealed class InitializerTests
{
    public static TheoryData<string, double, double> Variances => new()
    {
        { nameof(Initializer.GlorotUniform), 2.0 / (400 + 300), Math.Sqrt(6.0 / (400 + 300)) }, { nameof(Initializer.GlorotNormal), 2.0 / (400 + 300), double.PositiveInfinity },
        { nameof(Initializer.HeUniform), 2.0 / 400, Math.Sqrt(6.0 / 400) }, { nameof(Initializer.HeNormal), 2.0 / 400, double.PositiveInfinity },
        { nameof(Initializer.LeCunUniform), 1.0 / 400, Math.Sqrt(3.0 / 400) }, { nameof(Initializer.LeCunNormal), 1.0 / 400, double.PositiveInfinity },
    };

    [Theory, MemberData(nameof(Variances))]
    public void Scaled_values_have_mean_zero_and_the_variance_of_the_formula(string name, double variance, double bound)
    {
        var initializer = (Initializer)typeof(Initializer).GetProperty(name)!.GetValue(null)!;
        var values = initializer.Sample([400, 300], new RandomSource(3), DType.Float64).ToArray<double>();
        Assert.Equal(0, values.Average(), 3);
        Assert.InRange(values.Sum(v => v * v) / values.Length, 0.98 * variance, 1.02 * variance);
        Assert.All(values, v => Assert.True(Math.Abs(v) <= bound));
    }

    [Fact]
    public void Fans_of_filters_count_their_elements() => Assert.Equal((5 * 9.0, 7 * 9.0), VarianceScaling.Fans([7, 5, 3, 3]));

    [Fact]
    public void Normal_and_truncated_normal_have_their_deviation()
    {
        var normal = Initializer.Normal(0.5, 2).Sample([200, 200], new RandomSource(1), DType.Float64).ToArray<double>();
        Assert.Equal(2, normal.Average(), 1);
        Assert.InRange(Math.Sqrt(normal.Sum(v => (v - 2) * (v - 2)) / normal.Length), 0.49, 0.51);
        Assert.All(Initializer.TruncatedNormal(0.5).Sample([100, 100], new RandomSource(1), DType.Float64).ToArray<double>(), v => Assert.True(Math.Abs(v) <= 1));
    }

    [Theory, InlineData(20, 30), InlineData(30, 20)]
    public void Orthogonal_vectors_are_orthonormal(int rows, int columns)
    {
        var w = T.DMatrix("w");
        var value = Initializer.Orthogonal().Sample([rows, columns], new RandomSource(2), DType.Float64);
        var product = Function.Compile([w], rows < columns ? T.Dot(w, w.Transpose()) : T.Dot(w.Transpose(), w)).Invoke(value)[0].ToArray<double>();
        var n = Math.Min(rows, columns);
        for (var i = 0; i < n * n; i++) Assert.Equal(i % (n + 1) == 0 ? 1 : 0, product[i], 12);
    }

    [Fact]
    public void A_seed_gives_the_same_values_and_another_seed_others()
    {
        var first = Initializer.GlorotUniform.Sample([3, 4], new RandomSource(1)).ToArray<float>();
        Assert.Equal(first, Initializer.GlorotUniform.Sample([3, 4], new RandomSource(1)).ToArray<float>());
        Assert.NotEqual(first, Initializer.GlorotUniform.Sample([3, 4], new RandomSource(2)).ToArray<float>());
    }
}
