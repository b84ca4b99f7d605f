using DeepSym.Backends.Gpu;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>Who holds how much of a device's memory, on a simulated device with a limit.</summary>
public sealed class DeviceMemoryTests
{
    const long Limit = 64 << 10;

    [Fact]
    public void Blocks_are_used_again_and_counted()
    {
        var pool = Devices.Simulated().Pool;
        var (a, b) = (pool.Rent(1000, "numbers", "a"), pool.Rent(5000, "numbers", "b"));
        Assert.Equal((1024 + 5120, 0), (pool.HeldBytes, pool.IdleBytes));
        pool.Return(a);
        pool.Return(a);
        Assert.Equal((5120, 1024), (pool.HeldBytes, pool.IdleBytes));
        Assert.Same(a, pool.Rent(900, "numbers", "c"));
        pool.Return(b);
        pool.FreeIdle();
        Assert.Equal((1024, 0), (pool.HeldBytes, pool.IdleBytes));
    }

    [Fact]
    public void An_eighth_of_a_block_at_most_is_unused()
    {
        foreach (var bytes in new long[] { 1, 256, 257, 3000, 4096, 4097, 65_537, 1_000_000, 123_456_789, 5_000_000_000 })
            Assert.InRange(DevicePool.SizeOf(bytes), bytes, Math.Max(bytes + 256, bytes + bytes / 8));
    }

    [Fact]
    public void A_function_that_is_too_large_says_who_holds_what_and_works_with_less()
    {
        var options = new CompileOptions { Device = Devices.Simulated(Limit), Name = "square" };
        var pool = options.Device!.Pool;
        var (x, w) = (T.FMatrix("x", "n", 16), T.Shared(Tensor.Ones<float>(16, 16), "w"));
        var f = Function.Compile([x], T.Dot(T.Dot(x, w), w), options: options);
        Assert.Equal(256f, f.Invoke(Tensor.Ones<float>(2, 16))[0].ToArray<float>()[0]);
        var error = Assert.Throws<InsufficientMemoryException>(() => f.Invoke(Tensor.Ones<float>(400, 16)));
        Assert.Matches(@"^\w+ has no room for [\d,]+ bytes of [\w ']+ for function 'square': of its 65,536 bytes [\d,]+ are held: [\d,]+ by function 'square', 1,024 by shared variable 'w'\. Use smaller batches, or dispose of functions that are done\.$", error.Message);
        Assert.Equal(1024, pool.HeldBytes);   // of the variable
        Assert.Equal(256f, f.Invoke(Tensor.Ones<float>(3, 16))[0].ToArray<float>()[47]);
    }

    [Fact]
    public void What_nobody_holds_makes_room_for_other_sizes()
    {
        var options = new CompileOptions { Device = Devices.Simulated(Limit) };
        var x = T.FVector("x", "n");
        foreach (var n in new[] { 4000, 5000, 6000 })
        {
            using var f = Function.Compile([x], T.Exp(x), options: options);
            Assert.Equal(1f, f.Invoke(Tensor.Zeros<float>(n))[0].ToArray<float>()[n - 1]);
        }
        Assert.Equal(0, options.Device!.Pool.HeldBytes);
    }

    [Fact]
    public void Functions_that_are_dropped_give_their_memory_back()
    {
        var options = new CompileOptions { Device = Devices.Simulated(Limit) };
        for (var i = 0; i < 4; i++) Drop(4000 + 200 * i);

        void Drop(int n)
        {
            var (x, w) = (T.FVector("x", "n"), T.Shared(Tensor.Ones<float>(n), "w"));
            Assert.Equal(2f, Function.Compile([x], x + w, options: options).Invoke(Tensor.Ones<float>(n))[0].ToArray<float>()[0]);
        }
    }

    [Fact]
    public void A_variable_keeps_its_value_when_there_is_no_room_for_its_update()
    {
        var options = new CompileOptions { Device = Devices.Simulated(Limit) };
        var w = T.Shared(Tensor.Ones<float>(1000), "w", (Dim?)null);
        var twice = Function.Compile([], [], [(w, T.Concatenate([w, w], 0))], options: options);
        twice.Invoke();
        Assert.Throws<InsufficientMemoryException>(() =>
        {
            for (var i = 0; i < 5; i++) twice.Invoke();
        });
        Assert.All(w.GetValue().ToArray<float>(), value => Assert.Equal(1f, value));
    }
}
