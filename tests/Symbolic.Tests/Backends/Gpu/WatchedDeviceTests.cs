namespace DeepSym.Tests.Backends.Gpu;

/// <summary>What is watched while a function runs on a device: the same as on the processor.</summary>
public sealed class WatchedDeviceTests
{
    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Steps_on_a_device_are_timed(Backend backend)
    {
        var x = T.FMatrix("x", "n", 4);
        var f = Function.Compile([x], T.Softmax(T.Dot(x, T.Shared(Tensor.Full(0.1f, 4, 3), "w"))), options: new CompileOptions { Backend = backend, Profile = true });
        for (var i = 0; i < 2; i++) f.Invoke(Tensor.Ones<float>(5, 4));
        Assert.Equal(2, f.Profile.Calls);
        Assert.All(f.Profile.Steps, step => Assert.True(step.Calls == 2 && step.Time > TimeSpan.Zero && step.Bytes > 0));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void The_NaN_guard_and_check_mode_look_at_what_a_device_computes(Backend backend)
    {
        var x = T.FVector("x");
        var y = T.Sum(T.Sqrt(x - 1) * 2);
        var f = Function.Compile([x], y, options: new CompileOptions { Backend = backend, NaNGuard = NaNGuard.NaN, Check = true });
        Assert.Equal(6, f.Invoke(Tensor.From([2f, 5f]))[0].ToScalar<float>());
        Assert.StartsWith("NaN guard: sqrt(x - 1): float32[x.0] is NaN at [1], where", Assert.Throws<NonFiniteException>(() => f.Invoke(Tensor.From([2f, 0f]))).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void An_index_out_of_bounds_on_a_device_is_shown_where_it_was_written(Backend backend)
    {
        var (w, i) = (T.FMatrix("w"), T.LVector("i"));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Function.Compile([w, i], T.Exp(w[i]), options: new CompileOptions { Backend = backend }).Invoke(Tensor.Ones<float>(3, 2), Tensor.From([2L, 5, 0])));
        Assert.StartsWith("Index 5 is out of bounds for axis 0 of size 3: it must be from -3 to 2.\n  in w[i]: float32[i.0,w.1], where\n    w is float32[3,2] from 1 to 1\n    i is int64[3] from 0 to 5", error.Message, StringComparison.Ordinal);
    }
}
