namespace DeepSym.Tests.Ops.Draws;

/// <summary>A million draws of each distribution against its distribution function (Kolmogorov-Smirnov) or its probabilities (chi-square); seeds are fixed.</summary>
public sealed class DistributionTests
{
    private const int Count = 1_000_000;

    [Fact]
    public void Uniform_numbers_of_both_dtypes()
    {
        Follows(new RandomStream(1).Uniform([Count]), x => x);
        Follows(new RandomStream(2).Uniform([Count], -1, 3, DType.Float64), x => (x + 1) / 4);
    }

    [Fact]
    public void Normal_numbers()
    {
        Follows(new RandomStream(3).Normal([Count], 2, 3), x => Phi((x - 2) / 3));
        Follows(new RandomStream(4).Normal([Count], dtype: DType.Float64), Phi);
    }

    [Theory]
    [InlineData(-2, 2), InlineData(0.5, 1), InlineData(-1, 3)]
    public void Truncated_normal_numbers(double low, double high) =>
        Follows(new RandomStream(5).TruncatedNormal([Count], 1, 2, low, high, DType.Float64), x => (Phi((x - 1) / 2) - Phi(low)) / (Phi(high) - Phi(low)));

    [Fact]
    public void Exponential_numbers() => Follows(new RandomStream(6).Exponential([Count], 2.5), x => -Math.Exp(-x / 2.5) + 1);

    [Theory]
    [InlineData(1), InlineData(2), InlineData(5)]
    public void Gamma_numbers_of_whole_shapes(int shape) =>
        Follows(new RandomStream(7).Gamma([Count], shape, 1.5, DType.Float64), x => 1 - Math.Exp(-x / 1.5) * Enumerable.Range(0, shape).Sum(k => Math.Pow(x / 1.5, k) / Enumerable.Range(1, k).Aggregate(1.0, (p, i) => p * i)));

    [Fact]
    public void Gamma_numbers_of_shape_one_half_are_half_of_squared_normals() => Follows(new RandomStream(8).Gamma([Count], 0.5, dtype: DType.Float64), x => 2 * Phi(Math.Sqrt(2 * x)) - 1);

    [Fact]
    public void Beta_numbers()
    {
        Follows(new RandomStream(9).Beta([Count], 0.5, 0.5, DType.Float64), x => 2 / Math.PI * Math.Asin(Math.Sqrt(x)));
        Follows(new RandomStream(10).Beta([Count], 2, 3), x => x * x * (6 - 8 * x + 3 * x * x));
    }

    [Theory]
    [InlineData(0.3), InlineData(4), InlineData(9.5), InlineData(12), InlineData(150)]
    public void Poisson_numbers(double rate)
    {
        var probability = Math.Exp(-rate);
        List<double> expected = [probability];
        for (var k = 1; k < rate + 12 * Math.Sqrt(rate + 1) + 12; k++) expected.Add(probability *= rate / k);
        Occurs(new RandomStream(11).Poisson([Count], rate), expected);
    }

    [Theory]
    [InlineData(1, 0.25), InlineData(10, 0.5), InlineData(40, 0.9), InlineData(100, 0.3), InlineData(1000, 0.02), InlineData(5, 0), InlineData(5, 1)]
    public void Binomial_numbers(int trials, double p)
    {
        double LogOf(int n) => Enumerable.Range(1, n).Sum(i => Math.Log(i));
        var expected = Enumerable.Range(0, trials + 1).Select(k => p is 0 or 1 ? (k == p * trials ? 1 : 0) : Math.Exp(LogOf(trials) - LogOf(k) - LogOf(trials - k) + k * Math.Log(p) + (trials - k) * Math.Log(1 - p)));
        Occurs(new RandomStream(12).Binomial([Count], trials, p), [.. expected]);
    }

    [Fact]
    public void Classes_and_integers()
    {
        double[] p = [0.1, 0, 0.6, 0.3];
        Occurs(new RandomStream(13).Categorical([Count], T.Constant(Tensor.From(p)) * 7), p);
        Occurs(new RandomStream(14).Integers([Count], 5, 12) - 5, [.. Enumerable.Repeat(1.0 / 7, 7)]);
        Occurs(T.Cast(new RandomStream(15).Bernoulli([Count], 0.3), DType.Int64), [0.7, 0.3]);
    }

