namespace DeepSym.Tests.Compilation;

/// <summary>Where the time of a function went.</summary>
[Collection(nameof(Alone))]
public sealed class ProfileTests
{
    static readonly CompileOptions Profiled = new() { Profile = true, Name = "layer" };

    [Fact]
    public void Each_step_has_its_calls_its_time_and_what_it_computes()
    {
        var x = T.FMatrix("x", "n", 20);
        var w = T.Shared(Tensor.Full(0.1f, 20, 8), "w");
        var f = Function.Compile([x], T.Softmax(T.Dot(x, w)).Named("probabilities"), options: Profiled);
        for (var i = 0; i < 5; i++) f.Invoke(Tensor.Ones<float>(30, 20));
        var profile = f.Profile;
        Assert.Equal(("layer", 5), (profile.Name, profile.Calls));
        Assert.Equal(["contract", "kernel with reductions"], profile.Steps.Select(step => step.Name));
        Assert.Equal(["dot(x, w): float32[n,8]", "probabilities: float32[n,8]"], profile.Steps.Select(step => step.Computes.Split("; ")[^1]));
        Assert.All(profile.Steps, step => Assert.True(step.Calls == 5 && step.Time > TimeSpan.Zero && step.Share is > 0 and <= 1));
        Assert.True(profile.Steps.Sum(step => step.Share) <= 1);
        Assert.Equal(5 * sizeof(float) * (30 * 20 + 20 * 8 + 30 * 8), profile.Steps[0].Bytes);
        Assert.Contains("contract: dot(x, w): float32[n,8]", profile.ToString(), StringComparison.Ordinal);
        f.ResetProfile();
        Assert.Equal(0, f.Profile.Calls + f.Profile.Steps.Sum(step => step.Calls + step.Bytes));
    }

    [Fact]
    public void The_steps_within_a_loop_are_timed_too()
    {
        var x = T.DVector("x");
        var (last, _) = T.Scan([T.Constant(Tensor.Scalar(0.5))], [x], (carry, xs) => ([T.Tanh(carry[0] + xs[0])], []));
        var f = Function.Compile([x], last[0], options: Profiled);
        f.Invoke(Tensor.Ones<double>(7));
        var body = Assert.Single(Assert.Single(f.Profile.Steps, step => step.Name == "scan").Bodies);
        Assert.Equal(7, body.Calls);
        Assert.All(body.Steps, step => Assert.Equal(7, step.Calls));
    }

    [Fact]
    public void A_function_that_is_not_timed_says_how_it_would_be()
    {
        var x = T.DVector("x");
        Assert.Equal("Function 'function' is not timed. Compile it with CompileOptions.Profile, for another backend than the interpreter.",
            Assert.Throws<InvalidOperationException>(() => Function.Compile([x], x + 1).Profile).Message);
    }

    [Fact]
    public void Timing_leaves_no_garbage()
    {
        var x = T.FMatrix("x", "n", 20);
        var f = Function.Compile([x], T.Softmax(T.Dot(x, T.Shared(Tensor.Full(0.1f, 20, 8), "w"))), options: Profiled);
        Tensor[] arguments = [Tensor.Ones<float>(30, 20)], outputs = [Tensor.Zeros<float>(30, 8)];
        Assert.Equal(0, GarbageTests.AllocatedBy(() => f.Invoke(arguments, outputs)));
    }
}
