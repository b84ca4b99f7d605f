namespace DeepSym.Optimizers.Tests;

public sealed class ScheduleTests
{
    static double At(Schedule schedule, long iteration, double? rate = null)
    {
        var (r, i) = (T.DScalar("r"), T.LScalar("i"));
        using var f = Compiled.Function([r, i], [schedule.At(r, i)]);
        return f.Invoke(rate ?? schedule.Initial, iteration)[0].ToScalar<double>();
    }

    [Fact]
    public void A_number_is_a_constant_rate()
    {
        Schedule rate = .25;
        Assert.Equal(new ConstantRate(.25), rate);
        Assert.Equal(.25, At(rate, 1000));
    }

    [Fact]
    public void Exponential_decay_falls_by_its_factor()
    {
        Assert.Equal(.05 * Math.Pow(.96, .5), At(new ExponentialDecay(.05, .96, 10), 5), 1e-15);
        Assert.Equal(.05, At(new ExponentialDecay(.05, .96, 10), 0));
    }

    [Fact]
    public void A_staircase_falls_at_whole_multiples_only()
    {
        var stairs = new ExponentialDecay(.1, .96, 3) { Staircase = true };
        Assert.Equal(.1 * Math.Pow(.96, 33), At(stairs, 100), 1e-15);
        Assert.Equal(At(stairs, 99), At(stairs, 101));
        Assert.True(At(stairs, 102) < At(stairs, 101));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(100, 1)]
    [InlineData(105, .1)]
    [InlineData(110, .1)]
    [InlineData(120, .01)]
    [InlineData(121, .001)]
    [InlineData(999, .001)]
    public void Piecewise_rates_change_after_their_boundary(long iteration, double expected) =>
        Assert.Equal(expected, At(new PiecewiseConstant(1, [new(100, .1), new(110, .01), new(120, .001)]), iteration));

    [Fact]
    public void Writing_the_rate_scales_every_piece() => Assert.Equal(.05, At(new PiecewiseConstant(1, [new(10, .1)]), 11, rate: .5), 1e-15);

    [Fact]
    public void Inverse_time_decay_divides() => Assert.Equal(.1 / (1 + .96 * 7 / 10), At(new InverseTimeDecay(.1, .96, 10), 7), 1e-15);

    [Theory]
    [InlineData(0, .1)]
    [InlineData(25, .08681980515339464)]
    [InlineData(50, .055)]
    [InlineData(100, .01)]
    [InlineData(150, .01)]
    public void A_cosine_falls_to_its_floor(long iteration, double expected) =>
        Assert.Equal(expected, At(new CosineDecay(.1, 100) { Alpha = .1 }, iteration), 1e-15);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, .05)]
    [InlineData(10, .1)]
    [InlineData(60, .055)]
    public void A_warm_up_rises_evenly_before_the_cosine(long iteration, double expected) =>
        Assert.Equal(expected, At(new CosineDecay(.1, 100) { Alpha = .1, WarmUp = 10 }, iteration), 1e-15);

    [Fact]
    public void A_schedule_drives_the_steps_and_the_written_rate_scales_it()
    {
        var x = T.Shared(Tensor.Scalar(0.0), "x");
        var step = new SGD { LearningRate = new ExponentialDecay(1, .5, 1) }.Step([T.Constant(Tensor.Scalar(-1.0))], [x]);
        using var train = Compiled.Function([], [step.Rate], step.Updates);
        Assert.Equal(1, train.Invoke()[0].ToScalar<double>());
        Assert.Equal(.5, train.Invoke()[0].ToScalar<double>(), 1e-15);
        step.LearningRate.SetValue(8.0);
        Assert.Equal(2, train.Invoke()[0].ToScalar<double>(), 1e-15);
        Assert.Equal(3.5, x.GetValue().ToScalar<double>(), 1e-15);
        Assert.Equal(3, step.Iteration.GetValue().ToScalar<long>());
    }

    [Fact]
    public void Impossible_rates_are_refused_where_they_are_written()
    {
        Assert.Equal("Initial of a learning rate must be finite and not negative. (Parameter 'Initial')\nActual value was -1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD { LearningRate = -1 }).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => (Schedule)double.NaN);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialDecay(.1, 0, 10));
        Assert.Equal("Steps of a learning rate must be at least 1. (Parameter 'Steps')\nActual value was 0.",
            Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialDecay(.1, .5, 0)).Message);
        Assert.Equal("The boundaries of a piecewise learning rate must rise, and 5 follows 10. (Parameter 'pieces')",
            Assert.Throws<ArgumentException>(() => new PiecewiseConstant(1, [new(10, .1), new(5, .01)])).Message);
    }
}