    [Fact]
    public void Counts_of_a_multinomial_are_binomial_and_add_up()
    {
        var counts = Numerically.Compiled(new RandomStream(16).Multinomial(4, T.Constant(Tensor.From([0.2, 0.5, 0.3])), Count));
        Numerically.Close(Tensor.Full(4L, Count), Numerically.Compiled(T.Sum(T.Constant(counts), 1)));
        Occurs(T.Constant(counts)[.., 1], [0.0625, 0.25, 0.375, 0.25, 0.0625]);
    }

    [Fact]
    public void Every_order_of_a_permutation_is_as_likely()
    {
        using var function = Function.Compile([], [T.Sum(Orders(new RandomStream(17)), 1)]);
        Check([.. function.Invoke()[0].ToArray<long>().Select(n => (int)n)], [.. Enumerable.Repeat(1.0 / 24, 24)]);

        static Expr Orders(RandomStream stream)
        {
            var order = T.ArgSort(stream.Uniform([Count, 4], dtype: DType.Float64));
            var later = T.ExpandDims(order, 2) > T.ExpandDims(order, 1);                                  // Lehmer's code
            var code = T.Sum(T.Cast(later, DType.Int64) * T.Cast(T.Triu(T.Ones([4, 4]), 1), DType.Int64), 2);
            return code * T.Constant(Tensor.From([6L, 2, 1, 0]));
        }
    }

    [Fact]
    public void Choices_without_replacement_favour_what_is_likely()
    {
        var stream = new RandomStream(18);
        var (x, p) = (T.Arange(3), T.Constant(Tensor.From([0.6, 0.3, 0.1])));
        using var function = Function.Compile([], [stream.Choice(x, [2], replace: false, p)], updates: stream.Updates);
        var pairs = Enumerable.Range(0, 20_000).Select(_ => function.Invoke()[0].ToArray<long>()).ToArray();
        Assert.All(pairs, pair => Assert.NotEqual(pair[0], pair[1]));
        double[] p0 = [0.6, 0.3, 0.1];
        Check([.. pairs.Select(pair => (int)(3 * pair[0] + pair[1]))], [.. Enumerable.Range(0, 9).Select(i => i / 3 == i % 3 ? 0 : p0[i / 3] * p0[i % 3] / (1 - p0[i / 3]))]);
    }

    // The largest distance between the two distribution functions is below the bound that chance exceeds once in 1000 times.
    private static void Follows(Expr draws, Func<double, double> distribution)
    {
        var sorted = Numerically.Compiled(draws).To(DType.Float64).ToArray<double>();
        Array.Sort(sorted);
        var distance = sorted.Select((x, i) => Math.Max(Math.Abs(distribution(x) - (double)i / Count), Math.Abs(distribution(x) - (i + 1.0) / Count))).Max();
        Assert.True(distance < 1.95 / Math.Sqrt(Count), $"distance {distance}");
    }

    private static void Occurs(Expr draws, IReadOnlyList<double> probabilities) => Check([.. Numerically.Compiled(draws).ToArray<long>().Select(n => (int)n)], probabilities);

    // Pearson's statistic, over values that are expected at least 10 times, lies within 4 deviations of its mean; what cannot occur does not.
    private static void Check(int[] draws, IReadOnlyList<double> probabilities)
    {
        var counts = new int[probabilities.Count];
        foreach (var draw in draws) counts[draw]++;
        var (statistic, cells) = (0.0, 0);
        for (var k = 0; k < counts.Length; k++)
        {
            var expected = probabilities[k] * draws.Length;
            if (expected == 0) Assert.Equal(0, counts[k]);
            if (expected < 10) continue;
            statistic += (counts[k] - expected) * (counts[k] - expected) / expected;
            cells++;
        }
        var freedom = Math.Max(cells - 1, 1);
        Assert.True(statistic < freedom + 4 * Math.Sqrt(2.0 * freedom) + 8, $"statistic {statistic} of {freedom} degrees of freedom");
    }

    private static double Phi(double x) => Numerically.StandardNormal(x);
}
