namespace DeepSym.Optimizers.Tests;

public sealed class OptimizerStepTests
{
    static (SharedVariable W, SharedVariable B, Expr Loss) Problem(DType dtype = DType.Float64)
    {
        var w = T.Shared(Tensor.From<double>([1, -2, 3, .5], 2, 2).To(dtype), "w");
        var b = T.Shared(Tensor.From(new[] { .1, .2 }).To(dtype), "b");
        return (w, b, T.Sum(T.Sqr(T.Sum(w, 0) + b - 1)));
    }

    public static TheoryData<Optimizer> All => [new SGD(), new Momentum(), new Nesterov(), new Adagrad(), new RMSprop(), new RMSprop { Centered = true, Momentum = .5 },
        new Adadelta(), new Adam(), new Adam { CorrectedEpsilon = true }, new AMSGrad(), new Adamax(), new AppliedMomentum(new Adam())];

    [Fact]
    public void The_state_is_named_and_in_a_fixed_order()
    {
        var (w, b, loss) = Problem();
        var step = new Adam { LearningRate = .01 }.Minimize(loss, [w, b]);
        Assert.Equal(["iteration", "learning_rate", "w.m", "w.v", "b.m", "b.v"], step.State.Select(s => s.Name));
        Assert.Equal([w, step.State[2], step.State[3], b, step.State[4], step.State[5], step.Iteration], step.Updates.Select(u => u.Variable));
        Assert.Equal(.01, step.LearningRate.GetValue().ToScalar<double>());
    }

    [Fact]
    public void Parameters_of_one_name_have_states_of_two()
    {
        var (x, y) = (T.Shared(Tensor.Scalar(1.0), "x"), T.Shared(Tensor.Scalar(2.0), "x"));
        Assert.Equal(["iteration", "learning_rate", "x.velocity", "x.velocity#2"], new Momentum().Minimize(x * y, [x, y]).State.Select(s => s.Name));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_resumed_training_is_the_same_to_the_bit(Optimizer optimizer)
    {
        var (w, b, loss) = Problem(DType.Float32);
        var step = optimizer.Minimize(loss, [w, b]);
        using var train = Compiled.Function([], [loss], step.Updates);
        for (var i = 0; i < 3; i++) train.Invoke();
        var (state, savedW, savedB) = (step.GetState(), w.GetValue(), b.GetValue());
        for (var i = 0; i < 3; i++) train.Invoke();

        var (w2, b2, loss2) = Problem(DType.Float32);
        var resumed = optimizer.Minimize(loss2, [w2, b2]);
        using var train2 = Compiled.Function([], [loss2], resumed.Updates);
        resumed.SetState(state);
        w2.SetValue(savedW);
        b2.SetValue(savedB);
        for (var i = 0; i < 3; i++) train2.Invoke();
        Assert.True(w.GetValue().ContentEquals(w2.GetValue()));
        Assert.True(b.GetValue().ContentEquals(b2.GetValue()));
        Assert.All(step.State.Zip(resumed.State), pair => Assert.True(pair.First.GetValue().ContentEquals(pair.Second.GetValue())));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_new_value_has_the_type_of_its_variable(Optimizer optimizer)
    {
        var (w, b, loss) = Problem(DType.Float32);
        Assert.All((optimizer with { Clipping = Clipping.ByGlobalNorm(1) }).Minimize(loss, [w, b]).Updates, update =>
        {
            Assert.Equal(update.Variable.DType, update.Value.DType);
            Assert.Equal(update.Variable.Shape, update.Value.Shape);
        });
    }

    [Fact]
    public void A_new_learning_rate_takes_effect_at_the_next_call()
    {
        var x = T.Shared(Tensor.Scalar(0f), "x");
        var step = new SGD { LearningRate = .5 }.Step([T.Constant(Tensor.Scalar(-1f))], [x]);
        using var train = Compiled.Function([], [], step.Updates);
        train.Invoke();
        step.LearningRate.SetValue(.25);
        train.Invoke();
        Assert.Equal(.75f, x.GetValue().ToScalar<float>());
    }

    [Fact]
    public void A_state_that_does_not_fit_changes_nothing()
    {
        var (w, b, loss) = Problem();
        var step = new Momentum().Minimize(loss, [w, b]);
        using var train = Compiled.Function([], [loss], step.Updates);
        train.Invoke();
        var before = step.GetState();

        var missing = before.Where(p => p.Key != "b.velocity").ToDictionary();
        Assert.Equal("The state of the optimizer has no value for 'b.velocity': it is that of another optimizer or model. (Parameter 'values')",
            Assert.Throws<ArgumentException>(() => step.SetState(missing)).Message);
        var more = before.Append(new("w.v", Tensor.Scalar(1.0))).ToDictionary();
        Assert.Equal("The state of the optimizer has a value for 'w.v', which this one does not have: it is that of another optimizer or model. (Parameter 'values')",
            Assert.Throws<ArgumentException>(() => step.SetState(more)).Message);
        var wrong = before.ToDictionary();
        wrong["iteration"] = Tensor.Scalar(99L);
        wrong["b.velocity"] = Tensor.Zeros<double>(3);
        Assert.Equal("The state 'b.velocity' of the optimizer is float64[2], and the value given is float64[3]. (Parameter 'values')",
            Assert.Throws<ArgumentException>(() => step.SetState(wrong)).Message);
        Assert.All(step.State, s => Assert.True(s.GetValue().ContentEquals(before[s.Name])));
    }

    [Fact]
    public void What_cannot_be_descended_is_said_with_names()
    {
        var (w, b, loss) = Problem();
        var n = T.Shared(Tensor.Scalar(1L), "n");
        Assert.Equal("There is no parameter to update. (Parameter 'parameters')", Assert.Throws<ArgumentException>(() => new SGD().Step([], [])).Message);
        Assert.Equal("2 parameters need as many gradients, and 1 were given. (Parameter 'gradients')", Assert.Throws<ArgumentException>(() => new SGD().Step([w], [w, b])).Message);
        Assert.Equal("Parameter 'w' is given twice. (Parameter 'parameters')", Assert.Throws<ArgumentException>(() => new SGD().Minimize(loss, [w, w])).Message);
        Assert.Equal("Parameter 'n' is int64: only floating parameters have a gradient. Leave it out of the parameters.", Assert.Throws<DTypeException>(() => new SGD().Step([T.Sum(w)], [n])).Message);
        Assert.Equal("The gradient of parameter 'w' is float64[2]; it must have the shape of the parameter, which is float64[2,2].", Assert.Throws<ShapeException>(() => new SGD().Step([b], [w])).Message);
        Assert.Throws<GradientException>(() => new SGD().Minimize(T.Sum(w), [w, b]));
        Assert.Throws<GradientException>(() => new SGD().Minimize(w, [w]));
    }

    [Fact]
    public void Impossible_constants_are_refused_where_they_are_written()
    {
        Assert.Equal("Beta1 must be at least 0 and below 1. (Parameter 'Beta1')\nActual value was 1.", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Beta1 = 1 }).Message);
        Assert.Equal("Epsilon must be finite and not negative. (Parameter 'Epsilon')\nActual value was NaN.", Assert.Throws<ArgumentOutOfRangeException>(() => new RMSprop { Epsilon = double.NaN }).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Momentum { Coefficient = -.1 });
    }
}
