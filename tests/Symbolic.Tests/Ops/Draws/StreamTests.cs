namespace DeepSym.Tests.Ops.Draws;

/// <summary>Streams: seeds, splitting, parameters that broadcast, gradients, and what is refused.</summary>
public sealed class StreamTests
{
    private static readonly Variable s_x = T.DVector("x");

    [Fact]
    public void The_same_seed_gives_the_same_numbers_on_every_backend()
    {
        static Expr Draw(long seed)
        {
            var stream = new RandomStream(seed);
            return T.Concatenate([stream.Gamma([3], 0.7, dtype: DType.Float64), T.Cast(stream.Poisson([3], 30), DType.Float64), T.Cast(stream.Binomial([3], 90, 0.4), DType.Float64),
                T.Cast(stream.Permutation(4), DType.Float64), T.Cast(stream.Categorical([3], T.Constant(Tensor.From([0.2, 0.8]))), DType.Float64)]);
        }
        var value = Numerically.Agreed(Draw(5));
        Numerically.Close(value, Numerically.Value(Draw(5)));
        Assert.NotEqual(value.ToArray<double>(), Numerically.Value(Draw(6)).ToArray<double>());
    }

    [Fact]
    public void A_function_draws_anew_with_the_updates_of_its_stream_and_of_those_split_from_it()
    {
        var stream = new RandomStream(1);
        var children = stream.Split(2);
        var draws = T.Stack([stream.Uniform([4]), children[0].Uniform([4]), children[1].Uniform([4]), stream.Split(1)[0].Uniform([4])]);
        using var function = Function.Compile([], [draws], updates: stream.Updates);
        var values = function.Invoke()[0].ToArray<float>().Concat(function.Invoke()[0].ToArray<float>()).ToArray();
        Assert.Equal(values.Length, values.Distinct().Count());
        Assert.Equal(4, stream.Counters.Count());
        Assert.Equal(Numerically.Value(children[0].Uniform([3])).ToArray<float>(), Numerically.Value(SecondDraw(new RandomStream(1).Split(2)[0])).ToArray<float>());

        static Expr SecondDraw(RandomStream stream)
        {
            stream.Uniform([4]);
            return stream.Uniform([3]);
        }
    }

    [Fact]
    public void Neighbouring_streams_are_not_correlated()
    {
        const int Count = 100_000;
        var children = new RandomStream(3).Split(2);
        foreach (var (a, b) in new[] { (children[0], children[1]), (new RandomStream(3), new RandomStream(4)), (new RandomStream(3), children[0]) })
        {
            var (x, y) = (a.Normal([Count], dtype: DType.Float64), b.Normal([Count], dtype: DType.Float64));
            Assert.InRange(Numerically.Compiled(T.Mean(x * y)).ToScalar<double>() * Math.Sqrt(Count), -4, 4);
        }
    }

    [Fact]
    public void Parameters_broadcast_to_the_shape()
    {
        var means = Numerically.Compiled(T.Mean(T.Cast(new RandomStream(2).Poisson([20_000, 3], T.Constant(Tensor.From([1.0, 20, 300]))), DType.Float64), 0)).ToArray<double>();
        foreach (var (mean, rate) in means.Zip([1.0, 20, 300])) Assert.InRange(mean, rate - 4 * Math.Sqrt(rate / 20_000), rate + 4 * Math.Sqrt(rate / 20_000));
        var classes = new RandomStream(2).Categorical(T.Constant(Tensor.From<double>([1, 0, 0, 0, 0, 2], 2, 3)));
        Assert.Equal([0L, 2], Numerically.Agreed(classes).ToArray<long>());
    }

    [Fact]
    public void A_shuffle_keeps_every_slice_and_a_choice_takes_some()
    {
        var x = T.Constant(Tensor.Arange(12).Reshape(4, 3));
        var shuffled = Numerically.Agreed(new RandomStream(4).Shuffle(x));
        Assert.Equal([0, 3, 6, 9], Enumerable.Range(0, 4).Select(i => shuffled.To(DType.Int32).Get<int>(i, 0)).Order());
        Assert.Equal([2, 5, 3], Numerically.Agreed(new RandomStream(4).Choice(x, [2, 5])).Shape.ToArray());
        Assert.Equal(4, Numerically.Agreed(new RandomStream(4).Choice(x, [4], replace: false)[.., 0]).To(DType.Int64).ToArray<long>().Distinct().Count());
        Assert.Equal("choice(int64[4]): 5 slices without replacement are more than there are.", Message(Assert.Throws<ShapeException>(() => new RandomStream().Choice(T.LVector("v", 4), [5], replace: false))));

        static string Message(Exception e) => e.Message.Replace("v: ", "", StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_made_from_uniform_ones_have_derivatives_in_their_parameters()
    {
        var point = Tensor.From([1.5, 2, 0.5]);
        Numerically.CheckGradient(Numerically.Weighted(new RandomStream(5).Exponential([3], s_x, DType.Float64)), twice: false, (s_x, point));
        Numerically.CheckGradient(Numerically.Weighted(new RandomStream(5).Gamma([3], 2, s_x, DType.Float64)), twice: false, (s_x, point));
        Assert.Contains("has no derivative in its parameters", Assert.Throws<GradientException>(() => T.Grad(T.Sum(new RandomStream(5).Gamma([3], s_x, dtype: DType.Float64)), s_x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_that_are_no_parameters_are_refused()
    {
        var stream = new RandomStream();
        Assert.StartsWith("The gamma distribution needs a shape above 0, and got -1.", Fails(stream.Gamma([2], -1)), StringComparison.Ordinal);
        Assert.StartsWith("The poisson distribution needs a rate of at least 0, and got NaN.", Fails(stream.Poisson([2], double.NaN)), StringComparison.Ordinal);
        Assert.StartsWith("The binomial distribution needs a probability from 0 to 1, and got 1.5.", Fails(stream.Binomial([2], 3, 1.5)), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => stream.TruncatedNormal([2], low: 1, high: 1));
        Assert.Throws<ShapeException>(() => stream.Poisson([], s_x));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Split(-1));

        static string Fails(Expr draw) => Assert.Throws<ArgumentOutOfRangeException>(() => Numerically.Compiled(draw)).Message;
    }
}
