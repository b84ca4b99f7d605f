using DeepSym.Backends.Gpu;

namespace DeepSym.Tests.Backends.Gpu;

/// <summary>When a call waits for the device, and what it leaves to the garbage collector.</summary>
public sealed class DeviceQueueTests
{
    static readonly GpuDevice Device = Devices.Simulated();

    readonly CompileOptions _options = new() { Device = Device };

    static readonly Variable X = T.FMatrix("x", "n", 3);

    [Fact]
    public void A_call_waits_once_for_all_its_outputs()
    {
        var f = Function.Compile([X], [T.Sum(X), T.Exp(X), X, T.Softmax(X)], options: _options);
        f.Invoke(Tensor.Zeros<float>(2, 3));
        Assert.Equal(1, WaitsOf(() => f.Invoke(Tensor.Ones<float>(2, 3))));
    }

    [Fact]
    public void A_step_of_training_waits_once_before_it_writes_its_updates()
    {
        var (t, w) = (T.LVector("t", "n"), T.Shared(Tensor.Ones<float>(3, 4), "w"));
        var loss = T.Mean(T.SoftmaxCrossentropy(T.Dot(X, w), t));
        var step = Function.Compile([X, t], loss, [(w, w - 0.5 * T.Grad(loss, w))], options: _options);
        step.Invoke(Tensor.Ones<float>(2, 3), Tensor.From(new[] { 0L, 3 }));
        Assert.Equal(1, WaitsOf(() => step.Invoke(Tensor.Ones<float>(2, 3), Tensor.From(new[] { 0L, 3 }))));
    }

    [Fact]
    public void Updates_alone_are_not_waited_for_and_their_arguments_may_be_changed_at_once()
    {
        var w = T.Shared(Tensor.Zeros<float>(3), "w");
        var add = Function.Compile([X], [], [(w, w + T.Sum(X, 0))], options: _options);
        var x = Tensor.Ones<float>(2, 3);
        add.Invoke(x);
        Assert.Equal(0, WaitsOf(() => add.Invoke(x)));
        for (var i = 0; i < 5; i++)
        {
            x.AsSpan<float>().Fill(i);
            add.Invoke(x);
        }
        Assert.Equal([24f, 24, 24], w.GetValue().ToArray<float>());
    }

    [Fact]
    public void An_index_out_of_bounds_in_a_sum_of_blocks_is_found()
    {
        var i = T.LVector("i");
        var f = Function.Compile([X, i], T.Sum(X[i]), options: _options);
        var indices = Tensor.Zeros<long>(30_000);
        Assert.Equal(90_000f, f.Invoke(Tensor.Ones<float>(2, 3), indices)[0].ToScalar<float>());
        indices.AsSpan<long>()[29_999] = 2;
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => f.Invoke(Tensor.Ones<float>(2, 3), indices));
        Assert.StartsWith("Index 2 is out of bounds for axis 0 of size 2", error.Message, StringComparison.Ordinal);
        indices.AsSpan<long>()[29_999] = 1;
        Assert.Equal(90_000f, f.Invoke(Tensor.Ones<float>(2, 3), indices)[0].ToScalar<float>());
    }

    [Fact]
    public void What_is_done_meanwhile_may_change_the_arguments()
    {
        var f = Function.Compile([X], T.Sum(T.Exp(X)), options: _options);
        Tensor[] inputs = [Tensor.Zeros<float>(2, 3)];
        Tensor[] outputs = [Tensor.Zeros<float>()];
        for (var i = 0; i < 3; i++)
        {
            var calls = 0;
            f.Invoke(inputs, outputs, () =>
            {
                inputs[0].AsSpan<float>().Fill(calls++);
            });
            Assert.Equal((6f, 1), (outputs[0].ToScalar<float>(), calls));
        }
    }

    [Fact]
    public void Calls_leave_little_garbage()
    {
        var w = T.Shared(Tensor.Ones<float>(3, 4), "w");
        var f = Function.Compile([X], T.Sum(T.Softmax(T.Dot(X, w)), 1), [(w, w * 0.5)], options: _options with { Device = Devices.Simulated(queue: _ => new NoQueue()) });
        Tensor[] inputs = [Tensor.Zeros<float>(2, 3)], outputs = [Tensor.Zeros<float>(2)];
        for (var i = 0; i < 3; i++) f.Invoke(inputs, outputs);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) f.Invoke(inputs, outputs);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    long WaitsOf(Action call)
    {
        var before = Device.Queue.Waits;
        call();
        return Device.Queue.Waits - before;
    }

    /// <summary>A queue that does nothing, so that nothing but this project's code allocates.</summary>
    sealed class NoQueue : DeviceQueue
    {
        public override bool CanRecord => false;

        public override void Launch(GpuKernel kernel, ILGPU.KernelConfig config, object[] arguments) => Launches++;

        public override void Zero(ILGPU.ArrayView<byte> view)
        {
        }

        public override void Copy(ILGPU.ArrayView<byte> from, ILGPU.ArrayView<byte> to)
        {
        }

        public override IRecording? Record(Action work) => null;

        protected override void Synchronize()
        {
        }
    }
}
